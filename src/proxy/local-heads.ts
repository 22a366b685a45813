import { removeConnectionTokens } from "../h1/connection-header.ts";
import { writeHead } from "../h1/head-writer.ts";
import type { ParseOptions } from "../h1/parse-options.ts";
import { parseResponse } from "../h1/response-parser.ts";
import type { Head } from "../http/head.ts";
import { Region } from "../sys/region.ts";

const HEAD_END = Buffer.from("\r\n\r\n", "latin1");
const STRICT: ParseOptions = { acceptsInvalid: false };

/** Reads the heads of answers of our own, so that rules can edit them. One per thread. */
export class LocalHeads {
  readonly #region: Region;
  readonly #half: number;

  /** @param sizeMax - The most that a head may hold, its edits included. */
  constructor(sizeMax: number) {
    this.#half = sizeMax;
    this.#region = new Region(2 * sizeMax);
  }

  /**
   * Has a message's head edited and returns the message with it; null when `edit` or the room says
   * no. A message that is none stays as it is.
   */
  edit(message: Uint8Array, head: Head, edit: () => boolean): Uint8Array | null {
    const whole = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    const bodyStart = whole.indexOf(HEAD_END) + HEAD_END.length;
    if (bodyStart > this.#half) return message;
    const { bytes, view } = this.#region;
    bytes.set(message.subarray(0, bodyStart));
    head.clear();
    if (parseResponse(bytes, view, 0, bodyStart, head, STRICT) !== bodyStart) return message;
    head.setEditArea(bodyStart, this.#half);
    if (!edit()) return null;
    if (head.isUntouched) return message;
    removeConnectionTokens(head);
    const end = writeHead(head, bytes, this.#half, 2 * this.#half);
    if (end < 0) return null;
    const body = whole.subarray(bodyStart);
    return new Uint8Array(Buffer.concat([bytes.subarray(this.#half, end), body]));
  }
}
