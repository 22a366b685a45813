import { BodyReader } from "../../src/h1/body-reader.ts";
import { Framing, requestFraming, responseFraming } from "../../src/h1/framing.ts";
import { LENIENT, type ParseOptions, STRICT } from "../../src/h1/parse-options.ts";
import { parseRequest } from "../../src/h1/request-parser.ts";
import { parseResponse } from "../../src/h1/response-parser.ts";
import { Head } from "../../src/http/head.ts";
import { METHOD_NAMES } from "../../src/http/methods.ts";
import { refusalName } from "./parsed-head.ts";

const CAPACITY = 65_536;

/** How to read a connection's bytes. */
export interface MessageReaderOptions {
  /** For responses: the methods of the requests that they answer, in order. */
  readonly requestMethods?: readonly string[];
  readonly isUpgradeRequested?: boolean;
  readonly isLenient?: boolean;
}

/**
 * Reads the messages of one direction of a connection as they come, and tells what happens as lines
 * of text: the smallest use of the engine that is whole.
 */
export class MessageReader {
  readonly events: string[] = [];
  readonly #bytes = new Uint8Array(CAPACITY);
  readonly #words = new DataView(this.#bytes.buffer);
  readonly #head = new Head();
  readonly #body = new BodyReader();
  readonly #options: MessageReaderOptions;
  readonly #parseOptions: ParseOptions;
  #answered = 0;
  #at = 0;
  #end = 0;
  #content = "";
  #isInBody = false;
  #isOver = false;

  constructor(options: MessageReaderOptions = {}) {
    this.#options = options;
    this.#parseOptions = options.isLenient === true ? LENIENT : STRICT;
    this.#head.clear();
  }

  /** Takes bytes, as text of latin1. */
  write(text: string): void {
    this.#bytes.set(Buffer.from(text, "latin1"), this.#end);
    this.#end += text.length;
    while (!this.#isOver && (this.#isInBody ? this.#readBody() : this.#readHead())) {}
  }

  /** The peer has closed its side. */
  end(): void {
    if (this.#isOver) return;
    if (!this.#isInBody) {
      if (this.#at < this.#end) this.events.push("incomplete head");
      return;
    }
    const isWhole = this.#body.finish();
    this.#tellContent();
    this.events.push(isWhole ? "end" : "incomplete content");
  }

  #readHead(): boolean {
    const head = this.#head;
    const isResponse = this.#options.requestMethods !== undefined;
    const parse = isResponse ? parseResponse : parseRequest;
    const { events } = this;
    const options = this.#parseOptions;
    const end = parse(this.#bytes, this.#words, this.#at, this.#end, head, options);
    if (end === 0) return false;
    if (end < 0) return this.#refuse(end);
    this.#at = end;
    events.push(isResponse ? this.#statusLine() : this.#requestLine());
    // Framing first: it may drop lengths that mean nothing.
    const framing = isResponse ? this.#responseFraming() : requestFraming(head);
    if (framing < 0) return this.#refuse(framing);
    for (let index = 0; index < head.fieldCount; index++) {
      if (head.isRemoved(index)) continue;
      const name = head.text(head.nameStart(index), head.nameEnd(index));
      events.push(`field ${name}: ${head.valueText(index)}`);
    }
    events.push(head.isPersistent ? "keep open" : "close after");
    if (framing === Framing.TUNNEL) events.push("tunnel");
    this.#body.begin(framing as Framing, head.contentLength);
    this.#isInBody = true;
    return true;
  }

  #requestLine(): string {
    const head = this.#head;
    const method = METHOD_NAMES[head.method] || head.text(head.methodStart, head.methodEnd);
    const target = head.text(head.targetStart, head.targetEnd);
    return `request ${method} ${target} ${(head.version / 10).toFixed(1)}`;
  }

  #statusLine(): string {
    const head = this.#head;
    const reason = head.text(head.reasonStart, head.reasonEnd);
    return `response ${head.status} ${reason} ${(head.version / 10).toFixed(1)}`;
  }

  #responseFraming(): number {
    const { requestMethods = [], isUpgradeRequested = false } = this.#options;
    const name = requestMethods[this.#answered] ?? "GET";
    if (this.#head.status >= 200) this.#answered++;
    return responseFraming(this.#head, METHOD_NAMES.indexOf(name), isUpgradeRequested);
  }

  #readBody(): boolean {
    const body = this.#body;
    while (this.#at < this.#end && !body.isDone && body.error === 0) {
      this.#at = body.payload(this.#bytes, this.#at, this.#end);
      this.#content += Buffer.from(
        this.#bytes.subarray(body.segmentStart, body.segmentEnd),
      ).toString("latin1");
    }
    if (body.error !== 0) {
      this.#tellContent();
      return this.#refuse(body.error);
    }
    if (!body.isDone) return false;
    this.#tellContent();
    this.events.push("end");
    this.#isInBody = false;
    this.#head.clear();
    return true;
  }

  #tellContent(): void {
    if (this.#content !== "") this.events.push(`content ${JSON.stringify(this.#content)}`);
    this.#content = "";
  }

  #refuse(reason: number): boolean {
    this.events.push(`refused ${refusalName(reason)}`);
    this.#isOver = true;
    return false;
  }
}
