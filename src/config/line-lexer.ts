import type { Diagnostics } from "./diagnostics.ts";
import { expandVariable, type VariableScope } from "./expand-variable.ts";
import type { Source, Word } from "./word.ts";

/** The reference takes this many words from one line. */
export const WORDS_MAX = 64;

/** Characters that a backslash turns into others, inside and outside double quotes. */
const ESCAPES: Readonly<Record<string, string>> = {
  " ": " ",
  "#": "#",
  "\\": "\\",
  "'": "'",
  '"': '"',
  n: "\n",
  r: "\r",
  t: "\t",
};
const HEXADECIMAL = /^[0-9A-Fa-f]{2}$/;
/** What sets words apart: the carriage return is there for files with other line ends. */
const BLANKS = " \t\r";

/**
 * Cuts one line into words (manual section 2.2): quotes, escapes, variables and comments. One
 * instance reads one line, in one pass whose length is that of the line and its variables.
 */
export class LineLexer {
  readonly #source: Source;
  readonly #line: string;
  readonly #number: number;
  readonly #scope: VariableScope;
  readonly #diagnostics: Diagnostics;
  #at = 0;
  #text = "";
  /** Offset of the first character of the current word; -1 between words. */
  #start = -1;
  readonly #words: Word[] = [];
  #isBroken = false;

  /** @param number - Of the line, from 1. */
  constructor(source: Source, number: number, scope: VariableScope, diagnostics: Diagnostics) {
    this.#source = source;
    this.#line = source.lines[number - 1] ?? "";
    this.#number = number;
    this.#scope = scope;
    this.#diagnostics = diagnostics;
  }

  /**
   * Reads the line. Behind a word that `isWhole` accepts, the rest of the line is one word, blanks
   * included: conditions are read so.
   *
   * @returns The words, or undefined after an error was reported.
   */
  read(isWhole: (first: string) => boolean = () => false): readonly Word[] | undefined {
    while (!this.#isBroken && this.#at < this.#line.length) {
      const char = this.#line[this.#at]!;
      if (char === "#") break;
      const splits = this.#words.length !== 1 || !isWhole(this.#words[0]!.text);
      if (BLANKS.includes(char) && (splits || this.#start === -1)) {
        this.#endWord();
        this.#at++;
      } else {
        this.#readCharacter(char);
      }
    }
    this.#endWord();
    return this.#isBroken ? undefined : this.#words;
  }

  /** Reads one character outside quotes, or a whole quoted part. */
  #readCharacter(char: string): void {
    if (this.#start === -1) this.#start = this.#at;
    if (char === "'") this.#readStrong();
    else if (char === '"') this.#readWeak();
    else if (char === "\\") this.#readEscape(false);
    else {
      this.#text += char;
      this.#at++;
    }
  }

  /** In single quotes nothing has a meaning but their end. */
  #readStrong(): void {
    const end = this.#line.indexOf("'", this.#at + 1);
    if (end === -1) {
      this.#fail("unmatched quote", this.#at);
      return;
    }
    this.#text += this.#line.slice(this.#at + 1, end);
    this.#at = end + 1;
  }

  /** In double quotes escapes and variables have a meaning. */
  #readWeak(): void {
    const open = this.#at;
    this.#at++;
    while (!this.#isBroken) {
      const char = this.#line[this.#at];
      if (char === undefined) {
        this.#fail("unmatched quote", open);
      } else if (char === '"') {
        this.#at++;
        return;
      } else if (char === "\\") {
        this.#readEscape(true);
      } else if (char === "$") {
        this.#readVariable();
      } else {
        this.#text += char;
        this.#at++;
      }
    }
  }

  #readEscape(isQuoted: boolean): void {
    const next = this.#line[this.#at + 1] ?? "";
    const plain = next === "$" && isQuoted ? "$" : ESCAPES[next];
    if (next === "x") {
      this.#readHexadecimal();
    } else if (plain !== undefined) {
      this.#text += plain;
      this.#at += 2;
    } else {
      // Before anything else a backslash stands for itself.
      this.#text += "\\";
      this.#at++;
    }
  }

  #readHexadecimal(): void {
    const digits = this.#line.slice(this.#at + 2, this.#at + 4);
    if (!HEXADECIMAL.test(digits)) {
      const hint = 'Write two hexadecimal digits behind "\\x", or "\\\\" for a backslash';
      this.#fail("truncated or invalid hexadecimal sequence", this.#at, hint);
      return;
    }
    const code = Number.parseInt(digits, 16);
    if (code === 0) {
      this.#fail("the NUL character cannot be part of a word", this.#at);
      return;
    }
    this.#text += String.fromCharCode(code);
    this.#at += 4;
  }

  #readVariable(): void {
    const expansion = expandVariable(this.#line, this.#at, this.#number, this.#scope);
    if ("error" in expansion) {
      const hint = 'Write "$NAME", or "\\$" for a dollar sign';
      this.#fail(expansion.error, expansion.at, hint);
      return;
    }
    if (expansion.splits) this.#addSplit(expansion.value);
    else this.#text += expansion.value;
    this.#at = expansion.end;
  }

  /** Adds a value whose blanks set words apart; its ends join with what is around it. */
  #addSplit(value: string): void {
    const pieces = value.split(/[ \t]+/);
    this.#text += pieces[0] ?? "";
    for (const piece of pieces.slice(1)) {
      const start = this.#start;
      this.#endWord();
      if (this.#isBroken) return;
      this.#start = start;
      this.#text = piece;
    }
  }

  #endWord(): void {
    if (this.#start === -1 || this.#isBroken) return;
    if (this.#words.length === WORDS_MAX) {
      const hint = `A line holds at most ${WORDS_MAX} words; quotes make several into one`;
      this.#fail("too many words", this.#start, hint);
      return;
    }
    this.#words.push(this.#wordAt(this.#text, this.#start));
    this.#text = "";
    this.#start = -1;
  }

  #fail(message: string, at: number, hint?: string): void {
    this.#isBroken = true;
    this.#diagnostics.error(this.#wordAt("", at), `${message} at position ${at + 1}`, hint);
  }

  #wordAt(text: string, at: number): Word {
    const place = { source: this.#source, line: this.#number, column: at + 1 };
    return Object.freeze({ text, ...place });
  }
}
