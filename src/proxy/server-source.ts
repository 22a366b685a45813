import { type Arg, REFUSED } from "../config/arg.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { WordReader } from "../config/word-reader.ts";
import { lookupHost } from "../sys/host-lookup.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";

/** Whose address `usesrc` presents to the server. */
export const Presented = {
  /** One that the line names. */
  FIXED: 0,
  /** The client's, with its port. */
  CLIENT: 1,
  /** The client's, with a port of the system's choice. */
  CLIENT_IP: 2,
  /** One that stands in a field of the request. */
  HEADER: 3,
} as const;
export type Presented = (typeof Presented)[keyof typeof Presented];

/** What `usesrc` says. */
export interface PresentedSource {
  readonly kind: Presented;
  /** With `Presented.FIXED`. */
  readonly address: SocketAddress;
  /** With `Presented.HEADER`: the field's name, and which of its values, from 1 on or from -1 back. */
  readonly headerName: string;
  readonly occurrence: number;
}

/** What a `source` line or option says: frozen, since it is inherited as a whole. */
export interface SourceSettings {
  readonly at: Word;
  /** Null leaves it to the system. */
  readonly address: SocketAddress | null;
  /** Both 0 without a range. */
  readonly firstPort: number;
  readonly lastPort: number;
  readonly presented: PresentedSource | null;
  /** The empty text for any. */
  readonly interfaceName: string;
}

/** The part of a proxy section, and that of a server line, that holds it; null where nothing is said. */
export const SOURCE = definePart("source", () => ({ source: null as SourceSettings | null }));

const PORT_MAX = 65535;
const OCCURRENCE_MIN = -10;
const USAGE = "<addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name>";

/**
 * The words of `source`: an address, then `usesrc` and `interface` in any order.
 *
 * Source: HAProxy configuration manual, section 4.2, source.
 */
export function sourceArgument(takesRange: boolean): Arg<SourceSettings> {
  return {
    name: "source",
    syntax: "<addr>[:<port>[-<port>]] [usesrc <addr2>] [interface <name>]",
    read: (words, diagnostics) => readSource(words, takesRange, diagnostics) ?? REFUSED,
  };
}

function readSource(
  words: WordReader,
  takesRange: boolean,
  diagnostics: Diagnostics,
): SourceSettings | undefined {
  const word = words.next();
  if (word === undefined || word.text === "") {
    diagnostics.error(words.at, `${words.subject} expects ${USAGE} as arguments.`);
    return undefined;
  }
  const read = readAddress(word.text, takesRange);
  if (typeof read === "string") {
    diagnostics.error(word, `${words.subject} : '${word.text}' : ${read}`);
    return undefined;
  }
  const more = { presented: null as PresentedSource | null, interfaceName: "" };
  return readMore(words, more, diagnostics)
    ? Object.freeze({ at: word, ...read, ...more })
    : undefined;
}

/** Reads `usesrc` and `interface`; false after an error was reported. */
function readMore(
  words: WordReader,
  into: { presented: PresentedSource | null; interfaceName: string },
  diagnostics: Diagnostics,
): boolean {
  for (let next = words.peek(); next !== undefined; next = words.peek()) {
    if (next.text === "usesrc") {
      words.next();
      const found = readPresented(words, diagnostics);
      if (found === undefined) return false;
      into.presented = found;
    } else if (next.text === "interface") {
      words.next();
      into.interfaceName = words.next()?.text ?? "";
      if (into.interfaceName === "") {
        diagnostics.error(next, `${words.subject} : missing interface name.`, "See: ip link");
        return false;
      }
    } else return true;
  }
  return true;
}

