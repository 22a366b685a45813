import { copyBytes } from "../http/octets.ts";

const START = Buffer.from("HTTP/1.1 103 Early Hints\r\n", "latin1");
const COLON_BLANK = Buffer.from(": ", "latin1");
const LINE_END = Buffer.from("\r\n", "latin1");

/**
 * The hints that the rules of one rule set have made, as one interim response. One per thread: rules
 * run in one go, and what they made is sent, or given up, before those of another exchange run.
 *
 * Source: RFC 8297 section 2.
 */
export class EarlyHints {
  readonly bytes: Uint8Array;
  #size = 0;

  /** @param sizeMax - How large the response may become, in bytes. */
  constructor(sizeMax: number) {
    this.bytes = new Uint8Array(sizeMax);
  }

  /** Size of the whole response; 0 while there is no hint. */
  get size(): number {
    return this.#size === 0 ? 0 : this.#size + LINE_END.length;
  }

  /** Adds a field; false when there is no room. */
  add(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#size === 0 ? START.length : this.#size;
    const size = name.length + COLON_BLANK.length + (end - start) + LINE_END.length;
    if (from + size + LINE_END.length > this.bytes.length) return false;
    if (this.#size === 0) this.bytes.set(START);
    this.bytes.set(name, from);
    let at = from + name.length;
    at = copyBytes(this.bytes, at, COLON_BLANK, 0, COLON_BLANK.length);
    at = copyBytes(this.bytes, at, bytes, start, end);
    this.#size = copyBytes(this.bytes, at, LINE_END, 0, LINE_END.length);
    return true;
  }

  /** Writes the response to a place that has room for it, and begins anew. */
  take(into: Uint8Array, at: number): void {
    this.bytes.set(LINE_END, this.#size);
    copyBytes(into, at, this.bytes, 0, this.size);
    this.#size = 0;
  }

  clear(): void {
    this.#size = 0;
  }
}
