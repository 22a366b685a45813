import type { Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/**
 * Collects a result in a slot of the scratch memory. One per user and thread: `begin` takes a slot,
 * bytes and texts are added, `finish` makes the sample be the result.
 */
export class ScratchText {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #limit = 0;
  /** Where the next byte goes. */
  end = 0;
  /** Something did not fit. */
  isCut = false;

  /** @hot */
  begin({ scratch }: StreamView): void {
    this.#bytes = scratch.bytes;
    this.#start = scratch.take();
    this.#limit = this.#start + scratch.slotSize;
    this.end = this.#start;
    this.isCut = false;
  }

  /** @hot */
  byte(octet: number): void {
    if (this.end < this.#limit) this.#bytes[this.end++] = octet;
    else this.isCut = true;
  }

  /** @hot */
  add(bytes: Uint8Array, start: number, end: number): void {
    const room = this.#limit - this.end;
    const size = end - start > room ? room : end - start;
    if (size < end - start) this.isCut = true;
    const into = this.#bytes;
    let at = this.end;
    for (let index = 0; index < size; index++) into[at++] = bytes[start + index]!;
    this.end = at;
  }

  /** @hot */
  addText(text: string): void {
    for (let index = 0; index < text.length; index++) this.byte(text.charCodeAt(index));
  }

  /** @hot */
  finish(sample: Sample, type: SampleType): boolean {
    sample.setBytes(type, this.#bytes, this.#start, this.end);
    return true;
  }
}
