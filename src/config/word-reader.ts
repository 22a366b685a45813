import type { Word } from "./word.ts";

/** Hands out the words behind a keyword one by one. */
export class WordReader {
  /** The keyword as typed in the file; what is missing is reported there. */
  readonly at: Word;
  /** The keyword with all its words, for messages: `timeout client`. */
  readonly label: string;
  readonly #words: readonly Word[];
  #next: number;

  constructor(words: readonly Word[], start: number, at: Word, label: string) {
    this.#words = words;
    this.#next = start;
    this.at = at;
    this.label = label;
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

  /** Takes all the words that are left. */
  takeRest(): readonly Word[] {
    const rest = this.#words.slice(this.#next);
    this.#next = this.#words.length;
    return rest;
  }
}
