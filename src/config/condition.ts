import { type ConditionFacts, PREDICATES, type Predicate } from "./predicates.ts";

/** What a condition says, or why it cannot be read and where, as an offset in the text. */
export type ConditionResult =
  | { readonly value: boolean }
  | { readonly error: string; readonly at: number };

/**
 * Evaluates the condition of an `.if` or of `-cc` (manual section 2.4): integers, predicates, `!`,
 * `&&`, `||` and parentheses. The empty text is false. All of it must be readable, also what the
 * result does not depend on.
 */
export function evaluateCondition(text: string, facts: ConditionFacts): ConditionResult {
  return new ConditionReader(text, facts).read();
}

/** Deeper nesting than this is refused, so that no input can exhaust the stack. */
const DEPTH_MAX = 64;

class ConditionReader {
  readonly #text: string;
  readonly #facts: ConditionFacts;
  #at = 0;
  #depth = 0;
  #error: { error: string; at: number } | undefined;

  constructor(text: string, facts: ConditionFacts) {
    this.#text = text;
    this.#facts = facts;
  }

  read(): ConditionResult {
    this.#skipBlanks();
    if (this.#at === this.#text.length) return { value: false };
    const value = this.#readAny();
    if (this.#error === undefined && this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      this.#fail(
        `unexpected character '${char}' at the end of conditional expression '${this.#text}'`,
      );
    }
    return this.#error ?? { value };
  }

  /** Terms joined by `||`. */
  #readAny(): boolean {
    let value = this.#readAll();
    while (this.#takes("||")) value = this.#readAll() || value;
    return value;
  }

  /** Terms joined by `&&`, which binds closer. */
  #readAll(): boolean {
    let value = this.#readTerm();
    while (this.#takes("&&")) value = this.#readTerm() && value;
    return value;
  }

  #readTerm(): boolean {
    let isNegated = false;
    while (this.#takes("!")) isNegated = !isNegated;
    return this.#readPositive() !== isNegated;
  }

  #readPositive(): boolean {
    this.#skipBlanks();
    if (this.#takes("(")) return this.#readGroup();
    const rest = this.#text.slice(this.#at, this.#at + 64);
    const integer = /^[+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+)/.exec(rest)?.[0];
    if (integer !== undefined) {
      this.#at += integer.length;
      this.#skipBlanks();
      return /[1-9a-fA-F]/.test(integer.replace(/0[xX]/, ""));
    }
    const name = /^[a-z_]+/.exec(rest)?.[0] ?? "";
    const predicate = PREDICATES.get(name);
    if (predicate === undefined) {
      this.#fail(`unparsable conditional expression '${rest === "" ? this.#text : rest}'`);
      return false;
    }
    return this.#readPredicate(name, predicate);
  }

  #readGroup(): boolean {
    if (++this.#depth > DEPTH_MAX) {
      this.#fail(`more than ${DEPTH_MAX} nested parentheses in conditional expression`);
      return false;
    }
    const value = this.#readAny();
    this.#depth--;
    if (!this.#takes(")")) this.#fail("expected ')' in conditional expression");
    return value;
  }

  #readPredicate(name: string, predicate: Predicate): boolean {
    const start = this.#at;
    this.#at += name.length;
    const words = this.#text[this.#at] === "(" ? this.#readArguments(predicate.argumentCount) : [];
    if (this.#error !== undefined) {
      const { error, at } = this.#error;
      const context = `in argument 1 of predicate '${name}' used in conditional expression`;
      this.#error = { error: `${error} ${context}`, at };
      return false;
    }
    const [least, most] = [predicate.argumentCount > 1 ? 2 : 0, predicate.argumentCount];
    if (words.length < least) {
      this.#at = start;
      this.#fail(
        `missing arguments (got ${words.length}/${most}), type 'string' expected in argument 1 of predicate '${name}' used in conditional expression`,
      );
      return false;
    }
    this.#skipBlanks();
    return predicate.holds(words, this.#facts);
  }

  /** Reads `(a,b)`: blanks count, quotes protect commas and parentheses. */
  #readArguments(most: number): string[] {
    const words = [""];
    this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ")") {
        this.#at++;
        return words.length === 1 && words[0] === "" ? [] : words;
      }
      if (char === undefined) {
        this.#fail("expected ')'");
        return words;
      }
      if (char === ",") this.#startArgument(words, most);
      else words[words.length - 1] += this.#readArgumentPart(char);
      if (this.#error !== undefined) return words;
    }
  }

  #startArgument(words: string[], most: number): void {
    if (words.length === most) {
      this.#fail(`expected ')' before '${this.#text.slice(this.#at, this.#at + 64)}'`);
      return;
    }
    this.#at++;
    words.push("");
  }

  #readArgumentPart(char: string): string {
    if (char === "'" || char === '"') {
      const end = this.#text.indexOf(char, this.#at + 1);
      if (end === -1) {
        this.#fail("unmatched quote");
        return "";
      }
      const quoted = this.#text.slice(this.#at + 1, end);
      this.#at = end + 1;
      return char === '"' ? quoted.replace(/\\(["\\'])/g, "$1") : quoted;
    }
    const next = this.#text[this.#at + 1] ?? "";
    const isEscape = char === "\\" && next !== "" && "\\ \"'".includes(next);
    this.#at += isEscape ? 2 : 1;
    return isEscape ? next : char;
  }

  /** Goes past a sign, with the blanks around it, if it comes next. */
  #takes(sign: string): boolean {
    this.#skipBlanks();
    if (this.#error !== undefined || !this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    this.#skipBlanks();
    return true;
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }

  /** Only the first error is told; what follows it is its consequence. */
  #fail(error: string): void {
    this.#error ??= { error, at: this.#at };
  }
}
