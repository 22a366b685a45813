import { CounterBlock } from "./counter-block.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** How many of the last samples an average remembers. */
const SAMPLES = 1024;

/** The four waits that statistics average. */
export const TimeIndex = { QUEUE: 0, CONNECT: 1, RESPONSE: 2, TOTAL: 3, COUNT: 4 } as const;

/** Where a thread keeps the number of samples, after its four sums and its four peaks. */
const SAMPLE_COUNT = 2 * TimeIndex.COUNT;

/**
 * Averages of the waits of the last 1024 streams, and the longest of all. Each new sample takes the
 * place of an average one, so nothing has to be remembered but a sum.
 */
export class TimeAverages {
  readonly #cells: CounterBlock;

  constructor(memory: SharedMemory) {
    this.#cells = new CounterBlock(memory, SAMPLE_COUNT + 1);
  }

  /**
   * Adds the waits of one stream, in milliseconds; what did not happen is 0.
   *
   * @hot
   */
  add(queueMs: number, connectMs: number, responseMs: number, totalMs: number): void {
    const values = this.#cells.values;
    const isFull = values[SAMPLE_COUNT]! >= SAMPLES;
    if (!isFull) values[SAMPLE_COUNT]! += 1;
    this.#addOne(TimeIndex.QUEUE, queueMs, isFull);
    this.#addOne(TimeIndex.CONNECT, connectMs, isFull);
    this.#addOne(TimeIndex.RESPONSE, responseMs, isFull);
    this.#addOne(TimeIndex.TOTAL, totalMs, isFull);
  }

  #addOne(index: number, ms: number, isFull: boolean): void {
    const values = this.#cells.values;
    values[index]! += isFull ? ms - values[index]! / SAMPLES : ms;
    if (ms > values[TimeIndex.COUNT + index]!) values[TimeIndex.COUNT + index] = ms;
  }

  /** The average of one {@link TimeIndex}, in whole milliseconds; 0 without samples. */
  average(index: number): number {
    const samples = this.#cells.total(SAMPLE_COUNT);
    return samples === 0 ? 0 : Math.floor(this.#cells.total(index) / samples);
  }

  /** The longest of one {@link TimeIndex}, in milliseconds. */
  longest(index: number): number {
    return this.#cells.highest(TimeIndex.COUNT + index);
  }

  clearLongest(): void {
    for (let index = 0; index < TimeIndex.COUNT; index++) {
      this.#cells.clearOne(TimeIndex.COUNT + index);
    }
  }

  clear(): void {
    this.#cells.clear();
  }
}
