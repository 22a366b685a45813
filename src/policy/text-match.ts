import { lowerOctet } from "./octet-case.ts";

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
  ignoresCase: boolean,
): boolean {
  for (let index = 0; index < pattern.length; index++) {
    const byte = bytes[at + index]!;
    if ((ignoresCase ? lowerOctet(byte) : byte) !== pattern[index]) return false;
  }
  return true;
}
