import { BodyReader } from "../h1/body-reader.ts";
import { Framing, responseFraming } from "../h1/framing.ts";
import { STRICT } from "../h1/parse-options.ts";
import { parseResponse } from "../h1/response-parser.ts";
import { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import type { CheckInput } from "./check-input.ts";

const FIELD_LINES_MAX = 101;

/** How far an answer can be read. */
export const ReplyState = {
  /** Its head is not complete. */
  PARTIAL: 0,
  /** It is no answer of HTTP. */
  INVALID: 1,
  /** Its head is there, and some of its content. */
  HEAD: 2,
  /** It is there to its end. */
  WHOLE: 3,
} as const;
export type ReplyState = (typeof ReplyState)[keyof typeof ReplyState];

/**
 * An answer of HTTP, read anew from what came so far. Checks are read between two events, so all
 * checks of a section share one.
 */
export class HttpReply {
  readonly #bytes: Uint8Array;
  readonly #words: DataView;
  readonly #head = new Head(FIELD_LINES_MAX);
  readonly #reader = new BodyReader();
  state: ReplyState = ReplyState.PARTIAL;
  status = 0;
  reason = "";
  /** The content so far, without its framing. */
  body: Uint8Array = new Uint8Array(0);

  /** @param sizeMax - The longest answer that is read, in bytes. */
  constructor(sizeMax: number) {
    this.#bytes = new Uint8Array(sizeMax);
    this.#words = new DataView(this.#bytes.buffer);
  }

  /** Reads what came so far. */
  read(input: CheckInput, isHeadRequest: boolean): void {
    this.status = 0;
    this.reason = "";
    this.body = this.#bytes.subarray(0, 0);
    this.#bytes.set(input.bytes);
    this.#head.clear();
    const stop = parseResponse(this.#bytes, this.#words, 0, input.size, this.#head, STRICT);
    if (stop <= 0) {
      const canGoOn = stop === 0 && !input.isLast;
      this.state = canGoOn ? ReplyState.PARTIAL : ReplyState.INVALID;
      return;
    }
    const { status, reasonStart, reasonEnd } = this.#head;
    this.status = status;
    this.reason = this.#text(reasonStart, reasonEnd);
    this.#readBody(stop, input, isHeadRequest);
  }

  #readBody(start: number, input: CheckInput, isHeadRequest: boolean): void {
    const head = this.#head;
    // A switch of protocols that nobody asked for has no content either.
    const framing = responseFraming(head, isHeadRequest ? Method.HEAD : Method.GET, false);
    this.#reader.begin(framing < 0 ? Framing.NONE : (framing as Framing), head.contentLength);
    let size = 0;
    let at = start;
    while (at < input.size && !this.#reader.isDone && this.#reader.error === 0) {
      at = this.#reader.payload(this.#bytes, at, input.size);
      const { segmentStart, segmentEnd } = this.#reader;
      // The content moves forward over its framing.
      this.#bytes.copyWithin(start + size, segmentStart, segmentEnd);
      size += segmentEnd - segmentStart;
    }
    this.body = this.#bytes.subarray(start, start + size);
    const isWhole = this.#reader.isDone || input.isLast;
    this.state = isWhole ? ReplyState.WHOLE : ReplyState.HEAD;
    if (this.#reader.error !== 0) this.state = ReplyState.INVALID;
  }

  /** Calls back with each field until one is found; the text has a character for each byte. */
  someField(test: (name: string, value: string) => boolean): boolean {
    const head = this.#head;
    for (let index = 0; index < head.fieldCount; index++) {
      const name = this.#text(head.nameStart(index), head.nameEnd(index));
      const value = this.#text(head.valueStart(index), head.valueEnd(index));
      if (test(name, value)) return true;
    }
    return false;
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.buffer, start, end - start).toString("latin1");
  }
}
