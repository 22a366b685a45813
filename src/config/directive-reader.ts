import { evaluateCondition } from "./condition.ts";
import { ConditionalBlocks } from "./conditional-blocks.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { nearestWord } from "./nearest-word.ts";
import type { ConditionFacts } from "./predicates.ts";
import { partOfWord, type Word } from "./word.ts";

const BLOCK_DIRECTIVES = [".if", ".elif", ".else", ".endif"];
const MESSAGE_DIRECTIVES = [".diag", ".notice", ".warning", ".alert"];

/** Says whether the rest of the line behind this word is one condition. */
export function takesCondition(first: string): boolean {
  return first === ".if" || first === ".elif";
}

/** Reads the lines of one file that start with a dot (manual section 2.4). */
export class DirectiveReader {
  readonly #blocks = new ConditionalBlocks();
  readonly #facts: ConditionFacts;
  readonly #diagnostics: Diagnostics;

  constructor(facts: ConditionFacts, diagnostics: Diagnostics) {
    this.#facts = facts;
    this.#diagnostics = diagnostics;
  }

  /** True where lines other than directives are left out. */
  get isSkipping(): boolean {
    return this.#blocks.isSkipping;
  }

  /** Reads a directive; it has at least one word. */
  read(words: readonly Word[]): void {
    const name = words[0]!;
    if (BLOCK_DIRECTIVES.includes(name.text)) this.#readBlock(name, words);
    else if (!this.#blocks.isSkipping) this.#readMessage(name, words);
  }

  /** Ends the file; the place is that of its last line. */
  finish(at: Word): void {
    if (this.#blocks.isOpen) {
      const hint = 'Add ".endif" for each ".if"';
      this.#diagnostics.error(at, "non-terminated '.if' block.", hint);
    }
  }

  #readBlock(name: Word, words: readonly Word[]): void {
    const extra = words[1];
    if ((name.text === ".else" || name.text === ".endif") && extra !== undefined) {
      this.#diagnostics.error(extra, `Unexpected argument '${extra.text}' for '${name.text}'.`);
    }
    const problem = this.#turn(name, extra);
    if (problem !== undefined) this.#diagnostics.error(name, problem);
  }

  #turn(name: Word, condition: Word | undefined): string | undefined {
    switch (name.text) {
      case ".if":
        this.#blocks.open(!this.#blocks.isSkipping && this.#evaluate(name, condition));
        return undefined;
      case ".elif":
        return this.#blocks.turn(this.#blocks.needsCondition && this.#evaluate(name, condition));
      case ".else":
        return this.#blocks.turnLast();
      default:
        return this.#blocks.close();
    }
  }

  /** A condition that cannot be read is taken for false, so that reading goes on. */
  #evaluate(name: Word, condition: Word | undefined): boolean {
    const result = evaluateCondition(condition?.text ?? "", this.#facts);
    if ("value" in result) return result.value;
    const at = condition === undefined ? name : partOfWord(condition, result.at);
    this.#diagnostics.error(at, `${result.error} in '${name.text}' at position ${result.at + 1}`);
    return false;
  }

  #readMessage(name: Word, words: readonly Word[]): void {
    if (!MESSAGE_DIRECTIVES.includes(name.text)) {
      const near = nearestWord(name.text, [...BLOCK_DIRECTIVES, ...MESSAGE_DIRECTIVES]);
      const guess = near === undefined ? "." : `; did you mean '${near}' maybe ?`;
      this.#diagnostics.error(name, `unknown directive '${name.text}'${guess}`);
      return;
    }
    const [, message, extra] = words;
    if (extra !== undefined) {
      this.#diagnostics.error(
        extra,
        `Unexpected argument '${extra.text}' for '${name.text}'. Use quotes if the message should contain spaces.`,
      );
      return;
    }
    const text = `'${message?.text ?? ""}'.`;
    if (name.text === ".diag") this.#diagnostics.diag(name, text);
    else if (name.text === ".notice") this.#diagnostics.notice(name, text);
    else if (name.text === ".warning") this.#diagnostics.warn(name, text);
    else this.#diagnostics.error(name, text);
  }
}
