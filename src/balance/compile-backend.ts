import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft, ServerDraft } from "../config/draft.ts";
import { BackendState } from "../state/backend-state.ts";
import { ServerState } from "../state/server-state.ts";
import type { SharedMemory } from "../state/shared-memory.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { ADDRESS, type InitialAddress } from "./address-part.ts";
import type { Algorithm } from "./algorithm.ts";
import type { BackendListener } from "./announcement.ts";
import { Backend, type Clock } from "./backend.ts";
import { BALANCE, type BalanceDraft } from "./balance-part.ts";
import { compileAlgorithm } from "./compile-algorithm.ts";
import { compileDirect } from "./compile-direct.ts";
import { HASH_FUNCTIONS, type HashType } from "./hash-type.ts";
import { HEALTH } from "./health-part.ts";
import { type HostLookup, lookUpHost } from "./resolve-host.ts";
import { PortRule, type ServerSettings } from "./server.ts";
import { parseServerAddress, type ServerAddress } from "./server-address.ts";
import { SERVER_SETTINGS } from "./server-settings-part.ts";

/** What backends are compiled with: one for all sections of a configuration and thread. */
export interface BackendCompiler {
  readonly diagnostics: Diagnostics;
  /** All algorithms that are declared. */
  readonly algorithms: readonly Algorithm[];
  readonly memory: SharedMemory;
  readonly clock: Clock;
  readonly listener: BackendListener;
  /** How names are found; as the C library does, when it is left out. */
  readonly lookUpHost?: HostLookup;
  /** `-dr`: a server whose name has no address starts without one. */
  readonly ignoresUnresolved?: boolean;
  /** Servers compiled so far in all sections; counted on here. */
  serverCount: number;
}

/**
 * Makes a backend out of a backend or listen section, and reports what is wrong with it. Servers
 * keep the order of `draft.servers`, so that others can add what they know by index.
 *
 * @param mayRedispatch - Whether `option redispatch` lets streams leave the server of their cookie.
 * @param isHttp - Whether the section is in `mode http`.
 */
export function compileBackend(
  draft: SectionDraft,
  compiler: BackendCompiler,
  mayRedispatch: boolean,
  isHttp: boolean,
): Backend {
  const { diagnostics, memory } = compiler;
  const balance = draft.part(BALANCE);
  const { algorithm, values } = compileAlgorithm(draft, compiler.algorithms, isHttp, diagnostics);
  const ids = serverIds(draft.servers, diagnostics);
  const servers = draft.servers.map((server, index) =>
    compileServer(server, ids[index]!, compiler),
  );
  const direct = compileDirect(draft, compiler);
  const states = {
    backend: new BackendState(memory),
    servers: servers.map(() => new ServerState(memory)),
    ...(direct === null ? {} : { direct: new ServerState(memory) }),
  };
  return new Backend(
    {
      id: draft.id,
      hasOwnId: draft.used.has("id"),
      isListen: draft.kind === "listen",
      name: draft.name.text,
      algorithm,
      algorithmValues: values,
      hashType: hashTypeOf(balance),
      usesAllBackups: balance.usesAllBackups,
      mayRedispatch,
      logsChecks: balance.logsChecks,
      fullLoad: balance.fullLoad,
      direct,
    },
    servers,
    states,
    { clock: compiler.clock, listener: compiler.listener, isFirstThread: memory.thread === 0 },
  );
}

function hashTypeOf(draft: BalanceDraft): HashType {
  return {
    method: draft.hashMethod,
    hash: HASH_FUNCTIONS[draft.hashFunction ?? "sdbm"],
    hasAvalanche: draft.hasAvalanche,
    balanceFactor: draft.balanceFactor,
  };
}

