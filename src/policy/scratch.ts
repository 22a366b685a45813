import { assert } from "../base/assert.ts";
import { Region } from "../sys/region.ts";

/** How many results of one thread can live at once; an expression and what it nests need fewer. */
const SLOTS = 16;

/**
 * Native memory for what converters make. Slots are handed out in a ring: a result stays valid until
 * so many others were made, which is longer than any expression needs it, and nothing is given back.
 * One per thread. It never moves, so that C functions can read results in place.
 */
export class Scratch {
  readonly region: Region;
  readonly bytes: Uint8Array;
  /** The room of each result, in bytes: as much as a buffer holds. */
  readonly slotSize: number;
  #next = 0;

  constructor(slotSize: number) {
    assert(slotSize >= 64, "a slot holds the text of an address at least");
    this.slotSize = slotSize;
    this.region = new Region(slotSize * SLOTS);
    this.bytes = this.region.bytes;
  }

  /**
   * Takes the next slot and returns where in `bytes` it starts; its size is `slotSize`.
   *
   * @hot
   */
  take(): number {
    const at = this.#next;
    this.#next = at + this.slotSize === this.bytes.length ? 0 : at + this.slotSize;
    return at;
  }
}
