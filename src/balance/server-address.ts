import { SocketAddress, UNIX_PATH_SIZE_MAX } from "../sys/socket-address.ts";
import type { HostLookup } from "./resolve-host.ts";
import { PortRule } from "./server.ts";

/** Where a server is, as its line says. */
export interface ServerAddress {
  readonly address: SocketAddress;
  /** The name that the address was found by, or "". */
  readonly hostName: string;
  readonly portRule: PortRule;
  readonly portOffset: number;
}

const PORT_MAX = 65535;

/**
 * Reads the address of a `server` line: `10.0.0.1:80`, `[::1]:80`, `name:80`, without a port or
 * with one relative to the client's (`:+1000`), `*`, `unix@/path`, `/path`, `abns@name`; families
 * may be forced by `ipv4@` and `ipv6@`.
 *
 * @returns The address, or what is wrong with it.
 *
 * Source: HAProxy configuration manual, section 4.2, server.
 */
export function parseServerAddress(text: string, lookUp: HostLookup): ServerAddress | string {
  const match = /^([a-z0-9+]+)@(.*)$/s.exec(text);
  const prefix = match === null ? "" : match[1]!;
  const rest = match === null ? text : match[2]!;
  switch (prefix) {
    case "":
      return rest.startsWith("/")
        ? unixAddress(rest, false)
        : inetAddress(text, rest, "any", lookUp);
    case "ipv4":
    case "ipv6":
      return inetAddress(text, rest, prefix, lookUp);
    case "unix":
      return unixAddress(rest, false);
    case "abns":
      return unixAddress(rest, true);
    case "fd":
      return `a file descriptor is not acceptable here in '${text}'`;
    case "sockpair":
      return `address family '${prefix}@' is not built yet in '${text}'`;
    default:
      return `unknown address family '${prefix}@' in '${text}'`;
  }
}

function fixed(address: SocketAddress): ServerAddress {
  return { address, hostName: "", portRule: PortRule.FIXED, portOffset: 0 };
}

function unixAddress(path: string, isAbstract: boolean): ServerAddress | string {
  if (path === "") return "the path of the socket is missing";
  if (Buffer.byteLength(path, "latin1") > UNIX_PATH_SIZE_MAX) {
    return `socket path '${path}' is too long (more than ${UNIX_PATH_SIZE_MAX} bytes)`;
  }
  return fixed(SocketAddress.fromPath(path, isAbstract));
}

function inetAddress(
  text: string,
  rest: string,
  family: "any" | "ipv4" | "ipv6",
  lookUp: HostLookup,
): ServerAddress | string {
  // An IPv6 address may stand without brackets: its port is behind the last colon.
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(rest);
  const colon = rest.lastIndexOf(":");
  const isPlain = bracketed === null && colon !== -1;
  const host = bracketed?.[1] ?? (isPlain ? rest.slice(0, colon) : rest);
  const portText = bracketed?.[2] ?? (isPlain ? rest.slice(colon + 1) : "");
  const port = parsePort(text, portText);
  if (typeof port === "string") return port;
  const found = findHost(host, family, lookUp);
  if (found === undefined) return `could not resolve address '${host}'.`;
  const { address, hostName } = found;
  address.port = port.rule === PortRule.FIXED ? port.value : 0;
  const portOffset = port.rule === PortRule.FIXED ? 0 : port.value;
  return { address, hostName, portRule: port.rule, portOffset };
}

function parsePort(text: string, port: string): { rule: PortRule; value: number } | string {
  if (port === "" || port === "0") return { rule: PortRule.RELATIVE, value: 0 };
  if (/^\d+-\d+$/.test(port)) return `port range not permitted here in '${text}'`;
  const digits = /^[+-]?\d+/.exec(port)?.[0] ?? "";
  if (digits !== port) {
    return `invalid character '${port[digits.length]}' in port number '${port}' in '${text}'`;
  }
  const value = Number(port);
  if (Math.abs(value) > PORT_MAX) return `invalid port '${port}'`;
  const isRelative = /^[+-]/.test(port);
  return { rule: isRelative ? PortRule.RELATIVE : PortRule.FIXED, value };
}

function findHost(
  host: string,
  family: "any" | "ipv4" | "ipv6",
  lookUp: HostLookup,
): { address: SocketAddress; hostName: string } | undefined {
  if (host === "" || host === "*") {
    const address = SocketAddress.fromHost(family === "ipv6" ? "::" : "0.0.0.0", 0)!;
    return { address, hostName: "" };
  }
  const literal = SocketAddress.fromHost(host, 0);
  if (literal !== undefined) {
    const isIpv6 = host.includes(":");
    return family === "any" || (family === "ipv6") === isIpv6
      ? { address: literal, hostName: "" }
      : undefined;
  }
  const address = lookUp(host, family);
  return address === undefined ? undefined : { address, hostName: host };
}
