/** A file of the configuration as it was read. Each character of a line stands for one byte. */
export interface Source {
  readonly path: string;
  readonly lines: readonly string[];
  /** Where relative paths begin from which line on, in the order of lines; see `file-path.ts`. */
  readonly bases?: { readonly line: number; readonly directory: string }[];
}

/**
 * A word of the configuration: what is left of it once quotes, escapes and variables are resolved,
 * and where it was typed. Each character of the text stands for one byte, so that nothing the
 * operator typed is lost: turn it into bytes with `Buffer.from(text, "latin1")`.
 */
export interface Word {
  readonly text: string;
  readonly source: Source;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Makes a word out of nothing the operator typed: the name of the global section, a test's word. */
export function madeWord(text: string, path = "built-in"): Word {
  return Object.freeze({ text, source: { path, lines: [text] }, line: 1, column: 1 });
}

/** Cuts a part out of a word, so that a complaint about it points at the part itself. */
export function partOfWord(word: Word, start: number, end: number = word.text.length): Word {
  // Quotes and escapes shift what follows them; where there are any, the whole word is pointed at.
  const line = word.source.lines[word.line - 1] ?? "";
  const isVerbatim = line.startsWith(word.text, word.column - 1);
  return Object.freeze({
    text: word.text.slice(start, end),
    source: word.source,
    line: word.line,
    column: isVerbatim ? word.column + start : word.column,
  });
}
