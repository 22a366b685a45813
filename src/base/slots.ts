import { assert } from "./assert.ts";

/**
 * Hands out the numbers 0 .. capacity-1. What a holder owns sits in arrays or memory indexed by
 * such a number, so taking and giving back never allocates. The last one given is the next one
 * taken, which keeps the memory in use small and warm.
 */
export class Slots {
  readonly capacity: number;
  readonly #free: Int32Array;
  readonly #taken: Uint8Array;
  #freeCount: number;
  #freeCountMin: number;

  constructor(capacity: number) {
    assert(capacity > 0, "a pool holds at least one slot");
    this.capacity = capacity;
    this.#free = new Int32Array(capacity);
    this.#taken = new Uint8Array(capacity);
    this.#freeCount = capacity;
    this.#freeCountMin = capacity;
    // Filled backwards, so that slot 0 is handed out first.
    for (let index = 0; index < capacity; index++) this.#free[index] = capacity - 1 - index;
  }

  get takenCount(): number {
    return this.capacity - this.#freeCount;
  }

  /** The most that were ever taken at once. */
  get peakCount(): number {
    return this.capacity - this.#freeCountMin;
  }

  /**
   * Returns a slot, or -1 when all are taken: the caller then queues or refuses.
   *
   * @hot
   */
  take(): number {
    if (this.#freeCount === 0) return -1;
    const slot = this.#free[--this.#freeCount]!;
    if (this.#freeCount < this.#freeCountMin) this.#freeCountMin = this.#freeCount;
    this.#taken[slot] = 1;
    return slot;
  }

  /**
   * Gives a slot back.
   *
   * @hot
   */
  give(slot: number): void {
    assert(this.#taken[slot] === 1, "only a taken slot comes back, and once");
    this.#taken[slot] = 0;
    this.#free[this.#freeCount++] = slot;
  }
}
