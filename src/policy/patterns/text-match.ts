import { lowerOctet } from "../octet-case.ts";

/**
 * Says whether bytes at a place are those of a pattern.
 *
 * @hot
 * @param ignoresCase - The pattern is in lower case already, and the bytes count as if they were.
 */
export function isTextAt(
  bytes: Uint8Array,
  at: number,
  pattern: Uint8Array,
  patternStart: number,
  size: number,
  ignoresCase: boolean,
): boolean {
  for (let index = 0; index < size; index++) {
    const byte = bytes[at + index]!;
    if ((ignoresCase ? lowerOctet(byte) : byte) !== pattern[patternStart + index]) return false;
  }
  return true;
}
