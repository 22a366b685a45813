import { writeDecimal } from "../http/octets.ts";
import { ipv6Text } from "../sys/socket-address.ts";

const DOT = 0x2e;

/**
 * Writes an IPv4 address as text and returns where it ends.
 *
 * @hot
 */
export function writeIpv4(into: Uint8Array, at: number, word: number): number {
  let end = writeDecimal(into, at, word >>> 24);
  into[end++] = DOT;
  end = writeDecimal(into, end, (word >>> 16) & 0xff);
  into[end++] = DOT;
  end = writeDecimal(into, end, (word >>> 8) & 0xff);
  into[end++] = DOT;
  return writeDecimal(into, end, word & 0xff);
}

/** Writes an IPv6 address in its canonical form (RFC 5952) and returns where it ends. */
export function writeIpv6(
  into: Uint8Array,
  at: number,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
): number {
  const text = ipv6Text([word0, word1, word2, word3]);
  for (let index = 0; index < text.length; index++) into[at + index] = text.charCodeAt(index);
  return at + text.length;
}
