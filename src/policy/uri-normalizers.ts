import { copyBytes, hexadecimalDigit } from "../http/octets.ts";

const HASH = 0x23;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const DOT = 0x2e;
const SLASH = 0x2f;
const TWO = 0x32;
const THREE = 0x33;
const EQUALS = 0x3d;
const QUESTION = 0x3f;

/** What a normalizer gives for a target that it refuses. */
export const MALFORMED = -1;

/**
 * Normalizes a part of a target: reads `bytes[start .. end)`, writes the result at the start of `into`,
 * which has room for three times as much, and returns its size or {@link MALFORMED}.
 */
export type Normalizer = (
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
) => number;

/** Writes each `#` as `%23`. */
export const encodeFragment: Normalizer = (bytes, start, end, into) => {
  let to = 0;
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!;
    if (octet !== HASH) into[to++] = octet;
    else {
      into[to++] = PERCENT;
      into[to++] = TWO;
      into[to++] = THREE;
    }
  }
  return to;
};

/** Drops the first `#` and all behind it. */
export const stripFragment: Normalizer = (bytes, start, end, into) => {
  let to = 0;
  for (let at = start; at < end && bytes[at] !== HASH; at++) into[to++] = bytes[at]!;
  return to;
};

/** Makes one slash of several in a row. */
export const mergeSlashes: Normalizer = (bytes, start, end, into) => {
  let to = 0;
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!;
    if (octet !== SLASH || to === 0 || into[to - 1] !== SLASH) into[to++] = octet;
  }
  return to;
};

/** Where the segment ends that begins at a place: at the next slash, or at the end. */
function segmentEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SLASH) at++;
  return at;
}

/**
 * Copies a path segment by segment, but for those of so many dots: what takes their place is written by
 * a function, which returns the new size.
 */
function perSegment(dots: number, write: (into: Uint8Array, size: number) => number): Normalizer {
  return (bytes, start, end, into) => {
    let to = 0;
    into[to++] = SLASH;
    let at = start + 1;
    while (at < end) {
      const stop = segmentEnd(bytes, at, end);
      if (isDots(bytes, at, stop, dots)) to = write(into, to);
      else {
        to = copyBytes(into, to, bytes, at, stop);
        if (stop < end) into[to++] = SLASH;
      }
      at = stop + 1;
    }
    return to;
  };
}

/** Is the segment `[start, end)` nothing but so many dots? */
function isDots(bytes: Uint8Array, start: number, end: number, count: number): boolean {
  if (end - start !== count) return false;
  for (let at = start; at < end; at++) if (bytes[at] !== DOT) return false;
  return true;
}

/** Drops segments that are one dot. Source: RFC 3986 section 6.2.2.3. */
export const stripDot = perSegment(1, (_into, size) => size);

/** Takes back the last segment of a written path; where there is none, writes that one was wanted. */
function goUp(written: Uint8Array, size: number, dropsLeading: boolean): number {
  const parent = parentOf(written, size);
  if (parent !== -1) return parent;
  if (dropsLeading) return size;
  written[size] = DOT;
  written[size + 1] = DOT;
  written[size + 2] = SLASH;
  return size + 3;
}

/** Where the last segment of a written path begins, which `..` takes back; -1 when there is none. */
function parentOf(written: Uint8Array, size: number): number {
  if (size === 1) return -1;
  let at = size - 1;
  while (written[at - 1] !== SLASH) at--;
  return isDots(written, at, size - 1, 2) ? -1 : at;
}

/** Takes segments of two dots back together with those before them; the rest stays in front. */
export const resolveDotDot = perSegment(2, (into, size) => goUp(into, size, false));
/** The same, and segments of two dots that have none before them are dropped. */
export const resolveAllDotDot = perSegment(2, (into, size) => goUp(into, size, true));

function isUnreserved(octet: number): boolean {
  const letter = octet | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return true;
  if (octet >= 0x30 && octet <= 0x39) return true;
  return octet === 0x2d || octet === DOT || octet === 0x5f || octet === 0x7e;
}

/** Does a percent sign begin an escape of two digits? */
function isEscape(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + 2 < end &&
    hexadecimalDigit(bytes[at + 1]!) !== -1 &&
    hexadecimalDigit(bytes[at + 2]!) !== -1
  );
}

/** Calls for each octet that is written as `%XX`; it writes what takes its place. */
function perEscape(
  isStrict: boolean,
  write: (into: Uint8Array, to: number, high: number, low: number) => number,
): Normalizer {
  return (bytes, start, end, into) => {
    let to = 0;
    let at = start;
    while (at < end) {
      const octet = bytes[at]!;
      if (octet === PERCENT && isEscape(bytes, at, end)) {
        to = write(into, to, bytes[at + 1]!, bytes[at + 2]!);
        at += 3;
      } else {
        if (octet === PERCENT && isStrict) return MALFORMED;
        into[to++] = octet;
        at++;
      }
    }
    return to;
  };
}

function upper(digit: number): number {
  return digit >= 0x61 ? digit - 0x20 : digit;
}

function writeEscape(into: Uint8Array, at: number, high: number, low: number): number {
  into[at] = PERCENT;
  into[at + 1] = high;
  into[at + 2] = low;
  return at + 3;
}

/**
 * Writes letters, digits and `-._~` as themselves where they are escaped. Source: RFC 3986 section
 * 6.2.2.2.
 *
 * @param isStrict - A percent sign that begins no escape makes the target malformed.
 */
export function decodeUnreserved(isStrict: boolean): Normalizer {
  return perEscape(isStrict, (into, to, high, low) => {
    const octet = (hexadecimalDigit(high) << 4) | hexadecimalDigit(low);
    if (!isUnreserved(octet)) return writeEscape(into, to, high, low);
    into[to] = octet;
    return to + 1;
  });
}

/** Writes the letters of escapes as capitals. Source: RFC 3986 section 6.2.2.1. */
export function upperEscapes(isStrict: boolean): Normalizer {
  return perEscape(isStrict, (into, to, high, low) =>
    writeEscape(into, to, upper(high), upper(low)),
  );
}

/** Where the name of a parameter ends. */
function nameEnd(parameter: Uint8Array): number {
  const at = parameter.indexOf(EQUALS);
  return at === -1 ? parameter.length : at;
}

/**
 * Sorts the parameters of a query by the octets of their names; those of one name keep their order.
 * `[start, end)` is the query without its question mark.
 */
export const sortQuery: Normalizer = (bytes, start, end, into) => {
  const parameters: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const found = bytes.indexOf(AMPERSAND, at);
    const stop = found === -1 || found > end ? end : found;
    parameters.push(bytes.subarray(at, stop));
    at = stop + 1;
  }
  parameters.sort((left, right) =>
    Buffer.compare(left.subarray(0, nameEnd(left)), right.subarray(0, nameEnd(right))),
  );
  let to = 0;
  for (const [index, parameter] of parameters.entries()) {
    if (index > 0) into[to++] = AMPERSAND;
    into.set(parameter, to);
    to += parameter.length;
  }
  return to;
};

/** Where the query begins, behind its question mark; the end where there is none. */
export function queryStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== QUESTION) at++;
  return Math.min(at + 1, end);
}
