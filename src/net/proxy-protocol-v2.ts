import { crc32c } from "../base/crc32c.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { ProxyError, type ProxyHeader } from "./proxy-protocol-header.ts";

const SIGNATURE = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10);
/** Signature, command, family and size. */
const HEAD_SIZE = 16;

const LOCAL = 0x20;
const PROXY = 0x21;

/** Family and transport in one octet; a stream's transport is 1. */
const UNSPEC = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX = 0x31;

const IPV4_SIZE = 12;
const IPV6_SIZE = 36;
const PATH_SIZE = 108;

/** Kinds of TLVs. */
const Tlv = {
  ALPN: 0x01,
  AUTHORITY: 0x02,
  CRC32C: 0x03,
  UNIQUE_ID: 0x05,
  TLS: 0x20,
  NAMESPACE: 0x30,
} as const;
const TLV_HEAD_SIZE = 3;
const UNIQUE_ID_SIZE_MAX = 128;
/** Flags and verification result. */
const TLS_SIZE_MIN = 5;
const CHECKSUM_SIZE = 4;
/** What stands in front of an IPv4 address within an IPv6 one. */
const MAPPED = 0xffff;

/** A file's name is no longer. */
const NAMESPACE_SIZE_MAX = 255;

/** Room that a header with all TLVs written here needs: unix addresses are the largest. */
export const V2_SIZE_MAX =
  HEAD_SIZE + 2 * PATH_SIZE + 3 * TLV_HEAD_SIZE + CHECKSUM_SIZE + TLS_SIZE_MIN + NAMESPACE_SIZE_MAX;

/**
 * Reads a header of version 2. The rules of return are those of `readProxyHeader`.
 *
 * ```text
 *  0            12        13        14        16
 *  +------------+---------+---------+---------+-----------+------------------+
 *  | signature  | version | family, | size of | addresses | TLVs: kind, size |
 *  |            | command | transp. | the rest| and ports | of 2, value      |
 *  +------------+---------+---------+---------+-----------+------------------+
 * ```
 *
 * Source: The PROXY protocol, section 2.2.
 */
export function readProxyV2(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: ProxyHeader,
  sizeMax: number,
): number {
  const size = end - start;
  for (let index = 0; index < SIGNATURE.length && index < size; index++) {
    if (bytes[start + index] !== SIGNATURE[index]) return ProxyError.NO_HEADER;
  }
  if (size < HEAD_SIZE) return 0;
  const command = bytes[start + 12]!;
  if (command !== LOCAL && command !== PROXY) return ProxyError.COMMAND;
  const stop = start + HEAD_SIZE + bytes[start + 14]! * 256 + bytes[start + 15]!;
  if (stop - start > sizeMax) return ProxyError.SIZE;
  if (stop > end) return 0;
  // A balancer's own connection, such as a health check: whatever else is there says nothing.
  if (command === LOCAL) return stop;

  const tlvStart = readAddresses(bytes, start, stop, header);
  if (tlvStart < 0) return tlvStart;
  const reason = readTlvs(bytes, start, tlvStart, stop, header);
  return reason < 0 ? reason : stop;
}

/** Returns where the TLVs start, or a reason. */
function readAddresses(
  bytes: Uint8Array,
  start: number,
  stop: number,
  header: ProxyHeader,
): number {
  const at = start + HEAD_SIZE;
  const { source, destination } = header;
  switch (bytes[start + 13]) {
    case UNSPEC:
      // Nothing tells where addresses would end and TLVs begin.
      return stop;
    case TCP4:
      if (stop - at < IPV4_SIZE) return ProxyError.SIZE;
      readIpv4(source, bytes, at, at + 8);
      readIpv4(destination, bytes, at + 4, at + 10);
      header.hasAddresses = true;
      return at + IPV4_SIZE;
    case TCP6:
      if (stop - at < IPV6_SIZE) return ProxyError.SIZE;
      readIpv6(source, bytes, at, at + 32);
      readIpv6(destination, bytes, at + 16, at + 34);
      header.hasAddresses = true;
      return at + IPV6_SIZE;
    case UNIX:
      if (stop - at < 2 * PATH_SIZE) return ProxyError.SIZE;
      readPath(source, bytes, at);
      readPath(destination, bytes, at + PATH_SIZE);
      header.hasAddresses = true;
      return at + 2 * PATH_SIZE;
    default:
      return ProxyError.FAMILY;
  }
}

function readTlvs(
  bytes: Uint8Array,
  start: number,
  from: number,
  stop: number,
  header: ProxyHeader,
): number {
  let at = from;
  while (at < stop) {
    if (stop - at < TLV_HEAD_SIZE) return ProxyError.TLV;
    const kind = bytes[at]!;
    const valueStart = at + TLV_HEAD_SIZE;
    const valueEnd = valueStart + bytes[at + 1]! * 256 + bytes[at + 2]!;
    if (valueEnd > stop) return ProxyError.TLV;
    const reason = readTlv(bytes, start, stop, kind, valueStart, valueEnd, header);
    if (reason < 0) return reason;
    at = valueEnd;
  }
  return 0;
}

