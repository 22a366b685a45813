import { avalanche } from "../base/hashes.ts";
import type { Server } from "./server.ts";

/** Points that the numbers of two servers are apart: as many as the greatest weight has. */
const POINTS_MAX = 4096;
/** A point and whose it is, in one number: indexes of servers are below this. */
const OWNER_SCALE = 2 ** 20;

/**
 * The ring of consistent hashing: 32-bit points, of which each server has one for each sixteenth of
 * its weight. They depend on the server's `id` alone, so that they stay where they are when others
 * come and go, and are the same on each load balancer.
 */
export class ServerRing {
  /** Points with their owners, in the order of the ring. */
  #points: Float64Array = new Float64Array(0);
  /** How many points each server has there, by index. */
  readonly #sizes: Int32Array;

  constructor(serverCount: number) {
    this.#sizes = new Int32Array(serverCount);
  }

  /** Points on the ring. */
  get size(): number {
    return this.#points.length;
  }

  /**
   * Takes points away and adds points, so that each member has as many as its weight asks for. Only
   * new points are sorted; the others cost one step each.
   */
  rebuild(members: readonly Server[]): void {
    const wanted = new Int32Array(this.#sizes.length);
    for (const server of members) wanted[server.index] = server.effectiveWeight;
    const fresh: number[] = [];
    let isShrunk = false;
    for (const server of members) {
      const { index, id } = server;
      for (let number = this.#sizes[index]!; number < wanted[index]!; number++) {
        fresh.push(pointOf(id, number) * OWNER_SCALE + index);
      }
    }
    for (let index = 0; index < wanted.length; index++) {
      if (wanted[index]! < this.#sizes[index]!) isShrunk = true;
    }
    if (isShrunk) this.#points = this.#remaining(members, wanted);
    if (fresh.length > 0) this.#points = merge(this.#points, Float64Array.from(fresh).sort());
    this.#sizes.set(wanted);
  }

  #remaining(members: readonly Server[], wanted: Int32Array): Float64Array {
    const gone = new Set<number>();
    const idOf = new Map(members.map((server) => [server.index, server.id]));
    for (let index = 0; index < wanted.length; index++) {
      const id = idOf.get(index);
      // Who left has no id here, and none is needed: all its points go.
      if (id === undefined) continue;
      for (let number = wanted[index]!; number < this.#sizes[index]!; number++) {
        gone.add(pointOf(id, number) * OWNER_SCALE + index);
      }
    }
    return this.#points.filter(
      (point) => wanted[point % OWNER_SCALE] !== 0 && (gone.size === 0 || !gone.has(point)),
    );
  }

  /**
   * The place of the point that is nearest to a hash, whichever side it is on; of two that are
   * equally near, the one before. The ring must not be empty.
   *
   * @hot
   */
  placeOf(hash: number): number {
    const points = this.#points;
    const size = points.length;
    const searched = hash * OWNER_SCALE;
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (points[middle]! < searched) low = middle + 1;
      else high = middle;
    }
    const after = low === size ? 0 : low;
    const before = low === 0 ? size - 1 : low - 1;
    const toAfter = (this.#pointAt(after) - hash) >>> 0;
    const toBefore = (hash - this.#pointAt(before)) >>> 0;
    return toAfter < toBefore ? after : before;
  }

  #pointAt(place: number): number {
    return Math.floor(this.#points[place]! / OWNER_SCALE);
  }

  /**
   * The index of the server at a place.
   *
   * @hot
   */
  ownerAt(place: number): number {
    return this.#points[place]! % OWNER_SCALE;
  }

  /** @hot */
  placeAfter(place: number): number {
    return place + 1 < this.#points.length ? place + 1 : 0;
  }
}

function pointOf(id: number, number: number): number {
  return avalanche(Math.imul(id, POINTS_MAX) + number);
}

function merge(one: Float64Array, other: Float64Array): Float64Array {
  const merged = new Float64Array(one.length + other.length);
  let left = 0;
  let right = 0;
  for (let at = 0; at < merged.length; at++) {
    const takesLeft = right === other.length || (left < one.length && one[left]! < other[right]!);
    merged[at] = takesLeft ? one[left++]! : other[right++]!;
  }
  return merged;
}