function compileServer(draft: ServerDraft, id: number, compiler: BackendCompiler): ServerSettings {
  const settings = draft.part(SERVER_SETTINGS);
  const health = draft.part(HEALTH);
  const { connectionsMin } = settings;
  return {
    id,
    hasOwnId: settings.id !== 0,
    name: draft.name.text,
    number: compiler.serverCount++,
    ...compileAddress(draft, compiler),
    weight: settings.weight,
    slowstartMs: settings.slowstartMs,
    isBackup: settings.isBackup,
    isDisabled: settings.isDisabled,
    // A lower limit alone is a limit.
    connectionsMax: Math.max(settings.connectionsMax, connectionsMin),
    connectionsMin,
    queueMax: settings.queueMax,
    cookie: settings.cookie,
    check: {
      isConfigured: health.isChecked,
      rise: health.rise,
      fall: health.fall,
      address: health.address,
      port: health.port,
      sentText: "",
    },
    agent: {
      isConfigured: health.hasAgent,
      // One word of the agent is enough.
      rise: 1,
      fall: 1,
      address: health.agentAddress ?? health.address,
      port: health.agentPort === 0 ? health.port : health.agentPort,
      sentText: health.agentText,
    },
    observation: {
      layer: health.observedLayer,
      errorLimit: health.errorLimit,
      onError: health.onError,
    },
    endsSessionsWhenDown: health.endsSessionsWhenDown,
    endsBackupSessionsWhenUp: health.endsBackupSessionsWhenUp,
  };
}

function compileAddress(draft: ServerDraft, compiler: BackendCompiler): ServerAddress {
  const at = draft.address;
  const { ways } = draft.part(ADDRESS);
  const lookUp = initialLookup(ways, compiler.lookUpHost ?? lookUpHost);
  const result = parseServerAddress(at.text, lookUp);
  if (typeof result !== "string") return result;
  const path = `${draft.section.name.text}/${draft.name.text}`;
  const isLookup = ways.includes("libc");
  const problem = isLookup ? result : result.replace("could not", "no method found to");
  if (compiler.ignoresUnresolved === true && result.startsWith("could not resolve")) {
    const again = parseServerAddress(at.text, () => new SocketAddress());
    if (typeof again !== "string") {
      const message = `'server ${path}' : ${result.replace(/\.$/, "")}, disabling server.`;
      if (!draft.isCopy) compiler.diagnostics.warn(at, message, "Give it an address at run time");
      return again;
    }
  }
  // All servers of a template have the same address: what is wrong with it is told once.
  if (!draft.isCopy) compiler.diagnostics.error(at, `'server ${path}' : ${problem}`);
  return { address: new SocketAddress(), hostName: "", portRule: PortRule.FIXED, portOffset: 0 };
}

/** Tries the ways of `init-addr` in turn. An address of no family is that of a server without one. */
function initialLookup(ways: readonly InitialAddress[], lookUp: HostLookup): HostLookup {
  return (host, family) => {
    for (const way of ways) {
      if (way === "last") continue;
      if (way === "none") return new SocketAddress();
      if (way !== "libc") {
        const address = new SocketAddress();
        address.copyFrom(way);
        return address;
      }
      const found = lookUp(host, family);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** The number that a line gives; on a `server-template` line it is that of the first server. */
function ownId(draft: ServerDraft): number {
  return draft.isCopy ? 0 : draft.part(SERVER_SETTINGS).id;
}

/** Servers without an `id` are numbered by their place, past the numbers that others have. */
function serverIds(drafts: readonly ServerDraft[], diagnostics: Diagnostics): number[] {
  const owners = new Map<number, ServerDraft>();
  for (const draft of drafts) {
    const id = ownId(draft);
    if (id === 0) continue;
    const owner = owners.get(id);
    if (owner === undefined) owners.set(id, draft);
    else reportSameId(draft, owner, id, diagnostics);
  }
  let next = 1;
  return drafts.map((draft) => {
    const id = ownId(draft);
    if (id === 0) while (owners.has(next)) next++;
    // One that has its own number leaves a gap behind where it stands.
    const given = id === 0 ? next : id;
    next++;
    return given;
  });
}

function reportSameId(
  draft: ServerDraft,
  owner: ServerDraft,
  id: number,
  diagnostics: Diagnostics,
): void {
  const { name } = owner;
  diagnostics.error(
    draft.used.get("id") ?? draft.name,
    `'server ${draft.section.name.text}/${draft.name.text}' : 'id' : custom id ${id} already used at ${name.source.path}:${name.line} ('server ${name.text}').`,
  );
}

/**
 * The load at which servers with `minconn` take their full `maxconn`, where `fullconn` is not set: a
 * tenth of what the frontends that lead here may take.
 */
export function fullLoadOf(frontendsConnectionsMax: number): number {
  return Math.max(1, Math.ceil(frontendsConnectionsMax / 10));
}
