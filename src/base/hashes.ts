/** Makes 32 bits out of the bytes `[start, end)`, as an unsigned number. */
export type HashFunction = (bytes: Uint8Array, start: number, end: number) => number;

/**
 * The hash of the sdbm library: each byte is added to 65599 times what there was.
 *
 * @hot
 */
export function sdbm(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 65599) + bytes[at]!) | 0;
  return hash >>> 0;
}

/**
 * Bernstein's hash: each byte is added to 33 times what there was, which starts at 5381.
 *
 * @hot
 */
export function djb2(bytes: Uint8Array, start: number, end: number): number {
  let hash = 5381;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 33) + bytes[at]!) | 0;
  return hash >>> 0;
}

/** What the two lanes of {@link wt6} start with, and how far each is turned at first. */
const WT6_ONE = 0xa53c965a;
const WT6_OTHER = 0x5ca6953a;
const WT6_TURN_ONE = 6;
const WT6_TURN_OTHER = 18;

/**
 * Two lanes take each byte, one by exclusive or, one by addition; both are inverted, turned and
 * swapped. How far they are turned depends on what they hold, so that the way of a byte cannot be
 * told in advance.
 *
 * @hot
 */
export function wt6(bytes: Uint8Array, start: number, end: number): number {
  let one = WT6_ONE;
  let other = WT6_OTHER;
  let turnOne = WT6_TURN_ONE;
  let turnOther = WT6_TURN_OTHER;
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!;
    const summed = ~(other + octet);
    const mixed = ~(one ^ octet);
    // A turn by 0 needs no care: a shift by 32 is a shift by 0 here, and both halves are the same.
    one = (summed << turnOne) | (summed >>> (32 - turnOne));
    other = (mixed << turnOther) | (mixed >>> (32 - turnOther));
    const turns = ((one >>> 16) ^ other) & 0xffff;
    turnOne = turns & 31;
    turnOther = turns >>> 11;
  }
  return (one ^ other) >>> 0;
}

/** The reversed polynomial of Ethernet, gzip and PNG. */
const CRC32_POLYNOMIAL = 0xedb88320;

const CRC32_TABLE = new Int32Array(256);
for (let octet = 0; octet < 256; octet++) {
  let value = octet;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? CRC32_POLYNOMIAL : 0);
  CRC32_TABLE[octet] = value;
}

/**
 * The sum of Ethernet, gzip and PNG.
 *
 * @hot
 * Source: RFC 1952 section 8.
 */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let sum = -1;
  for (let at = start; at < end; at++) {
    sum = CRC32_TABLE[(sum ^ bytes[at]!) & 255]! ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}

/** What the reference multiplies the avalanche with; odd, so that nothing is lost. */
const AVALANCHE_FACTOR = 0xc0000001;

/**
 * Spreads 32 bits over all 32, so that each bit of the result depends on each that was given; two
 * different numbers never become the same.
 *
 * @hot
 * Source: Bob Jenkins, "Integer hashing": the 4-byte full avalanche with six shifts. The factor at
 * the end was found by comparing with the reference.
 */
export function avalanche(value: number): number {
  let mixed = value | 0;
  mixed = (mixed + 0x7ed55d16 + (mixed << 12)) | 0;
  mixed = mixed ^ 0xc761c23c ^ (mixed >>> 19);
  mixed = (mixed + 0x165667b1 + (mixed << 5)) | 0;
  mixed = (mixed + 0xd3a2646c) ^ (mixed << 9);
  mixed = (mixed + 0xfd7046c5 + (mixed << 3)) | 0;
  mixed = mixed ^ 0xb55a4f09 ^ (mixed >>> 16);
  return Math.imul(mixed, AVALANCHE_FACTOR) >>> 0;
}
