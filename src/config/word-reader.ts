import type { Word } from "./word.ts";

/** Hands out the words behind a keyword one by one. */
export class WordReader {
  /** The keyword as typed in the file; what is missing is reported there. */
  readonly at: Word;
  /** The keyword with all its words, for messages: `timeout client`. */
  readonly label: string;
  /** What messages start with: `'timeout client'`, or `'server app/s1' : 'inter'`. */
  readonly subject: string;
  readonly #words: readonly Word[];
  #next: number;

  constructor(
    words: readonly Word[],
    start: number,
    at: Word,
    label: string,
    subject: string = `'${label}'`,
  ) {
    this.#words = words;
    this.#next = start;
    this.at = at;
    this.label = label;
    this.subject = subject;
  }

  /** The word that `next` will give; undefined at the end of the line. */
  peek(): Word | undefined {
    return this.#words[this.#next];
  }

  next(): Word | undefined {
    const word = this.#words[this.#next];
    if (word !== undefined) this.#next++;
    return word;
  }

  /** A reader of the same words, for the arguments of an option within the line. */
  named(at: Word, label: string, line: string): WordReader {
    return new WordReader(this.#words, this.#next, at, label, `${line} : '${label}'`);
  }

  /** Goes on where a reader of the same words stopped. */
  continueAfter(other: WordReader): void {
    this.#next = other.#next;
  }

  /** Takes all the words that are left. */
  takeRest(): readonly Word[] {
    const rest = this.#words.slice(this.#next);
    this.#next = this.#words.length;
    return rest;
  }
}
