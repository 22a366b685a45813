import { partOfWord, type Word } from "../config/word.ts";

/** A name and what stands in parentheses behind it: `hdr(host,-1)`. */
export interface Call {
  readonly name: Word;
  /** The arguments; none, and `hasParentheses` says whether `()` was written. */
  readonly args: readonly Word[];
  readonly hasParentheses: boolean;
}

/** Why a text is no expression. */
export interface CallError {
  readonly message: string;
  readonly at: Word;
}

/**
 * Cuts an expression into its calls: `src,ipmask(24),map(/f,"a b")`. Commas and parentheses within
 * quotes belong to an argument (manual section 2.2).
 */
export function splitExpression(word: Word): readonly Call[] | CallError {
  const calls: Call[] = [];
  let at = 0;
  for (;;) {
    const name = readName(word, at);
    if ("message" in name) return name;
    at = name.end;
    let args: readonly Word[] = [];
    const hasParentheses = word.text[at] === "(";
    if (hasParentheses) {
      const list = readArguments(word, at + 1);
      if ("message" in list) return list;
      args = list.args;
      at = list.end;
    }
    calls.push({ name: name.word, args, hasParentheses });
    if (at === word.text.length) return calls;
    if (word.text[at] !== ",") {
      return {
        message: `expected ',' or the end after '${word.text.slice(0, at)}'.`,
        at: partOfWord(word, at),
      };
    }
    at++;
    // A comma at the end is one too many; the reference lets it pass.
    if (at === word.text.length) return calls;
  }
}

/** The name at a place of an expression and where it ends. */
function readName(word: Word, start: number): { word: Word; end: number } | CallError {
  const rest = /^[^(),\s]*/.exec(word.text.slice(start))![0];
  if (rest === "") {
    return {
      message: `missing a name in the expression '${word.text}'.`,
      at: partOfWord(word, start),
    };
  }
  const end = start + rest.length;
  return { word: partOfWord(word, start, end), end };
}

/** Reads arguments up to the closing parenthesis; an empty list has no argument. */
function readArguments(word: Word, start: number): { args: Word[]; end: number } | CallError {
  const { text } = word;
  if (text[start] === ")") return { args: [], end: start + 1 };
  const args: Word[] = [];
  for (let from = start; ; ) {
    const argument = readArgument(word, from);
    if ("message" in argument) return argument;
    args.push(argument.word);
    from = argument.end + 1;
    if (text[argument.end] === ")") return { args, end: from };
  }
}

/** Reads one argument up to the comma or parenthesis behind it. */
function readArgument(word: Word, start: number): { word: Word; end: number } | CallError {
  const { text } = word;
  let argument = "";
  for (let at = start; ; ) {
    const character = text[at];
    if (character === undefined) {
      return { message: `missing closing ')' in '${text}'.`, at: partOfWord(word, start) };
    }
    if (character === ")" || character === ",") {
      return { word: { ...partOfWord(word, start, at), text: argument }, end: at };
    }
    const piece = readPiece(text, at);
    if (piece === undefined) {
      return { message: `unmatched quote in '${text}'.`, at: partOfWord(word, at) };
    }
    argument += piece.text;
    at = piece.end;
  }
}

/** What stands behind a backslash, and what it means then; any other character keeps its backslash. */
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  " ": " ",
  "'": "'",
  '"': '"',
};

/** A character, an escaped character or a quoted text; undefined for a quote without an end. */
function readPiece(text: string, at: number): { text: string; end: number } | undefined {
  const character = text[at]!;
  if (character === "'") {
    const end = text.indexOf("'", at + 1);
    return end === -1 ? undefined : { text: text.slice(at + 1, end), end: end + 1 };
  }
  if (character !== '"') return readCharacter(text, at);
  let quoted = "";
  for (let next = at + 1; next < text.length; ) {
    if (text[next] === '"') return { text: quoted, end: next + 1 };
    const piece = readCharacter(text, next);
    quoted += piece.text;
    next = piece.end;
  }
  return undefined;
}

/** A character, or what a backslash makes of the one behind it. */
function readCharacter(text: string, at: number): { text: string; end: number } {
  const escaped = text[at] === "\\" ? ESCAPES[text[at + 1] ?? ""] : undefined;
  return escaped === undefined ? { text: text[at]!, end: at + 1 } : { text: escaped, end: at + 2 };
}
