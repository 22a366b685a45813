import type { Word } from "../config/word.ts";
import { Pattern } from "../sys/pcre2.ts";
import type { CompileContext } from "./declare.ts";

/** Compiles a regular expression of a rule; undefined after an error was reported. */
export function compilePattern(word: Word, { diagnostics }: CompileContext): Pattern | undefined {
  const pattern = Pattern.compile(word.text);
  if (pattern instanceof Pattern) return pattern;
  const { message, offset } = pattern;
  const place = offset < 0 ? "" : ` at its character ${offset + 1}`;
  diagnostics.error(word, `'${word.text}' is no regular expression: ${message}${place}.`);
  return undefined;
}
