import { lookupHost } from "../sys/host-lookup.ts";
import { AddressFamily, SocketAddress, UNIX_PATH_SIZE_MAX } from "../sys/socket-address.ts";

/** One socket to listen on: an address to bind, or a descriptor that was inherited. */
export interface ListenAddress {
  readonly address: SocketAddress;
  /** A listening socket that the program was started with; -1 when it is to be made. */
  readonly inheritedFd: number;
}

/** Why an address cannot be read; a sentence for the operator. */
export interface AddressProblem {
  readonly problem: string;
  readonly hint: string;
}

const PORT_MAX = 65535;
/** More ports than this on one line are a slip of the pen. */
const RANGE_MAX = 16_384;
/** Families of datagrams: nothing that is proxied here comes in them. */
const DATAGRAM = /^(?:udp[46]?@|dgram\+|quic[46]?@)/;

/**
 * Reads one address of a `bind` line: `[family@]host:port[-port]`, `:port`, `*:port`, `unix@path`,
 * `/path`, `abns@name` or `fd@number`. A range of ports gives one address each.
 *
 * Source: HAProxy configuration manual, sections 4.2 ("bind") and 11.
 */
export function readListenAddress(text: string): ListenAddress[] | AddressProblem {
  if (DATAGRAM.test(text)) {
    return {
      problem: `dgram-type address not acceptable in '${text}'`,
      hint: "proxies carry TCP: write the address without udp@, dgram+ or quic@",
    };
  }
  const prefix = /^(?:stream\+)?(tcp[46]?|ipv4|ipv6|unix|abns|fd|sockpair)@/.exec(text);
  const kind = prefix?.[1] ?? (text.startsWith("/") ? "unix" : "");
  const rest = prefix === null ? text : text.slice(prefix[0].length);
  switch (kind) {
    case "unix":
    case "abns":
      return readPath(rest, kind === "abns");
    case "fd":
      return readDescriptor(rest);
    case "sockpair":
      return {
        problem: `'${text}': socket pairs are not built yet`,
        hint: "use fd@, unix@ or an IP address",
      };
    default:
      return readInternet(rest, kind);
  }
}

function readPath(path: string, isAbstract: boolean): ListenAddress[] | AddressProblem {
  if (path === "")
    return { problem: "the path of a unix socket is empty", hint: "write unix@/run/name.sock" };
  if (Buffer.byteLength(path) > UNIX_PATH_SIZE_MAX) {
    return {
      problem: `the path '${path}' is longer than ${UNIX_PATH_SIZE_MAX} bytes`,
      hint: "use a shorter path",
    };
  }
  return [{ address: SocketAddress.fromPath(path, isAbstract), inheritedFd: -1 }];
}

function readDescriptor(text: string): ListenAddress[] | AddressProblem {
  if (!/^\d+$/.test(text)) {
    return {
      problem: `'${text}' is no descriptor number`,
      hint: "write fd@ and a number, or a variable that holds one in double quotes",
    };
  }
  return [{ address: new SocketAddress(), inheritedFd: Number(text) }];
}

function readInternet(text: string, kind: string): ListenAddress[] | AddressProblem {
  const colon = text.lastIndexOf(":");
  if (colon === -1) {
    return {
      problem: `missing port specification in '${text}'`,
      hint: "write address:port, such as :80 or 127.0.0.1:8080",
    };
  }
  const ports = readPorts(text.slice(colon + 1), text);
  if ("problem" in ports) return ports;
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const family = familyOf(kind);
  const wildcard = family === AddressFamily.INET6 ? "::" : "0.0.0.0";
  const name = host === "" || host === "*" ? wildcard : host;
  const found = SocketAddress.fromHost(name, 0) ?? lookupHost(name, 0, family);
  if (found === undefined || (family !== AddressFamily.NONE && found.family !== family)) {
    return {
      problem: `invalid address: '${host}' in '${text}'`,
      hint: "check the name, or write an address of the family",
    };
  }
  const addresses: ListenAddress[] = [];
  for (let port = ports.first; port <= ports.last; port++) {
    const address = new SocketAddress();
    address.copyFrom(found);
    address.port = port;
    addresses.push({ address, inheritedFd: -1 });
  }
  return addresses;
}

function familyOf(kind: string): AddressFamily {
  if (kind === "ipv4" || kind === "tcp4") return AddressFamily.INET;
  return kind === "ipv6" || kind === "tcp6" ? AddressFamily.INET6 : AddressFamily.NONE;
}

const PORT_HINT = "ports are numbers from 1 to 65535";

function readPorts(text: string, whole: string): { first: number; last: number } | AddressProblem {
  if (/^[+-]/.test(text)) {
    return { problem: `port offset not permitted here in '${whole}'`, hint: PORT_HINT };
  }
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) {
    const isMissing = text === "";
    const what = isMissing ? "missing port specification" : `invalid port number '${text}'`;
    return { problem: `${what} in '${whole}'`, hint: PORT_HINT };
  }
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (first < 1 || first > PORT_MAX || last > PORT_MAX) {
    return { problem: `invalid port '${text}'`, hint: PORT_HINT };
  }
  if (last < first) {
    return { problem: `invalid port range '${text}'`, hint: "write the lower port first" };
  }
  if (last - first >= RANGE_MAX) {
    return {
      problem: `the range '${text}' has more than ${RANGE_MAX} ports`,
      hint: "use several lines",
    };
  }
  return { first, last };
}
