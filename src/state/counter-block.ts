import { CACHE_LINE_SIZE, type SharedMemory } from "./shared-memory.ts";

const NUMBER_SIZE = 8;

/**
 * The counters of one object: a stripe per thread, summed when somebody looks. A thread bumps its
 * own with `block.values[INDEX]! += n`, which costs a load and a store.
 */
export class CounterBlock {
  /** This thread's stripe. */
  readonly values: Float64Array;
  readonly threads: number;
  readonly #all: Float64Array;
  readonly #stride: number;

  /** @param count - How many counters. */
  constructor(memory: SharedMemory, count: number) {
    const { threads, thread } = memory;
    this.threads = threads;
    const lines = Math.ceil((count * NUMBER_SIZE) / CACHE_LINE_SIZE);
    this.#stride = (lines * CACHE_LINE_SIZE) / NUMBER_SIZE;
    const offset = memory.take(lines * CACHE_LINE_SIZE * threads, CACHE_LINE_SIZE);
    this.#all = memory.numbers(offset, this.#stride * threads);
    this.values = memory.numbers(offset + thread * lines * CACHE_LINE_SIZE, count);
  }

  /** The sum over all threads. */
  total(index: number): number {
    let sum = 0;
    for (let at = index; at < this.#all.length; at += this.#stride) sum += this.#all[at]!;
    return sum;
  }

  /** One thread's counter. */
  at(thread: number, index: number): number {
    return this.#all[thread * this.#stride + index]!;
  }

  /** The highest over all threads, for what is a peak or a time. */
  highest(index: number): number {
    let best = 0;
    for (let at = index; at < this.#all.length; at += this.#stride) {
      if (this.#all[at]! > best) best = this.#all[at]!;
    }
    return best;
  }

  /** Zeroes one counter of all threads. */
  clearOne(index: number): void {
    for (let at = index; at < this.#all.length; at += this.#stride) this.#all[at] = 0;
  }

  /** Zeroes everything of all threads. What another thread is adding right now may survive. */
  clear(): void {
    this.#all.fill(0);
  }
}
