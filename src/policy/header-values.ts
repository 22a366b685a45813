import type { FieldName } from "../http/field-name.ts";
import type { Head } from "../http/head.ts";
import { COMMA, SPACE, TAB } from "../http/octets.ts";
import { type Sample, SampleType } from "./sample.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How the lines of a field are read. */
export const HeaderReading = {
  /** Each value of a comma-separated list counts by itself. */
  VALUES: 0,
  /** Each line counts as a whole, as for dates and user agents. */
  LINES: 1,
} as const;
export type HeaderReading = (typeof HeaderReading)[keyof typeof HeaderReading];

/**
 * Where a value of a comma-separated list ends: at the next comma that stands in no quoted text.
 *
 * @hot
 * @see RFC 9110 section 5.6.1.
 */
export function endOfValue(bytes: Uint8Array, start: number, end: number): number {
  let isQuoted = false;
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!;
    if (octet === QUOTE) isQuoted = !isQuoted;
    else if (octet === BACKSLASH && isQuoted) at++;
    else if (octet === COMMA && !isQuoted) return at;
  }
  return end;
}

/**
 * Walks over the values of a field: sets the sample to the next one and moves its cursors, which start
 * at 0.
 *
 * @hot
 * @param name - Null takes the lines of all fields.
 * @returns False when there is no other.
 */
export function nextValue(
  head: Head,
  name: FieldName | null,
  reading: HeaderReading,
  sample: Sample,
): boolean {
  const { bytes } = head;
  for (;;) {
    const line = lineFrom(head, name, sample.cursor);
    if (line === -1) return false;
    const lineStart = head.valueStart(line);
    const lineEnd = head.valueEnd(line);
    // The other cursor counts bytes of the line that are done, plus one once it was begun.
    const from =
      line === sample.cursor ? lineStart + Math.max(0, sample.otherCursor - 1) : lineStart;
    const isBegun = line === sample.cursor && sample.otherCursor > 0;
    if (isBegun && from > lineEnd) {
      sample.cursor = line + 1;
      sample.otherCursor = 0;
      continue;
    }
    const stop = reading === HeaderReading.LINES ? lineEnd : endOfValue(bytes, from, lineEnd);
    sample.cursor = line;
    sample.otherCursor = stop - lineStart + 2;
    setTrimmed(sample, bytes, from, stop);
    return true;
  }
}

/** @hot */
function lineFrom(head: Head, name: FieldName | null, from: number): number {
  if (name !== null) return head.findField(name, from);
  for (let line = from; line < head.fieldCount; line++) if (!head.isRemoved(line)) return line;
  return -1;
}

/** @hot */
function setTrimmed(sample: Sample, bytes: Uint8Array, start: number, end: number): void {
  let from = start;
  let to = end;
  while (from < to && (bytes[from] === SPACE || bytes[from] === TAB)) from++;
  while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--;
  sample.setBytes(SampleType.STRING, bytes, from, to);
}

/** How many values a field has. */
export function countValues(
  head: Head,
  name: FieldName | null,
  reading: HeaderReading,
  sample: Sample,
): number {
  sample.begin();
  let count = 0;
  while (nextValue(head, name, reading, sample)) count++;
  return count;
}

/**
 * Sets the sample to one value of a field.
 *
 * @param occurrence - From 1, or from -1 backwards.
 * @returns False when there are not so many.
 */
export function valueAt(
  head: Head,
  name: FieldName | null,
  reading: HeaderReading,
  occurrence: number,
  sample: Sample,
): boolean {
  if (occurrence === -1) return lastValue(head, name, reading, sample);
  const wanted =
    occurrence > 0 ? occurrence : countValues(head, name, reading, sample) + 1 + occurrence;
  if (wanted < 1) return false;
  sample.begin();
  for (let count = 0; count < wanted; count++) {
    if (!nextValue(head, name, reading, sample)) return false;
  }
  return true;
}

/** Without an occurrence the last one counts: one walk finds it. */
function lastValue(
  head: Head,
  name: FieldName | null,
  reading: HeaderReading,
  sample: Sample,
): boolean {
  sample.begin();
  if (!nextValue(head, name, reading, sample)) return false;
  while (nextValue(head, name, reading, sample));
  return true;
}
