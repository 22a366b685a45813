import { reasonOf } from "../http/statuses.ts";
import type { Format } from "../policy/format.ts";
import type { RuleAnswer, StreamControl } from "../policy/stream-control.ts";

/** A header field of an answer. */
export interface AnswerField {
  /** In lower case. */
  readonly name: string;
  readonly value: Format;
}

/** What an answer is made of. */
export interface AnswerParts {
  readonly status: number;
  readonly fields: readonly AnswerField[];
  /** `content-type`; not told of an empty body. */
  readonly contentType: string;
  readonly body: Format | Uint8Array;
}

const NO_CONTENT = 204;

/** The proxy's own answer to a status: its `errorfile`, or the built-in one. */
export function proxysAnswer(status: number): RuleAnswer {
  return { status, closes: false, message: () => null };
}

/** A message that was made before, such as a file's contents; the status is for logs and counters. */
export class WholeAnswer implements RuleAnswer {
  readonly status: number;
  readonly closes: boolean;
  readonly bytes: Uint8Array;

  constructor(status: number, bytes: Uint8Array, closes: boolean) {
    this.status = status;
    this.bytes = bytes;
    this.closes = closes;
  }

  message(): Uint8Array {
    return this.bytes;
  }
}

/** Makes an answer of a message that was made before. */
export function wholeAnswer(status: number, message: Uint8Array, closes = false): RuleAnswer {
  return new WholeAnswer(status, message, closes);
}

/**
 * An answer whose header fields and body formats make. What does not depend on the stream is made
 * once.
 *
 * Source: HAProxy configuration manual, section 4.2, http-request return.
 */
export class MadeAnswer implements RuleAnswer {
  readonly status: number;
  readonly closes: boolean;
  readonly #startLine: Buffer;
  readonly #fields: readonly AnswerField[];
  readonly #contentType: string;
  readonly #body: Format | Uint8Array;
  readonly #constant: Uint8Array | null;

  constructor({ status, fields, contentType, body }: AnswerParts) {
    this.status = status;
    // The connection's own field is the stream's to write.
    this.closes = fields.some((field) => isConnection(field) && constantOf(field) === "close");
    this.#startLine = Buffer.from(`HTTP/1.1 ${status} ${reasonOf(status)}\r\n`, "latin1");
    this.#fields = fields.filter((field) => !(isConnection(field) && isOption(constantOf(field))));
    this.#contentType = contentType;
    this.#body = body;
    this.#constant = this.#makeConstant();
  }

  message(control: StreamControl): Uint8Array {
    if (this.#constant !== null) return this.#constant;
    const pieces: Uint8Array[] = [this.#startLine];
    for (const { name, value } of this.#fields) addField(pieces, name, writeFormat(value, control));
    const body = this.#body instanceof Uint8Array ? this.#body : writeFormat(this.#body, control);
    return this.#join(pieces, body);
  }

  #makeConstant(): Uint8Array | null {
    const pieces: Uint8Array[] = [this.#startLine];
    for (const { name, value } of this.#fields) {
      if (value.constant === null) return null;
      addField(pieces, name, value.constant);
    }
    const body = this.#body instanceof Uint8Array ? this.#body : this.#body.constant;
    return body === null ? null : this.#join(pieces, body);
  }

  #join(pieces: Uint8Array[], body: Uint8Array): Uint8Array {
    const type = body.length === 0 ? "" : `content-type: ${this.#contentType}\r\n`;
    const length = this.status === NO_CONTENT ? "" : `content-length: ${body.length}\r\n`;
    pieces.push(Buffer.from(`${length}${type}\r\n`, "latin1"), body);
    return Buffer.concat(pieces);
  }
}

/** A field without a value is not sent. */
function addField(pieces: Uint8Array[], name: string, value: Uint8Array): void {
  if (value.length === 0) return;
  pieces.push(Buffer.from(`${name}: `, "latin1"), value, Buffer.from("\r\n"));
}

/** Makes a text of a format; it is a copy. */
export function writeFormat(format: Format, control: StreamControl): Uint8Array {
  if (format.constant !== null) return format.constant;
  const { scratch } = control;
  const at = scratch.take();
  const end = format.write(scratch.bytes, at, at + scratch.slotSize, control);
  return scratch.bytes.slice(at, end);
}

function isConnection({ name }: AnswerField): boolean {
  return name === "connection";
}

/** Is it a word that says what becomes of the connection? */
function isOption(value: string): boolean {
  return value === "close" || value === "keep-alive";
}

function constantOf({ value }: AnswerField): string {
  return Buffer.from(value.constant ?? [])
    .toString("latin1")
    .toLowerCase();
}
