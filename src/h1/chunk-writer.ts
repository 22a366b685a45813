import { CR, LF } from "../http/octets.ts";

const ZERO = 0x30;
const LETTER_OFFSET = 0x57;

/** Room that any chunk size line needs: 14 digits for 2^53 - 1, and the CRLF. */
export const CHUNK_LINE_SIZE_MAX = 16;
/** Size of what {@link writeLastChunk} writes. */
export const LAST_CHUNK_SIZE = 5;

/**
 * Writes the line before a chunk's data (RFC 9112 section 7.1) and returns the offset just past it.
 * A CRLF belongs behind the data.
 *
 * @hot
 * @param size - 1 or more; 0 would end the body.
 */
export function writeChunkLine(into: Uint8Array, at: number, size: number): number {
  let digitCount = 1;
  for (let rest = size; rest >= 16; rest = Math.floor(rest / 16)) digitCount++;
  let rest = size;
  for (let index = at + digitCount - 1; index >= at; index--) {
    const digit = rest % 16;
    into[index] = digit < 10 ? ZERO + digit : LETTER_OFFSET + digit;
    rest = Math.floor(rest / 16);
  }
  return writeLineEnd(into, at + digitCount);
}

/**
 * Writes the CRLF behind a chunk's data and returns the offset just past it.
 *
 * @hot
 */
export function writeLineEnd(into: Uint8Array, at: number): number {
  into[at] = CR;
  into[at + 1] = LF;
  return at + 2;
}

/**
 * Writes the last chunk and an empty trailer section, and returns the offset just past them.
 *
 * @hot
 */
export function writeLastChunk(into: Uint8Array, at: number): number {
  into[at] = ZERO;
  writeLineEnd(into, at + 1);
  writeLineEnd(into, at + 3);
  return at + LAST_CHUNK_SIZE;
}