function readPresented(words: WordReader, diagnostics: Diagnostics): PresentedSource | undefined {
  const word = words.next();
  const refuse = (message: string) => {
    diagnostics.error(word ?? words.at, `${words.subject} : ${message}`);
    return undefined;
  };
  const made = (kind: Presented, address = new SocketAddress(), headerName = "", occurrence = 0) =>
    Object.freeze({ kind, address, headerName, occurrence });
  if (word === undefined || word.text === "") {
    return refuse(
      "'usesrc' expects <addr>[:<port>], 'client', 'clientip', or 'hdr_ip(name,#)' as argument.",
    );
  }
  if (word.text === "client") return made(Presented.CLIENT);
  if (word.text === "clientip") return made(Presented.CLIENT_IP);
  if (word.text.startsWith("hdr_ip(")) {
    const match = /^hdr_ip\(([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:,([+-]?\d+))?\)$/.exec(word.text);
    if (match === null)
      return refuse(`'usesrc' expects hdr_ip(<name>[,<occ>]), not '${word.text}'.`);
    const occurrence = match[2] === undefined ? -1 : Number(match[2]);
    if (occurrence < OCCURRENCE_MIN) {
      return refuse(
        `usesrc hdr_ip(name,num) does not support occurrences below ${OCCURRENCE_MIN}.`,
      );
    }
    return made(Presented.HEADER, undefined, match[1]!.toLowerCase(), occurrence);
  }
  const read = readAddress(word.text, false);
  if (typeof read === "string") return refuse(`'usesrc ${word.text}' : ${read}`);
  if (read.address === null) return refuse(`'usesrc ${word.text}' : this is every address.`);
  return made(Presented.FIXED, read.address);
}

/** An address with an optional port or range; or what is wrong with it. */
function readAddress(text: string, takesRange: boolean) {
  const prefix = /^([a-z0-9+]+)@/.exec(text)?.[1];
  if (text.startsWith("/") || (prefix !== undefined && prefix !== "ipv4" && prefix !== "ipv6")) {
    return "only IPv4 and IPv6 addresses can be a source.";
  }
  const rest = prefix === undefined ? text : text.slice(prefix.length + 1);
  const { host, port } = splitPort(rest);
  const ports = readPorts(port, text, takesRange);
  if (typeof ports === "string") return ports;
  const address = findHost(host, prefix);
  if (address === undefined) return `invalid address: '${host}' in '${text}'`;
  address.port = ports.port;
  const isAny = address.isUnspecified && ports.port === 0;
  const { firstPort, lastPort } = ports;
  return { address: isAny && firstPort === 0 ? null : address, firstPort, lastPort };
}

function readPorts(text: string, whole: string, takesRange: boolean) {
  if (/^[+-]/.test(text)) return `port offset not permitted here in '${whole}'.`;
  const match = /^(\d+)(?:-(\d+))?$/.exec(text === "" ? "0" : text);
  if (match === null) return `invalid port number '${text}' in '${whole}'.`;
  const first = Number(match[1]);
  if (match[2] === undefined) {
    return first > PORT_MAX
      ? `invalid port '${text}'.`
      : { port: first, firstPort: 0, lastPort: 0 };
  }
  const last = Number(match[2]);
  if (!takesRange) return `port range not permitted here in '${whole}'`;
  return first > last || first === 0 || last > PORT_MAX
    ? `invalid port range '${text}'.`
    : { port: 0, firstPort: first, lastPort: last };
}

function splitPort(text: string): { host: string; port: string } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return { host: bracketed[1]!, port: bracketed[2] ?? "" };
  const colon = text.lastIndexOf(":");
  if (colon === -1 || SocketAddress.fromHost(text, 0) !== undefined)
    return { host: text, port: "" };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function findHost(host: string, prefix: string | undefined): SocketAddress | undefined {
  const isIpv6 = prefix === "ipv6";
  const name = host === "" || host === "*" ? (isIpv6 ? "::" : "0.0.0.0") : host;
  const found = SocketAddress.fromHost(name, 0) ?? lookupHost(name, 0);
  if (found === undefined || prefix === undefined) return found;
  return (found.family === AddressFamily.INET6) === isIpv6 ? found : undefined;
}
