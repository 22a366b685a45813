import { avalanche, crc32, djb2, type HashFunction, sdbm, wt6 } from "../base/hashes.ts";

/** How a hash leads to a server. */
export const HashMethod = {
  /** By its place on a map that has a place per unit of weight. */
  MAP: 0,
  /** By the nearest point of a ring on which each server has many. */
  CONSISTENT: 1,
} as const;
export type HashMethod = (typeof HashMethod)[keyof typeof HashMethod];

/** The functions, by the names that `hash-type` has for them. */
export const HASH_FUNCTIONS = { sdbm, djb2, wt6, crc32 } as const satisfies Record<
  string,
  HashFunction
>;

/** What `hash-type` and `hash-balance-factor` of a section say. */
export interface HashType {
  readonly method: HashMethod;
  readonly hash: HashFunction;
  readonly hasAvalanche: boolean;
  /** How much of the average a server may carry, in percent; 0 is no limit. */
  readonly balanceFactor: number;
}

/** What holds without `hash-type`. */
export const HASH_TYPE_DEFAULT: HashType = {
  method: HashMethod.MAP,
  hash: sdbm,
  hasAvalanche: false,
  balanceFactor: 0,
};

/**
 * Hashes the bytes `[start, end)` as the section wants it.
 *
 * @hot
 */
export function hashBytes(type: HashType, bytes: Uint8Array, start: number, end: number): number {
  const hash = type.hash(bytes, start, end);
  return type.hasAvalanche ? avalanche(hash) : hash;
}

/**
 * Hashes a number, which is its own hash unless the section wants it spread.
 *
 * @hot
 */
export function hashNumber(type: HashType, value: number): number {
  return type.hasAvalanche ? avalanche(value) : value;
}
