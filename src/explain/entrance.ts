import type { Bind } from "../proxy/bind.ts";
import type { CompiledFrontend } from "../proxy/compile-frontend.ts";
import type { CompiledProxy } from "../proxy/compile-proxies.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { CLIENT_PORT, type Question } from "./question.ts";

/** Where a connection comes in. */
export interface Entrance {
  readonly entry: CompiledProxy;
  readonly frontend: CompiledFrontend;
  readonly bind: Bind;
  readonly source: SocketAddress;
  readonly destination: SocketAddress;
  /** Why this frontend, for people. */
  readonly reason: string;
  /** What the client says. */
  readonly bytes: Uint8Array;
}

interface Choice {
  readonly entry: CompiledProxy;
  readonly bind: Bind;
  readonly reason: string;
}

/** Finds where a connection comes in, or says what is missing to know it. */
export function findEntrance(
  proxies: readonly CompiledProxy[],
  question: Question,
): Entrance | string {
  const choice = choose(proxies, question);
  if (typeof choice === "string") return choice;
  const { entry, bind, reason } = choice;
  const { isHttp } = entry.proxy.options;
  const { name } = entry.proxy;
  if (isHttp && question.request === null) {
    return `frontend "${name}" speaks HTTP: give --request instead of --payload`;
  }
  if (!isHttp && question.request === null && question.payload === null) {
    return `frontend "${name}" is in TCP mode: give --payload, or --request where HTTP passes through it`;
  }
  const destination = question.destination ?? reachable(bind.address);
  const source = question.source ?? clientOf(destination);
  const bytes = (isHttp ? question.request : (question.payload ?? question.request))!;
  return { entry, frontend: entry.frontend!, bind, source, destination, reason, bytes };
}

function choose(proxies: readonly CompiledProxy[], question: Question): Choice | string {
  const fronts = proxies.filter(({ frontend }) => frontend !== undefined);
  const { destination } = question;
  if (question.frontend !== "") {
    const entry = fronts.find(({ proxy }) => proxy.name === question.frontend);
    const binds = entry?.frontend?.binds ?? [];
    const bind = binds.find(({ bind }) => destination === undefined || takes(bind, destination));
    if (entry === undefined)
      return `no frontend is called "${question.frontend}": ${namesOf(fronts)}`;
    const found = bind?.bind ?? binds[0]?.bind;
    if (found === undefined) return `frontend "${question.frontend}" listens nowhere`;
    return { entry, bind: found, reason: "--frontend names it" };
  }
  const entrances = fronts.flatMap((entry) =>
    entry.frontend!.binds.map(({ bind }) => ({ entry, bind })),
  );
  if (entrances.length === 0) return "no frontend of the configuration listens anywhere";
  if (destination !== undefined) {
    const found =
      entrances.find(({ bind }) => bind.address.equals(destination)) ??
      entrances.find(({ bind }) => takes(bind, destination));
    const all = entrances.map(({ bind }) => bind.address.toString()).join(", ");
    if (found === undefined) return `nothing listens on ${destination.toString()}, only on ${all}`;
    return { ...found, reason: `it listens on ${found.bind.address.toString()}` };
  }
  const named = new Set(entrances.map(({ entry }) => entry));
  if (named.size === 1) return { ...entrances[0]!, reason: "it is the only one" };
  return `there are several frontends, so say which one with --frontend or --dst: ${namesOf(fronts)}`;
}

function namesOf(fronts: readonly CompiledProxy[]): string {
  return fronts
    .map(({ proxy, frontend }) => {
      const addresses = frontend!.binds.map(({ bind }) => bind.address.toString());
      return `${proxy.name} (${addresses.join(", ") || "nowhere"})`;
    })
    .join(", ");
}

/** Would a connection to this address come to the line? */
function takes({ address }: Bind, wanted: SocketAddress): boolean {
  if (address.equals(wanted)) return true;
  const isEverywhere = address.family !== AddressFamily.UNIX && address.isUnspecified;
  return isEverywhere && address.port === wanted.port;
}

/** A client of this machine: one of a unix socket has no address. */
function clientOf({ family }: SocketAddress): SocketAddress {
  if (family === AddressFamily.UNIX) return SocketAddress.fromPath("", false);
  return ownAddress(family, CLIENT_PORT);
}

/** The address that a client would use to reach one that stands for all of the machine's. */
function reachable(address: SocketAddress): SocketAddress {
  if (address.family === AddressFamily.UNIX || !address.isUnspecified) return address;
  return ownAddress(address.family, address.port);
}

function ownAddress(family: AddressFamily, port: number): SocketAddress {
  return SocketAddress.fromHost(family === AddressFamily.INET6 ? "::1" : "127.0.0.1", port)!;
}
