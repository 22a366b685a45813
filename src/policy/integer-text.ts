import type { Sample } from "./sample.ts";

const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
/** So many digits are a safe integer, whichever they are. */
const SAFE_DIGITS = 15;
/** Numbers with more digits lie outside of 64 bits. */
const LONG_DIGITS = 19;
const BEYOND_LONG = 10n ** 19n;

/**
 * Reads a decimal integer of 64 bits into a sample; what lies outside becomes the nearest that there is.
 *
 * @hot
 * @returns False, with the sample as it was, when the bytes are anything else.
 */
export function readInteger(
  sample: Sample,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const isNegative = start < end && bytes[start] === MINUS;
  const from = isNegative ? start + 1 : start;
  if (from === end || endOfDigits(bytes, from, end) !== end) return false;
  setDigits(sample, bytes, from, end, isNegative);
  return true;
}

/**
 * Reads the decimal integer that a text begins with, after a sign or none, into a sample: 0 where it
 * begins with anything else. Beyond 64 bits it is the nearest that there is.
 *
 * @hot
 */
export function readIntegerPrefix(
  sample: Sample,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const first = start < end ? bytes[start] : ZERO;
  const isNegative = first === MINUS;
  const from = isNegative || first === PLUS ? start + 1 : start;
  setDigits(sample, bytes, from, endOfDigits(bytes, from, end), isNegative);
}

/** @hot */
function endOfDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9) at++;
  return at;
}

/** @hot */
function setDigits(
  sample: Sample,
  bytes: Uint8Array,
  start: number,
  end: number,
  isNegative: boolean,
): void {
  let from = start;
  while (from < end && bytes[from] === ZERO) from++;
  if (end - from <= SAFE_DIGITS) {
    let value = 0;
    for (let at = from; at < end; at++) value = value * 10 + bytes[at]! - ZERO;
    sample.setInteger(isNegative && value !== 0 ? -value : value);
    return;
  }
  // tidy: a number of more than 15 digits is rare enough to make an object for.
  const value = end - from > LONG_DIGITS ? BEYOND_LONG : BigInt(digitsText(bytes, from, end));
  sample.setWide(isNegative ? -value : value);
}

function digitsText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString("latin1");
}
