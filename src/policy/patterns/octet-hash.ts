import { lowerOctet } from "../octet-case.ts";

/** What a hash starts from, before the first octet. */
export const HASH_START = 0x811c9dc5 | 0;

/**
 * The hash of octets with one more behind them, so that the hash of a text passes through those of all
 * its beginnings. See {@link finishHash}.
 *
 * @hot
 * @see RFC draft-eastlake-fnv, FNV-1a.
 */
export function addOctet(hash: number, octet: number): number {
  return Math.imul(hash ^ octet, 0x01000193);
}

/**
 * Spreads a hash so that its low bits choose a bucket well.
 *
 * @hot
 */
export function finishHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

/**
 * The finished hash of octets.
 *
 * @hot
 */
export function hashOctets(
  bytes: Uint8Array,
  start: number,
  end: number,
  ignoresCase: boolean,
): number {
  let hash = HASH_START;
  for (let at = start; at < end; at++) {
    hash = addOctet(hash, ignoresCase ? lowerOctet(bytes[at]!) : bytes[at]!);
  }
  return finishHash(hash);
}
