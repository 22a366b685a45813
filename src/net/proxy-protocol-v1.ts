import { AddressFamily, parseIpv4, parseIpv6, type SocketAddress } from "../sys/socket-address.ts";
import { ProxyError, type ProxyHeader } from "./proxy-protocol-header.ts";

/** The longest line, its CRLF included: two full IPv6 addresses and ports. */
export const V1_SIZE_MAX = 107;

const CR = 0x0d;
const LF = 0x0a;
const PREFIX = "PROXY ";
const IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const PORT = /^(?:0|[1-9]\d{0,4})$/;

/**
 * Reads a header of version 1: `PROXY TCP4 source destination port port` and a CRLF. Once a
 * connection, so it may use text. The rules of return are those of `readProxyHeader`.
 *
 * Source: The PROXY protocol, section 2.1.
 */
export function readProxyV1(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: ProxyHeader,
): number {
  for (let index = 0; index < PREFIX.length && start + index < end; index++) {
    if (bytes[start + index] !== PREFIX.charCodeAt(index)) return ProxyError.NO_HEADER;
  }
  const limit = Math.min(end, start + V1_SIZE_MAX);
  let at = start;
  while (at < limit && bytes[at] !== CR && bytes[at] !== LF) at++;
  if (at >= limit - 1) {
    if (limit === start + V1_SIZE_MAX) return ProxyError.LINE_SIZE;
    // A CR at the very end may still be followed by its LF.
    return at < limit && bytes[at] === LF ? ProxyError.LINE : 0;
  }
  if (bytes[at] !== CR || bytes[at + 1] !== LF) return ProxyError.LINE;
  const line = Buffer.from(bytes.slice(start, at)).toString("latin1");
  const reason = readLine(line, header);
  return reason < 0 ? reason : at + 2;
}

function readLine(line: string, header: ProxyHeader): number {
  const words = line.split(" ");
  // What follows UNKNOWN is for the receiver to ignore.
  if (words[1] === "UNKNOWN") return 0;
  if (words[1] !== "TCP4" && words[1] !== "TCP6") return ProxyError.PROTOCOL;
  if (words.length !== 6) return ProxyError.LINE;
  const [, protocol, source, destination, sourcePort, destinationPort] = words as string[];
  const isIpv4 = protocol === "TCP4";
  if (!readAddress(header.source, isIpv4, source!)) return ProxyError.ADDRESS;
  if (!readAddress(header.destination, isIpv4, destination!)) return ProxyError.ADDRESS;
  header.source.port = portOf(sourcePort!);
  header.destination.port = portOf(destinationPort!);
  if (header.source.port < 0 || header.destination.port < 0) return ProxyError.PORT;
  header.hasAddresses = true;
  return 0;
}

function portOf(text: string): number {
  const port = PORT.test(text) ? Number(text) : -1;
  return port > 0xffff ? -1 : port;
}

function readAddress(address: SocketAddress, isIpv4: boolean, text: string): boolean {
  if (isIpv4) {
    const value = IPV4.test(text) ? parseIpv4(text) : -1;
    if (value === -1) return false;
    address.family = AddressFamily.INET;
    address.word3 = value;
    return true;
  }
  const words = parseIpv6(text);
  if (words === undefined) return false;
  address.family = AddressFamily.INET6;
  [address.word0, address.word1, address.word2, address.word3] = words;
  return true;
}

/**
 * Writes a header of version 1 and returns the offset just past it. Unix addresses, which a line
 * cannot hold, become `UNKNOWN`; where the families differ, IPv4 is written as a part of IPv6. Needs
 * {@link V1_SIZE_MAX} bytes of room.
 */
export function writeProxyV1(
  into: Uint8Array,
  at: number,
  source: SocketAddress,
  destination: SocketAddress,
): number {
  const line = lineOf(source, destination);
  for (let index = 0; index < line.length; index++) into[at + index] = line.charCodeAt(index);
  return at + line.length;
}

function lineOf(source: SocketAddress, destination: SocketAddress): string {
  if (!source.isInternet || !destination.isInternet) return "PROXY UNKNOWN\r\n";
  const isIpv4 = source.family === AddressFamily.INET && destination.family === AddressFamily.INET;
  const hosts = isIpv4
    ? `TCP4 ${source.host()} ${destination.host()}`
    : `TCP6 ${hostInIpv6(source)} ${hostInIpv6(destination)}`;
  return `PROXY ${hosts} ${source.port} ${destination.port}\r\n`;
}

function hostInIpv6(address: SocketAddress): string {
  return address.family === AddressFamily.INET ? `::ffff:${address.host()}` : address.host();
}
