import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { ProxyError, type ProxyHeader } from "./proxy-protocol-header.ts";

/** Magic number and length. */
const LEGACY_HEAD_SIZE = 8;
/** Magic number, length of all, type, length of the rest. */
const STANDARD_HEAD_SIZE = 12;
const STANDARD_TYPE = 1;

const IPV4_SIZE_MIN = 20;
const IPV6_SIZE = 40;
const TCP_SIZE_MIN = 20;
const PROTOCOL_TCP = 6;

/**
 * Reads a NetScaler Client IP header, of either kind. It may come in pieces: call again with the same
 * bytes from `start` on and a greater `end`.
 *
 * ```text
 *  legacy    | magic 4 | length 4   | IP header | TCP header |
 *  standard  | magic 4 | whole 4    | type 2 = 1 | length 2 | IP header | TCP header |
 * ```
 *
 * The length is that of the IP and TCP headers, and of whatever stands behind them. The length of the
 * whole says nothing more, and senders disagree about what it counts, so it is not judged. Stricter
 * than HAProxy: the type is 1, and both headers lie within the length.
 *
 * Source: HAProxy's netscaler-client-ip-insertion-protocol.txt; RFC 791, RFC 8200, RFC 9293.
 *
 * @param magic - What the header starts with, as the `bind` line says.
 * @param sizeMax - The most bytes that a header may have.
 * @returns Offset just past the header, 0 when more bytes are needed, or a {@link ProxyError}.
 */
export function readNetscalerHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: ProxyHeader,
  magic: number,
  sizeMax: number,
): number {
  header.clear();
  for (let index = 0; index < 4 && start + index < end; index++) {
    if (bytes[start + index] !== ((magic >>> (24 - 8 * index)) & 255)) return ProxyError.NO_HEADER;
  }
  // An IP header begins with its version; the type of the standard kind begins with a zero.
  if (end - start <= LEGACY_HEAD_SIZE) return 0;
  const isLegacy = bytes[start + LEGACY_HEAD_SIZE]! !== 0;
  const headSize = isLegacy ? LEGACY_HEAD_SIZE : STANDARD_HEAD_SIZE;
  if (end - start < headSize) return 0;
  if (!isLegacy && readShort(bytes, start + LEGACY_HEAD_SIZE) !== STANDARD_TYPE) {
    return ProxyError.COMMAND;
  }
  const length = isLegacy
    ? readWord(bytes, start + 4)
    : readShort(bytes, start + STANDARD_HEAD_SIZE - 2);
  const from = start + headSize;
  const stop = from + length;
  if (stop - start > sizeMax) return ProxyError.SIZE;
  if (stop > end) return 0;
  const reason = readHeaders(bytes, from, stop, header);
  if (reason >= 0) return stop;
  header.clear();
  return reason;
}

/** Reads the IP and TCP headers in `[from, stop)`; returns 0 or a reason. */
function readHeaders(bytes: Uint8Array, from: number, stop: number, header: ProxyHeader): number {
  if (from === stop) return ProxyError.SIZE;
  const version = bytes[from]! >> 4;
  if (version !== 4 && version !== 6) return ProxyError.FAMILY;
  const isIpv4 = version === 4;
  const ipSize = isIpv4 ? (bytes[from]! & 15) * 4 : IPV6_SIZE;
  const tcpAt = from + ipSize;
  if (ipSize < IPV4_SIZE_MIN || tcpAt + TCP_SIZE_MIN > stop) return ProxyError.SIZE;
  if (bytes[from + (isIpv4 ? 9 : 6)] !== PROTOCOL_TCP) return ProxyError.FAMILY;
  const tcpSize = (bytes[tcpAt + 12]! >> 4) * 4;
  if (tcpSize < TCP_SIZE_MIN || tcpAt + tcpSize > stop) return ProxyError.SIZE;
  readAddress(header.source, bytes, isIpv4, from + (isIpv4 ? 12 : 8));
  readAddress(header.destination, bytes, isIpv4, from + (isIpv4 ? 16 : 24));
  header.source.port = readShort(bytes, tcpAt);
  header.destination.port = readShort(bytes, tcpAt + 2);
  header.hasAddresses = true;
  return 0;
}

function readAddress(address: SocketAddress, bytes: Uint8Array, isIpv4: boolean, at: number): void {
  address.family = isIpv4 ? AddressFamily.INET : AddressFamily.INET6;
  if (isIpv4) {
    address.word3 = readWord(bytes, at);
    return;
  }
  address.word0 = readWord(bytes, at);
  address.word1 = readWord(bytes, at + 4);
  address.word2 = readWord(bytes, at + 8);
  address.word3 = readWord(bytes, at + 12);
}

function readShort(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}

function readWord(bytes: Uint8Array, at: number): number {
  return readShort(bytes, at) * 0x1_0000 + readShort(bytes, at + 2);
}
