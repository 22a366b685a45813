import { Slots } from "../base/slots.ts";
import { Region } from "../sys/region.ts";

/** A region may hold so much; see `Region`. */
const SLAB_SIZE_MAX = 0x7f00_0000;

/**
 * The buffers of one thread: equal parts of one region. A connection borrows one when bytes must
 * wait and gives it back at once, so an idle connection holds none. A buffer is known by the offset
 * of its first byte in the region; `NONE` is none.
 */
export class BufferPool {
  static readonly NONE = -1;
  readonly region: Region;
  /** In bytes (`tune.bufsize`). */
  readonly bufferSize: number;
  /**
   * Four buffers' worth of memory for what is read or built and sent in one go: nothing in it lives
   * longer than the event in hand.
   */
  readonly scratchStart: number;
  readonly scratchEnd: number;
  /** How often nothing was left to lend. */
  failedCount = 0;
  readonly #slots: Slots;

  constructor(bufferSize: number, countWanted: number) {
    const countMax = Math.floor(SLAB_SIZE_MAX / bufferSize) - 4;
    const count = Math.min(countWanted, countMax);
    this.bufferSize = bufferSize;
    this.region = new Region((count + 4) * bufferSize);
    this.#slots = new Slots(count);
    this.scratchStart = count * bufferSize;
    this.scratchEnd = this.scratchStart + 4 * bufferSize;
  }

  get takenCount(): number {
    return this.#slots.takenCount;
  }

  /** The most that were lent at once: their memory has been touched and stays. */
  get peakCount(): number {
    return this.#slots.peakCount;
  }

  get capacity(): number {
    return this.#slots.capacity;
  }

  /**
   * Borrows a buffer; -1 when all are lent.
   *
   * @hot
   */
  take(): number {
    const slot = this.#slots.take();
    if (slot !== -1) return slot * this.bufferSize;
    this.failedCount++;
    return -1;
  }

  /** @hot */
  give(start: number): void {
    this.#slots.give(Math.trunc(start / this.bufferSize));
  }
}
