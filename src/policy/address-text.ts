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

/**
 * Reads an IPv4 address at the front of a text: four numbers with dots between. What stands behind it
 * does not matter unless it is one more dot, so that `192.0.2.1:80` reads as its address.
 *
 * @hot
 * @returns The address as a number, or -1 where there is none.
 */
export function readLeadingIpv4(bytes: Uint8Array, start: number, end: number): number {
  let address = 0;
  let at = start;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && (at === end || bytes[at++] !== DOT)) return -1;
    const from = at;
    let value = 0;
    while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) {
      value = value * 10 + bytes[at++]! - 0x30;
      if (value > 255) return -1;
    }
    if (at === from) return -1;
    address = address * 256 + value;
  }
  return at < end && bytes[at] === DOT ? -1 : address;
}
