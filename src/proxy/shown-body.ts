import { BodyReader } from "../h1/body-reader.ts";
import type { Framing } from "../h1/framing.ts";
import type { Scratch } from "../policy/scratch.ts";
import type { ContentView } from "../policy/stream-view.ts";

/**
 * The content of a message as far as it has come, for expressions: where it lies in the buffer, or, when
 * chunks part it, put together in scratch memory. Nothing of the message is used up.
 */
export class ShownBody implements ContentView {
  bytes: Uint8Array;
  start = 0;
  end = 0;
  readonly #reader = new BodyReader();
  readonly #slab: Uint8Array;
  readonly #scratch: Scratch;

  constructor(slab: Uint8Array, scratch: Scratch) {
    this.bytes = slab;
    this.#slab = slab;
    this.#scratch = scratch;
  }

  /** It ends here, or is wrong from here on. */
  get isComplete(): boolean {
    return this.#reader.isDone || this.#reader.error !== 0;
  }

  /**
   * Looks at received bytes, which start behind the head.
   *
   * @param contentLength - Meant with `Framing.LENGTH` only.
   */
  show(framing: Framing, contentLength: number, from: number, end: number): void {
    const reader = this.#reader;
    const slab = this.#slab;
    reader.begin(framing, contentLength);
    this.bytes = slab;
    this.start = from;
    this.end = from;
    for (let at = from; at < end && !this.isComplete; ) {
      at = reader.payload(slab, at, end);
      this.#add(reader.segmentStart, reader.segmentEnd);
    }
  }

  #add(start: number, end: number): void {
    if (start === end) return;
    if (this.start === this.end) {
      this.start = start;
      this.end = end;
      return;
    }
    const { bytes, slotSize } = this.#scratch;
    if (this.bytes !== bytes) {
      const at = this.#scratch.take();
      bytes.set(this.#slab.subarray(this.start, this.end), at);
      this.end = at + this.end - this.start;
      this.start = at;
      this.bytes = bytes;
    }
    const room = this.start + slotSize - this.end;
    const size = Math.min(end - start, room);
    bytes.set(this.#slab.subarray(start, start + size), this.end);
    this.end += size;
  }
}
