import { CookieScan, isSame } from "../http/cookie-scan.ts";
import type { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { COMMA } from "../http/octets.ts";
import { type Sample, SampleType } from "./sample.ts";

/** The least that a line holds besides a cookie's name: an equals sign and one octet. */
const VALUE_SIZE_MIN = 2;

/** Which cookies are looked for. */
export interface CookieSearch {
  readonly field: KnownField;
  /** Null takes all, and in responses their attributes too, as the reference does. */
  readonly name: Uint8Array | null;
  /** What follows a semicolon says something of the cookie before it. */
  readonly hasAttributes: boolean;
}

/** Kept per thread: one line is read at a time. */
const scan = new CookieScan();

/**
 * Goes to the next cookie: sets the sample to its value, quotes included, and moves its cursors, which
 * start at 0. Names without an equals sign are no cookies.
 *
 * @hot
 * @returns False when there is no other.
 */
export function nextCookie(head: Head, search: CookieSearch, sample: Sample): boolean {
  const { field, name } = search;
  const { bytes } = head;
  const sizeMin = name === null ? 0 : name.length + VALUE_SIZE_MIN;
  for (;;) {
    const line = head.find(field, sample.cursor);
    if (line === -1) return false;
    if (line !== sample.cursor) sample.otherCursor = 0;
    sample.cursor = line;
    const start = head.valueStart(line);
    const end = head.valueEnd(line);
    if (end - start >= sizeMin && nextOfLine(bytes, start, end, search, sample)) return true;
    sample.cursor = line + 1;
    sample.otherCursor = 0;
  }
}

/** Looks behind what the other cursor tells of a line. */
function nextOfLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  { name, hasAttributes }: CookieSearch,
  sample: Sample,
): boolean {
  if (start + sample.otherCursor >= end) return false;
  scan.begin(bytes, start + sample.otherCursor, end);
  // The attributes of a cookie go up to the next comma.
  let isAttribute = false;
  while (scan.next()) {
    const skips = isAttribute;
    isAttribute = hasAttributes && name !== null && scan.end < end && bytes[scan.end] !== COMMA;
    if (skips || !scan.hasValue) continue;
    if (name !== null && !isSame(bytes, scan.nameStart, scan.nameEnd, name)) continue;
    sample.setBytes(SampleType.STRING, bytes, scan.valueStart, scan.valueEnd);
    const next = isAttribute ? endOfAttributes(bytes, scan.end, end) : scan.end + 1;
    sample.otherCursor = next - start;
    return true;
  }
  return false;
}

/** Passes over the attributes behind a cookie; gives where the next cookie may start. */
function endOfAttributes(bytes: Uint8Array, from: number, end: number): number {
  scan.begin(bytes, from, end);
  while (scan.next()) if (scan.end < end && bytes[scan.end] === COMMA) return scan.end + 1;
  return end;
}

/** How many cookies there are. */
export function countCookies(head: Head, search: CookieSearch, sample: Sample): number {
  sample.begin();
  let count = 0;
  while (nextCookie(head, search, sample)) count++;
  return count;
}

/** Sets the sample to the last cookie of a name; false when there is none. */
export function lastCookie(head: Head, search: CookieSearch, sample: Sample): boolean {
  if (!nextCookie(head, search, sample)) return false;
  let { start, end } = sample;
  while (nextCookie(head, search, sample)) ({ start, end } = sample);
  sample.setBytes(SampleType.STRING, head.bytes, start, end);
  return true;
}
