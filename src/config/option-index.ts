import { type Args, readValues, type Values } from "./arg.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { Declaration } from "./keyword.ts";
import { reportMissing } from "./missing-words.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Word } from "./word.ts";
import type { WordReader } from "./word-reader.ts";

/** The options of one kind of line, with what the reference has besides. */
export class OptionIndex<Option extends Declaration<Args> = Declaration<Args>> {
  readonly #byName: ReadonlyMap<string, Option>;
  readonly #reference: ReadonlySet<string>;

  constructor(options: readonly Option[], reference: ReadonlySet<string>) {
    this.#byName = new Map(options.map((option) => [option.name, option]));
    this.#reference = reference;
  }

  /**
   * Reads all options to the end of the line and has each applied. It stops at the first error, since
   * what follows could be arguments of what was not understood.
   *
   * @param line - The line as messages name it: `'server app/s1'`.
   */
  readAll(
    words: WordReader,
    line: string,
    diagnostics: Diagnostics,
    apply: (option: Option, values: Values<Args>, at: Word) => boolean,
  ): void {
    for (let word = words.next(); word !== undefined; word = words.next()) {
      // An empty word is what a variable without a value leaves.
      if (word.text === "") continue;
      const option = this.#byName.get(word.text);
      if (option === undefined) {
        this.#reportUnknown(word, line, diagnostics);
        return;
      }
      if (option.deprecated !== undefined) {
        const hint = `Write it as: ${option.deprecated}`;
        diagnostics.warn(word, `${line} : '${option.name}' is deprecated.`, hint);
      }
      const values = readOption(option, words, word, line, diagnostics);
      if (values === undefined || !apply(option, values, word)) return;
    }
  }

  #reportUnknown(word: Word, line: string, diagnostics: Diagnostics): void {
    if (this.#reference.has(word.text)) {
      reportMissing(word, `${line} : '${word.text}'`, word.text, diagnostics);
      return;
    }
    const near = nearestWord(word.text, [...this.#byName.keys(), ...this.#reference]);
    const guess = near === undefined ? "." : `; did you mean '${near}' maybe ?`;
    diagnostics.error(word, `${line} : unknown keyword '${word.text}'${guess}`);
  }
}

function readOption(
  option: Declaration<Args>,
  words: WordReader,
  at: Word,
  line: string,
  diagnostics: Diagnostics,
): Values<Args> | undefined {
  const reader = words.named(at, option.name, line);
  const values = readValues(option.args, reader, diagnostics);
  if (values !== undefined) words.continueAfter(reader);
  return values;
}
