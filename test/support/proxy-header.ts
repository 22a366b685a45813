const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

/** Bytes as text, a character for each. */
function text(...bytes: readonly number[]): string {
  return String.fromCharCode(...bytes);
}

/** The addresses in headers of IPv4 connections: from 192.0.2.9:12345 to 198.51.100.7:443. */
export const IPV4_BLOCK = text(192, 0, 2, 9, 198, 51, 100, 7, 0x30, 0x39, 0x01, 0xbb);

/**
 * A PROXY header of version 2, a character for each byte: version and command, family and protocol,
 * and what stands behind the length, which `size` makes wrong.
 */
export function proxyHeaderV2(
  command: number,
  family: number,
  block: string,
  size = block.length,
): string {
  return SIGNATURE + text(command, family, size >> 8, size & 255) + block;
}

/** One of the values that may stand behind the addresses. */
export function proxyValue(kind: number, value: string): string {
  return text(kind, value.length >> 8, value.length & 255) + value;
}
