import { COMMA, SPACE, skipBlank, TAB, trimBlank } from "./octets.ts";

const EQUALS = 0x3d;
const SEMICOLON = 0x3b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const NO_BYTES = new Uint8Array(0);

/**
 * Walks over the cookies of one `cookie` line, without a copy: `name [ "=" value ]`, parted by
 * semicolons or commas, which count for nothing inside quotes. One instance is used again and again.
 */
export class CookieScan {
  nameStart = 0;
  nameEnd = 0;
  hasValue = false;
  /** There are blanks around its equals sign. */
  isPadded = false;
  /** The value as it stands, its quotes included, blanks around it not. */
  valueStart = 0;
  valueEnd = 0;
  /** Offset of the delimiter behind the cookie, or the line's end. */
  end = 0;

  #bytes: Uint8Array = NO_BYTES;
  #next = 0;
  #stop = 0;

  /** @hot */
  begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#next = start;
    this.#stop = end;
  }

  /**
   * Goes to the next cookie; false when there is none. Empty ones are passed over.
   *
   * @hot
   */
  next(): boolean {
    const bytes = this.#bytes;
    const stop = this.#stop;
    let at = this.#next;
    while (at < stop && isBetween(bytes[at]!)) at++;
    if (at >= stop) return false;
    this.nameStart = at;
    while (at < stop && !endsName(bytes[at]!)) at++;
    this.nameEnd = at;
    at = skipBlank(bytes, at, stop);
    this.hasValue = at < stop && bytes[at] === EQUALS;
    if (this.hasValue) at = skipBlank(bytes, at + 1, stop);
    this.valueStart = at;
    this.isPadded = this.hasValue && at > this.nameEnd + 1;
    at = endOfValue(bytes, at, stop);
    this.valueEnd = trimBlank(bytes, this.valueStart, at);
    this.end = at;
    this.#next = at + 1;
    return true;
  }
}

function isDelimiter(octet: number): boolean {
  return octet === SEMICOLON || octet === COMMA;
}

function isBetween(octet: number): boolean {
  return octet === SPACE || octet === TAB || isDelimiter(octet);
}

function endsName(octet: number): boolean {
  return octet === EQUALS || isBetween(octet);
}

function endOfValue(bytes: Uint8Array, start: number, stop: number): number {
  let isQuoted = false;
  let at = start;
  for (; at < stop; at++) {
    const octet = bytes[at]!;
    if (isQuoted && octet === BACKSLASH) at++;
    else if (octet === QUOTE) isQuoted = !isQuoted;
    else if (isDelimiter(octet) && !isQuoted) return at;
  }
  return stop;
}

/**
 * Says whether a range holds exactly these octets.
 *
 * @hot
 */
export function isSame(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text[index]) return false;
  }
  return true;
}

/**
 * Offset of an octet in a range, or the range's end.
 *
 * @hot
 */
export function offsetOf(bytes: Uint8Array, start: number, end: number, octet: number): number {
  let at = start;
  while (at < end && bytes[at] !== octet) at++;
  return at;
}
