import { assert } from "../base/assert.ts";
import { Region } from "../sys/region.ts";

/** The memory that a {@link SharedMemory} hands out: a `Region`, or a plain buffer in tests. */
export interface MemoryBlock {
  readonly buffer: ArrayBuffer;
  /** In bytes. */
  readonly size: number;
}

/** What another thread needs to see the same cells: post it, then call {@link SharedMemory.join}. */
export interface SharedMemoryPlace {
  readonly address: number;
  readonly size: number;
  readonly threads: number;
}

/** The size of a cache line: cells that several threads write do not share one. */
export const CACHE_LINE_SIZE = 64;

/** Room for some 20,000 servers with one thread; pages that nobody touches cost nothing. */
const SIZE_DEFAULT = 64 * 1024 * 1024;

/**
 * Hands out memory that every thread sees. It only moves forward, so threads that make the same
 * objects in the same order see the same cells without telling each other where they are.
 * Everything starts at zero. Nothing is given back: what is counted lives as long as the process.
 */
export class SharedMemory {
  /** Threads that count; each has its own stripe of every counter. */
  readonly threads: number;
  /** Number of this thread, from 0. */
  readonly thread: number;
  /** The whole block, for gauges: one array of one shape for all of them. */
  readonly cells: Int32Array;
  readonly #block: MemoryBlock;
  #usedSize = 0;

  constructor(block: MemoryBlock, threads = 1, thread = 0) {
    assert(thread >= 0 && thread < threads, "a thread's number is below their count");
    this.threads = threads;
    this.thread = thread;
    this.cells = new Int32Array(block.buffer, 0, Math.floor(block.size / 4));
    this.#block = block;
  }

  /** Maps memory for so many threads; this is the first of them. */
  static map(threads = 1, size = SIZE_DEFAULT): SharedMemory {
    return new SharedMemory(new Region(size), threads, 0);
  }

  /** Sees the memory that the first thread mapped. */
  static join(place: SharedMemoryPlace, thread: number): SharedMemory {
    return new SharedMemory(Region.at(place.address, place.size), place.threads, thread);
  }

  /** What the other threads need to join; undefined when the block cannot be shared. */
  get place(): SharedMemoryPlace | undefined {
    if (!(this.#block instanceof Region)) return undefined;
    return { address: this.#block.address, size: this.#block.size, threads: this.threads };
  }

  get usedSize(): number {
    return this.#usedSize;
  }

  /**
   * Takes memory, zeroed.
   *
   * @param alignment - A power of two, in bytes.
   * @returns Its offset, in bytes.
   */
  take(size: number, alignment: number): number {
    const offset = (this.#usedSize + alignment - 1) & ~(alignment - 1);
    if (offset + size > this.#block.size) {
      throw new RangeError("Cannot share more counters: the configuration has too many objects");
    }
    this.#usedSize = offset + size;
    return offset;
  }

  /** Views taken memory as numbers. */
  numbers(offset: number, count: number): Float64Array {
    return new Float64Array(this.#block.buffer, offset, count);
  }
}
