import { CACHE_LINE_SIZE, type SharedMemory } from "./shared-memory.ts";

/**
 * One 32-bit number that all threads share: a level that goes up and down, or the highest that one
 * reached. With several threads every change is atomic; with one, it is a plain store.
 */
export class Gauge {
  readonly #cells: Int32Array;
  readonly #index: number;
  readonly #isShared: boolean;

  /** @param isHot - Whether traffic changes it: it then gets a cache line of its own. */
  constructor(memory: SharedMemory, isHot = false) {
    const isPadded = isHot && memory.threads > 1;
    const offset = memory.take(isPadded ? CACHE_LINE_SIZE : 4, isPadded ? CACHE_LINE_SIZE : 4);
    this.#cells = memory.cells;
    this.#index = offset / 4;
    this.#isShared = memory.threads > 1;
  }

  /** @hot */
  get(): number {
    return this.#cells[this.#index]!;
  }

  /** @hot */
  set(value: number): void {
    if (this.#isShared) Atomics.store(this.#cells, this.#index, value);
    else this.#cells[this.#index] = value;
  }

  /**
   * Adds, and returns the sum.
   *
   * @hot
   */
  add(delta: number): number {
    if (this.#isShared) return Atomics.add(this.#cells, this.#index, delta) + delta;
    const sum = this.#cells[this.#index]! + delta;
    this.#cells[this.#index] = sum;
    return sum;
  }

  /**
   * Adds one unless the level is at its limit already; 0 is no limit.
   *
   * @hot
   * @returns The new level, or -1 when the limit is reached.
   */
  addBelow(limit: number): number {
    if (limit === 0) return this.add(1);
    for (;;) {
      const before = this.get();
      if (before >= limit) return -1;
      if (!this.#isShared) {
        this.#cells[this.#index] = before + 1;
        return before + 1;
      }
      // Another thread changed it meanwhile: look again. One of the two always gets on.
      if (Atomics.compareExchange(this.#cells, this.#index, before, before + 1) === before) {
        return before + 1;
      }
    }
  }

  /**
   * Keeps the highest level seen.
   *
   * @hot
   */
  raise(value: number): void {
    for (;;) {
      const before = this.get();
      if (value <= before) return;
      if (!this.#isShared) {
        this.#cells[this.#index] = value;
        return;
      }
      if (Atomics.compareExchange(this.#cells, this.#index, before, value) === before) return;
    }
  }

  /** Replaces the value when it is still the expected one; says whether it did. */
  replace(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#cells, this.#index, expected, value) === expected;
  }
}
