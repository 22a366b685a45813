import { SocketAddress } from "../sys/socket-address.ts";

/** Why the start of a connection is not a PROXY header; negative, to share a return with an offset. */
export const ProxyError = {
  /** Neither version's first bytes. */
  NO_HEADER: -1,
  /** Version 1: no CRLF within 107 bytes. */
  LINE_SIZE: -2,
  /** Version 1: a word missing, wrong or too many. */
  LINE: -3,
  /** Version 1: no address, or not of the family that was named. */
  ADDRESS: -4,
  PORT: -5,
  /** Version 2: another version or command. */
  COMMAND: -6,
  /** Version 2: a family or transport that does not fit a stream. */
  FAMILY: -7,
  /** Version 2: shorter than its addresses, or longer than a buffer. */
  SIZE: -8,
  /** Version 2: a TLV that leaves its header or has a wrong size. */
  TLV: -9,
  CHECKSUM: -10,
  /** Version 1: neither TCP4 nor TCP6. */
  PROTOCOL: -11,
} as const;
export type ProxyError = (typeof ProxyError)[keyof typeof ProxyError];

/**
 * What a PROXY header says of a connection. One instance is used again and again; the ranges lie in
 * the bytes that were read, and are empty where a TLV is not there.
 */
export class ProxyHeader {
  /** False for `LOCAL`, `UNKNOWN` and `UNSPEC`: the connection's own addresses count. */
  hasAddresses = false;
  readonly source = new SocketAddress();
  readonly destination = new SocketAddress();
  alpnStart = 0;
  alpnEnd = 0;
  /** The host name that the client asked for by TLS. */
  authorityStart = 0;
  authorityEnd = 0;
  uniqueIdStart = 0;
  uniqueIdEnd = 0;
  /** The value of the TLS TLV: flags, verification result and TLVs of its own. */
  tlsStart = 0;
  tlsEnd = 0;
  /** The name of the network namespace that the connection belongs to. */
  namespaceStart = 0;
  namespaceEnd = 0;

  clear(): void {
    this.hasAddresses = false;
    this.source.clear();
    this.destination.clear();
    this.alpnStart = this.alpnEnd = 0;
    this.authorityStart = this.authorityEnd = 0;
    this.uniqueIdStart = this.uniqueIdEnd = 0;
    this.tlsStart = this.tlsEnd = 0;
    this.namespaceStart = this.namespaceEnd = 0;
  }
}

const TEXTS: Readonly<Record<ProxyError, string>> = {
  [ProxyError.NO_HEADER]: "no PROXY header",
  [ProxyError.LINE_SIZE]: "line too long",
  [ProxyError.LINE]: "malformed line",
  [ProxyError.ADDRESS]: "invalid address",
  [ProxyError.PORT]: "invalid port",
  [ProxyError.COMMAND]: "unknown version or command",
  [ProxyError.FAMILY]: "unsupported address family",
  [ProxyError.SIZE]: "header of a wrong size",
  [ProxyError.TLV]: "malformed TLV",
  [ProxyError.CHECKSUM]: "wrong checksum",
  [ProxyError.PROTOCOL]: "unknown protocol",
};

/** Says a reason in words. */
export function proxyErrorText(reason: number): string {
  return TEXTS[reason as ProxyError] ?? "unknown reason";
}
