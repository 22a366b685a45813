import { endOfText } from "../http/octets.ts";
import type { Format } from "./format.ts";
import type { StreamControl } from "./stream-control.ts";

const NO_BYTES = new Uint8Array(0);
const PERCENT = 0x25;
const HEX_DIGITS = new TextEncoder().encode("0123456789ABCDEF");

/**
 * Writes `%XX` in the place of each octet that no field value may hold, so that no sample can end a
 * line. Returns where the text ends then, or -1 when it does not fit.
 *
 * @hot
 * @param words - The same memory as `bytes`.
 */
export function encodeControls(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  limit: number,
): number {
  const first = endOfText(bytes, words, start, end);
  if (first === end) return end;
  let size = end - start;
  for (let at = first; at < end; at = endOfText(bytes, words, at + 1, end)) size += 2;
  if (start + size > limit) return -1;
  // From the back, so that nothing is overwritten before it was moved.
  let to = start + size;
  for (let at = end - 1; at >= first; at--) {
    const octet = bytes[at]!;
    if (endOfText(bytes, words, at, at + 1) === at + 1) {
      bytes[--to] = octet;
      continue;
    }
    bytes[--to] = HEX_DIGITS[octet & 15]!;
    bytes[--to] = HEX_DIGITS[octet >> 4]!;
    bytes[--to] = PERCENT;
  }
  return start + size;
}

/** The text of a format that is safe in a head, and where it lies. One per user and thread. */
export class FieldText {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  /** Its own memory, made when first needed: what expressions make in scratch slots does not last. */
  #own = NO_BYTES;
  #words: DataView | null = null;
  readonly #format: Format;
  readonly #constant: Uint8Array | null;

  constructor(format: Format) {
    this.#format = format;
    this.#constant = format.constant === null ? null : encoded(format.constant);
  }

  /**
   * Makes the text for a stream; false when it does not fit.
   *
   * @hot
   */
  make(control: StreamControl): boolean {
    if (this.#constant !== null) {
      this.bytes = this.#constant;
      this.start = 0;
      this.end = this.#constant.length;
      return true;
    }
    if (this.#words === null) this.#begin(control.scratch.slotSize);
    const bytes = this.#own;
    const limit = bytes.length;
    const end = this.#format.write(bytes, 0, limit, control);
    this.bytes = bytes;
    this.start = 0;
    this.end = end === limit ? -1 : encodeControls(bytes, this.#words!, 0, end, limit);
    return this.end !== -1;
  }

  #begin(size: number): void {
    this.#own = new Uint8Array(size);
    this.#words = new DataView(this.#own.buffer);
  }
}

function encoded(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  bytes.set(text);
  const end = encodeControls(bytes, new DataView(bytes.buffer), 0, text.length, bytes.length);
  return bytes.slice(0, end);
}