/** Notes one TLV. Unknown kinds are for others. */
function readTlv(
  bytes: Uint8Array,
  start: number,
  stop: number,
  kind: number,
  valueStart: number,
  valueEnd: number,
  header: ProxyHeader,
): number {
  const size = valueEnd - valueStart;
  if (kind === Tlv.ALPN) {
    header.alpnStart = valueStart;
    header.alpnEnd = valueEnd;
  } else if (kind === Tlv.AUTHORITY) {
    header.authorityStart = valueStart;
    header.authorityEnd = valueEnd;
  } else if (kind === Tlv.UNIQUE_ID) {
    if (size > UNIQUE_ID_SIZE_MAX) return ProxyError.TLV;
    header.uniqueIdStart = valueStart;
    header.uniqueIdEnd = valueEnd;
  } else if (kind === Tlv.TLS) {
    if (size < TLS_SIZE_MIN) return ProxyError.TLV;
    header.tlsStart = valueStart;
    header.tlsEnd = valueEnd;
  } else if (kind === Tlv.NAMESPACE) {
    header.namespaceStart = valueStart;
    header.namespaceEnd = valueEnd;
  } else if (kind === Tlv.CRC32C) {
    if (size !== CHECKSUM_SIZE) return ProxyError.TLV;
    const sum = crc32c(bytes, start, stop, valueStart);
    return sum === readWord(bytes, valueStart) ? 0 : ProxyError.CHECKSUM;
  }
  return 0;
}

function readWord(bytes: Uint8Array, at: number): number {
  const high = bytes[at]! * 0x1_0000 + bytes[at + 1]! * 0x100 + bytes[at + 2]!;
  return high * 0x100 + bytes[at + 3]!;
}

function readPort(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}

function readIpv4(address: SocketAddress, bytes: Uint8Array, at: number, portAt: number): void {
  address.family = AddressFamily.INET;
  address.word3 = readWord(bytes, at);
  address.port = readPort(bytes, portAt);
}

function readIpv6(address: SocketAddress, bytes: Uint8Array, at: number, portAt: number): void {
  address.family = AddressFamily.INET6;
  address.word0 = readWord(bytes, at);
  address.word1 = readWord(bytes, at + 4);
  address.word2 = readWord(bytes, at + 8);
  address.word3 = readWord(bytes, at + 12);
  address.port = readPort(bytes, portAt);
}

/** A path ends with a NUL; an abstract name begins with one. */
function readPath(address: SocketAddress, bytes: Uint8Array, at: number): void {
  address.family = AddressFamily.UNIX;
  address.isAbstract = bytes[at] === 0 && bytes[at + 1] !== 0;
  const start = address.isAbstract ? at + 1 : at;
  let end = start;
  while (end < at + PATH_SIZE && bytes[end] !== 0) end++;
  address.path = Buffer.from(bytes.slice(start, end)).toString("utf8");
}

/**
 * Writes a header of version 2 and returns the offset just past it. Without two internet addresses it
 * is a `LOCAL` one, as HAProxy does it; where the families differ, IPv4 is written as a part of IPv6.
 * Needs {@link V2_SIZE_MAX} bytes of room.
 *
 * @param hasChecksum - Adds a CRC32c TLV.
 * @param hasTls - Adds a TLV that says how TLS was used: the client came without.
 * @param namespace - The name of the client's network namespace; without one there is no such TLV.
 */
export function writeProxyV2(
  into: Uint8Array,
  at: number,
  source: SocketAddress,
  destination: SocketAddress,
  hasChecksum = false,
  hasTls = false,
  namespace = "",
): number {
  into.set(SIGNATURE, at);
  const isIpv4 = source.family === AddressFamily.INET && destination.family === AddressFamily.INET;
  const isIpv6 = !isIpv4 && source.isInternet && destination.isInternet;
  into[at + 12] = isIpv4 || isIpv6 ? PROXY : LOCAL;
  into[at + 13] = UNSPEC;
  let to = at + HEAD_SIZE;
  if (isIpv4) {
    into[at + 13] = TCP4;
    to = writeWord(into, writeWord(into, to, source.word3), destination.word3);
  } else if (isIpv6) {
    into[at + 13] = TCP6;
    to = writeIpv6(into, writeIpv6(into, to, source), destination);
  }
  if (isIpv4 || isIpv6) to = writePort(into, writePort(into, to, source.port), destination.port);
  const sumAt = to + TLV_HEAD_SIZE;
  if (hasChecksum) to = writeTlvHead(into, to, Tlv.CRC32C, CHECKSUM_SIZE) + CHECKSUM_SIZE;
  if (hasTls) {
    to = writeTlvHead(into, to, Tlv.TLS, TLS_SIZE_MIN);
    into.fill(0, to, to + TLS_SIZE_MIN);
    to += TLS_SIZE_MIN;
  }
  if (namespace !== "") {
    const name = Buffer.from(namespace, "latin1");
    into.set(name, writeTlvHead(into, to, Tlv.NAMESPACE, name.length));
    to += TLV_HEAD_SIZE + name.length;
  }
  writePort(into, at + 14, to - at - HEAD_SIZE);
  if (hasChecksum) writeWord(into, sumAt, crc32c(into, at, to, sumAt));
  return to;
}

function writeTlvHead(into: Uint8Array, at: number, kind: number, size: number): number {
  into[at] = kind;
  return writePort(into, at + 1, size);
}

function writeWord(into: Uint8Array, at: number, word: number): number {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
  return at + 4;
}

function writePort(into: Uint8Array, at: number, port: number): number {
  into[at] = port >>> 8;
  into[at + 1] = port;
  return at + 2;
}

function writeIpv6(into: Uint8Array, at: number, address: SocketAddress): number {
  writeWord(into, at, address.word0);
  writeWord(into, at + 4, address.word1);
  writeWord(into, at + 8, address.family === AddressFamily.INET ? MAPPED : address.word2);
  return writeWord(into, at + 12, address.word3);
}
