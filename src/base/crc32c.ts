/** The reversed Castagnoli polynomial. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = new Int32Array(256);
for (let octet = 0; octet < 256; octet++) {
  let value = octet;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
  TABLE[octet] = value;
}

/**
 * CRC32c of `[start, end)` as an unsigned number, with the four bytes from `holeAt` on counted as
 * zeros: where the sum itself stands.
 *
 * Source: RFC 9260 appendix A; RFC 3720 section 12.1.
 */
export function crc32c(bytes: Uint8Array, start: number, end: number, holeAt = -1): number {
  let sum = -1;
  for (let at = start; at < end; at++) {
    const isHole = holeAt !== -1 && at >= holeAt && at < holeAt + 4;
    const octet = isHole ? 0 : bytes[at]!;
    sum = TABLE[(sum ^ octet) & 255]! ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}
