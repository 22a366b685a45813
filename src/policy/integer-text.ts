import type { Sample } from "./sample.ts";

const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
/** So many digits are a safe integer, whichever they are. */
const SAFE_DIGITS = 15;

/**
 * Reads a decimal integer of 64 bits into a sample.
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
  if (from === end) return false;
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return false;
    value = value * 10 + digit;
  }
  if (end - from <= SAFE_DIGITS) sample.setInteger(isNegative ? -value : value);
  // tidy: a number of more than 15 digits is rare enough to make an object for.
  else sample.setWide(BigInt(Buffer.from(bytes.subarray(start, end)).toString("latin1")));
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
  const first = start < end ? bytes[start] : 0;
  const from = first === PLUS ? start + 1 : start;
  let to = first === PLUS || first === MINUS ? start + 1 : start;
  while (to < end && bytes[to]! - ZERO >= 0 && bytes[to]! - ZERO <= 9) to++;
  if (!readInteger(sample, bytes, from, to)) sample.setInteger(0);
}
