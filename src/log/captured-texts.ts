import { octetsOf } from "../policy/args.ts";

const NO_BYTES = new Uint8Array(0);
const NO_ENDS = new Int32Array(0);

/** Where the texts of a message's slots lie, which is the same for all streams of a frontend. */
export class SlotLayout {
  readonly count: number;
  /** Where each slot starts, and behind the last one where it ends. */
  readonly starts: Int32Array;

  /** @param sizes - How many bytes each slot takes at most. */
  constructor(sizes: readonly number[]) {
    this.count = sizes.length;
    this.starts = new Int32Array(sizes.length + 1);
    for (const [slot, size] of sizes.entries()) this.starts[slot + 1] = this.starts[slot]! + size;
  }
}

const NO_SLOTS = new SlotLayout([]);

/**
 * The texts that were captured of one message, by their slots, in memory that their stream keeps and
 * uses again: text N is `bytes[startOf(N) .. endOf(N))`, empty where there was nothing.
 */
export class CapturedTexts {
  bytes: Uint8Array = NO_BYTES;
  #layout = NO_SLOTS;
  #ends: Int32Array = NO_ENDS;

  /** Made of texts of latin1, for tests. */
  static of(texts: readonly string[]): CapturedTexts {
    const made = new CapturedTexts();
    made.begin(new SlotLayout(texts.map(({ length }) => length)));
    for (const [slot, text] of texts.entries()) {
      made.put(slot, octetsOf(text), 0, text.length);
    }
    return made;
  }

  /**
   * Makes it new for another message: all its slots are there, and empty.
   *
   * @hot
   */
  begin(layout: SlotLayout): void {
    const { count, starts } = layout;
    if (this.#ends.length < count || this.bytes.length < starts[count]!) this.#grow(layout);
    this.#layout = layout;
    const ends = this.#ends;
    for (let slot = 0; slot < count; slot++) ends[slot] = starts[slot]!;
  }

  #grow({ count, starts }: SlotLayout): void {
    this.#ends = new Int32Array(count);
    this.bytes = new Uint8Array(starts[count]!);
  }

  /**
   * Makes it have no slots.
   *
   * @hot
   */
  clear(): void {
    this.#layout = NO_SLOTS;
  }

  /** How many slots there are, the empty ones included. */
  get count(): number {
    return this.#layout.count;
  }

  /**
   * Puts a copy of bytes into a slot, as many of them as it takes.
   *
   * @hot
   */
  put(slot: number, from: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    const { starts } = this.#layout;
    let to = starts[slot]!;
    const size = starts[slot + 1]! - to;
    const stop = end - start > size ? start + size : end;
    // What comes from the slot itself lies at its start or behind it.
    for (let at = start; at < stop; at++) bytes[to++] = from[at]!;
    this.#ends[slot] = to;
  }

  /** @hot */
  startOf(slot: number): number {
    return this.#layout.starts[slot]!;
  }

  /** @hot */
  endOf(slot: number): number {
    return this.#ends[slot]!;
  }

  /** The texts as latin1, for listings and tests. */
  get texts(): readonly string[] {
    const { buffer, byteOffset } = this.bytes;
    return Array.from({ length: this.count }, (_, slot) => {
      const start = this.startOf(slot);
      return Buffer.from(buffer, byteOffset + start, this.endOf(slot) - start).toString("latin1");
    });
  }
}

/** For messages of which nothing is captured. */
export const NO_CAPTURED_TEXTS = new CapturedTexts();
