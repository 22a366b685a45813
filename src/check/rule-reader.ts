import type { Diagnostics } from "../config/diagnostics.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import { Pattern } from "../sys/pcre2.ts";
import { CheckFormat } from "./check-format.ts";

/** Hands out the words of one check rule, and reports what is wrong with them. */
export class RuleReader {
  readonly #words: readonly Word[];
  readonly #at: Word;
  /** What messages start with: `'tcp-check expect'`. */
  readonly #subject: string;
  readonly #diagnostics: Diagnostics;
  #next = 0;
  #hasFailed = false;

  constructor(words: readonly Word[], at: Word, name: string, diagnostics: Diagnostics) {
    // An empty word at the end is what a variable without a value leaves.
    this.#words = words;
    this.#at = at;
    this.#subject = `'${name}'`;
    this.#diagnostics = diagnostics;
  }

  /** Whether anything was refused. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  next(): Word | undefined {
    return this.#words[this.#next++];
  }

  peek(): Word | undefined {
    return this.#words[this.#next];
  }

  /** Reports an error; the rule is not taken. */
  refuse(at: Word | undefined, message: string, hint?: string): undefined {
    this.#hasFailed = true;
    this.#diagnostics.error(at ?? this.#at, `${this.#subject} : ${message}`, hint);
    return undefined;
  }

  /** Reports a word that is none of those that can stand here. */
  refuseUnknown(at: Word, message: string, known: readonly string[]): undefined {
    const near = nearestWord(at.text, known);
    return this.refuse(at, message, near === undefined ? undefined : `Did you mean "${near}"?`);
  }

  /** The argument of an option; an empty one counts as missing. */
  argumentOf(option: Word, kind = "a string"): Word | undefined {
    const word = this.next();
    if (word !== undefined && word.text !== "") return word;
    return this.refuse(word ?? option, `'${option.text}' expects ${kind} as argument.`);
  }

  /** A regular expression. */
  pattern(word: Word, ignoresCase = false): Pattern | undefined {
    const pattern = Pattern.compile(word.text, { ignoresCase });
    if (pattern instanceof Pattern) return pattern;
    if (pattern.offset < 0) return this.refuse(word, `${pattern.message}.`);
    return this.refuse(
      word,
      `regex '${word.text}' is invalid (error=${pattern.message}, erroffset=${pattern.offset}).`,
    );
  }

  /** A format of literal text and a few variables. */
  format(word: Word): CheckFormat | undefined {
    const format = CheckFormat.parse(word.text);
    if (typeof format !== "string") return format;
    return this.refuse(word, `'${word.text}' invalid log-format string (${format}).`);
  }

  /** Bytes written as pairs of hexadecimal digits. */
  hex(word: Word): Uint8Array | undefined {
    const odd = /[^0-9a-fA-F]/.exec(word.text);
    const subject = `invalid binary string`;
    if (odd !== null) {
      return this.refuse(word, `${subject} (an hex digit is expected (found '${odd[0]}')).`);
    }
    if (word.text.length % 2 === 0) return Buffer.from(word.text, "hex");
    return this.refuse(word, `${subject} (an even number of hex digit is expected).`);
  }
}
