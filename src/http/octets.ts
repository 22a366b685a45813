/**
 * Octet classes of HTTP and the scans that both versions share. Offsets are absolute in a slab of
 * less than 2 GiB; `words` always views the same memory as `bytes`, from offset 0.
 *
 * Source: RFC 9110 section 5.5 and 5.6.
 */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COMMA = 0x2c;
export const COLON = 0x3a;

/** The bit that tells a lower-case ASCII letter from its capital. */
const CASE_BIT = 0x20;

/** 1 for each octet that a token may hold (RFC 9110 section 5.6.2). */
export const TOKEN_OCTETS = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
  TOKEN_OCTETS[character.charCodeAt(0)] = 1;
  TOKEN_OCTETS[character.toUpperCase().charCodeAt(0)] = 1;
}

const EACH_ONE = 0x01010101;
const EACH_SPACE = 0x20202020;
const EACH_AFTER_SPACE = 0x21212121;
const EACH_HASH = 0x23232323;
const EACH_DEL = 0x7f7f7f7f;
const EACH_TOP_BIT = 0x80808080 | 0;

/**
 * Returns the offset of the first octet of `[from, end)` that no field value may hold (a CR
 * included), or `end`. Eight octets at a time: a word that may hold one below 32 or a DEL is
 * looked at octet by octet, so a tab costs a little and is right.
 *
 * @hot
 */
export function endOfText(bytes: Uint8Array, words: DataView, from: number, end: number): number {
  let at = from;
  for (;;) {
    while (at <= end - 8) {
      const a = words.getInt32(at, true);
      const b = words.getInt32(at + 4, true);
      const aDel = a ^ EACH_DEL;
      const bDel = b ^ EACH_DEL;
      const hit =
        ((a - EACH_SPACE) & ~a) |
        ((aDel - EACH_ONE) & ~aDel) |
        ((b - EACH_SPACE) & ~b) |
        ((bDel - EACH_ONE) & ~bDel);
      if ((hit & EACH_TOP_BIT) !== 0) break;
      at += 8;
    }
    const limit = Math.min(at + 8, end);
    while (at < limit) {
      const octet = bytes[at]!;
      if (octet < SPACE ? octet !== TAB : octet === 0x7f) return at;
      at++;
    }
    if (at >= end) return end;
  }
}

/**
 * Returns the offset of the first octet of `[from, end)` that ends a request target or must not
 * be in one: a control, a space, a `#`, a DEL or anything above; or `end`.
 *
 * @hot
 */
export function endOfTarget(bytes: Uint8Array, words: DataView, from: number, end: number): number {
  let at = from;
  for (;;) {
    while (at <= end - 4) {
      const a = words.getInt32(at, true);
      const aDel = a ^ EACH_DEL;
      const aHash = a ^ EACH_HASH;
      const hit = a | (a - EACH_AFTER_SPACE) | (aDel - EACH_ONE) | (aHash - EACH_ONE);
      if ((hit & EACH_TOP_BIT) !== 0) break;
      at += 4;
    }
    const limit = Math.min(at + 4, end);
    while (at < limit) {
      const octet = bytes[at]!;
      if (octet <= SPACE || octet === 0x23 || octet >= 0x7f) return at;
      at++;
    }
    if (at >= end) return end;
  }
}

/**
 * Returns the offset of the first octet of `[from, end)` that is no token octet, or `end`.
 *
 * @hot
 */
export function endOfToken(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && TOKEN_OCTETS[bytes[at]!] === 1) at++;
  return at;
}

/**
 * Returns the offset of the first octet of `[from, end)` that is neither space nor tab, or `end`.
 *
 * @hot
 */
export function skipBlank(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

/**
 * Returns the offset of the first octet of `[from, end)` that is no space, or `end`.
 *
 * @hot
 */
export function skipSpaces(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at++;
  return at;
}

/**
 * Returns where `[start, end)` ends once spaces and tabs at its end are left out.
 *
 * @hot
 */
export function trimBlank(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--;
  return at;
}

/**
 * Tells whether two ranges hold the same octets.
 *
 * @hot
 */
export function equalOctets(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  const size = aEnd - aStart;
  if (bEnd - bStart !== size) return false;
  for (let index = 0; index < size; index++) {
    if (a[aStart + index] !== b[bStart + index]) return false;
  }
  return true;
}

/**
 * Tells whether two ranges hold the same text, letter case of ASCII aside.
 *
 * @hot
 */
export function equalIgnoringCase(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  const size = aEnd - aStart;
  if (bEnd - bStart !== size) return false;
  for (let index = 0; index < size; index++) {
    const x = a[aStart + index]!;
    const y = b[bStart + index]!;
    if (x === y) continue;
    const letter = x | CASE_BIT;
    if (letter !== (y | CASE_BIT) || letter < 0x61 || letter > 0x7a) return false;
  }
  return true;
}

/**
 * Returns the value of a hexadecimal digit, or -1 for any other octet.
 *
 * @hot
 */
export function hexadecimalDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | CASE_BIT;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Below this many octets a loop beats the native copy with its `subarray`. */
const COPY_BY_LOOP_MAX = 48;

/**
 * Copies `from[start, end)` to `into` at `at` and returns the offset after the last octet. Ranges
 * of one slab may overlap.
 *
 * @hot
 */
export function copyBytes(
  into: Uint8Array,
  at: number,
  from: Uint8Array,
  start: number,
  end: number,
): number {
  const size = end - start;
  if (into === from) into.copyWithin(at, start, end);
  else if (size > COPY_BY_LOOP_MAX) into.set(from.subarray(start, end), at);
  else for (let index = 0; index < size; index++) into[at + index] = from[start + index]!;
  return at + size;
}

/**
 * Writes a number in decimal digits and returns the offset after the last one.
 *
 * @hot
 * @param value - An exact integer of 0 or more.
 */
export function writeDecimal(into: Uint8Array, at: number, value: number): number {
  let size = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) size++;
  let rest = value;
  for (let index = at + size - 1; index >= at; index--) {
    const next = Math.floor(rest / 10);
    into[index] = 0x30 + (rest - next * 10);
    rest = next;
  }
  return at + size;
}
