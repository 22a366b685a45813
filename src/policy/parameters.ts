import { offsetOf } from "../http/cookie-scan.ts";
import { lowerOctet } from "./octet-case.ts";
import { type Sample, SampleType } from "./sample.ts";

const EQUALS = 0x3d;
const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;

/** Which parameters are looked for. */
export interface ParameterSearch {
  /** Null takes all. */
  readonly name: Uint8Array | null;
  /** The octet that ends a parameter besides `&` and `;`. */
  readonly delimiter: number;
  readonly ignoresCase: boolean;
}

/**
 * Goes to the next `name=value` of a query: sets the sample to its value, as it was sent, and moves its
 * cursor, which starts at 0. A name without an equals sign is no parameter. Time is linear in the size.
 *
 * @hot
 * @returns False when there is no other.
 */
export function nextParameter(
  bytes: Uint8Array,
  start: number,
  end: number,
  search: ParameterSearch,
  sample: Sample,
): boolean {
  const { name, ignoresCase } = search;
  let from = start + sample.cursor;
  while (from < end) {
    const nameStart = from;
    const stop = endOfParameter(bytes, from, end, search.delimiter);
    const equals = offsetOf(bytes, from, stop, EQUALS);
    from = stop + 1;
    if (equals === stop) continue;
    if (name !== null && !isName(bytes, nameStart, equals, name, ignoresCase)) continue;
    sample.cursor = from - start;
    sample.setBytes(SampleType.STRING, bytes, equals + 1, stop);
    return true;
  }
  return false;
}

function endOfParameter(bytes: Uint8Array, start: number, end: number, delimiter: number): number {
  let at = start;
  for (; at < end; at++) {
    const octet = bytes[at]!;
    if (octet === AMPERSAND || octet === SEMICOLON || octet === delimiter) return at;
  }
  return end;
}

function isName(
  bytes: Uint8Array,
  start: number,
  end: number,
  name: Uint8Array,
  ignoresCase: boolean,
): boolean {
  if (end - start !== name.length) return false;
  for (let index = 0; index < name.length; index++) {
    const octet = bytes[start + index]!;
    if (octet === name[index]) continue;
    if (!ignoresCase || lowerOctet(octet) !== lowerOctet(name[index]!)) return false;
  }
  return true;
}
