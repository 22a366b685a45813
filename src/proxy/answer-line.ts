import { listed } from "../config/arg.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";

/** What a line says of its answer. */
export interface AnswerLine {
  status: number | undefined;
  contentType: Word | undefined;
  /** What the answer is made of: the word, and what stands behind it. */
  content: { readonly kind: Word; readonly value: Word } | undefined;
  readonly fields: { readonly name: Word; readonly value: Word }[];
}

/** What an answer can be made of, with what stands behind the word. */
const CONTENTS: ReadonlyMap<string, string> = new Map([
  ["default-errorfiles", ""],
  ["errorfile", "file"],
  ["errorfiles", "name"],
  ["file", "file"],
  ["lf-file", "file"],
  ["string", "str"],
  ["lf-string", "fmt"],
]);

const STATUS_MIN = 200;
const STATUS_MAX = 599;
/** A token (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads the words of an answer: `[status N] [content-type T] [CONTENT] [hdr NAME FMT]*`. */
export class AnswerLineReader {
  readonly #words: readonly Word[];
  readonly #label: string;
  readonly #diagnostics: Diagnostics;
  readonly #line: AnswerLine = {
    status: undefined,
    contentType: undefined,
    content: undefined,
    fields: [],
  };
  #next = 0;
  #isRight = true;

  /** @param label - What messages begin with, such as `http-request deny`. */
  constructor(words: readonly Word[], label: string, diagnostics: Diagnostics) {
    this.#words = words;
    this.#label = label;
    this.#diagnostics = diagnostics;
  }

  /** Gives what the words say; undefined after an error was reported. */
  read(): AnswerLine | undefined {
    for (let word = this.#take(); word !== undefined; word = this.#take()) this.#readOption(word);
    return this.#isRight ? this.#line : undefined;
  }

  #take(): Word | undefined {
    return this.#words[this.#next++];
  }

  #refuse(at: Word, message: string, hint?: string): void {
    this.#diagnostics.error(at, `'${this.#label}' : ${message}`, hint);
    this.#isRight = false;
  }

  #readOption(word: Word): void {
    switch (word.text) {
      case "status":
      case "deny_status":
        this.#readStatus(word);
        return;
      case "content-type":
        this.#readContentType(word);
        return;
      case "hdr":
        this.#readField(word);
        return;
      default:
        if (CONTENTS.has(word.text)) this.#readContent(word);
        else this.#refuseUnknown(word);
    }
  }

  #readStatus(keyword: Word): void {
    const word = this.#take();
    if (word === undefined) {
      this.#refuse(keyword, `'${keyword.text}' expects <status_code> as argument.`);
      return;
    }
    const status = /^[0-9]{3}$/.test(word.text) ? Number(word.text) : 0;
    if (status >= STATUS_MIN && status <= STATUS_MAX) this.#line.status = status;
    else {
      const message = `Unexpected status code '${word.text}'.`;
      this.#refuse(word, message, "it lies between 200 and 599");
    }
  }

  #readContentType(keyword: Word): void {
    const word = this.#take();
    if (word === undefined) this.#refuse(keyword, "'content-type' expects <ctype> as argument.");
    else if (hasControl(word.text)) this.#refuse(word, "a content type is one line of text.");
    else this.#line.contentType = word;
  }

  #readField(keyword: Word): void {
    const name = this.#take();
    const value = this.#take();
    if (name === undefined || value === undefined) {
      this.#refuse(keyword, "'hdr' expects <name> and <value> as arguments.");
    } else if (!TOKEN.test(name.text)) {
      this.#refuse(name, `'${name.text}' cannot be the name of a header.`);
    } else if (hasControl(value.text)) {
      this.#refuse(value, "the value of a header is one line of text.");
    } else this.#line.fields.push({ name, value });
  }

  #readContent(kind: Word): void {
    const behind = CONTENTS.get(kind.text)!;
    const value = behind === "" ? kind : this.#take();
    const { content } = this.#line;
    if (content !== undefined) {
      const message = `unexpected '${kind.text}' argument, '${content.kind.text}' already defined.`;
      this.#refuse(kind, message, "an answer is made of one thing");
    } else if (value === undefined) {
      this.#refuse(kind, `'${kind.text}' expects <${behind}> as argument.`);
    } else this.#line.content = { kind, value };
  }

  #refuseUnknown(word: Word): void {
    const known = ["status", "content-type", ...CONTENTS.keys(), "hdr"];
    const message = `expects ${listed(known)}, or a condition, but got '${word.text}'.`;
    this.#refuse(word, message, "conditions begin with 'if' or 'unless'");
    this.#next = this.#words.length;
  }
}

/** A line break in a header field would let an operator's mistake split the message. */
function hasControl(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(text);
}
