import type { Arg } from "../config/arg.ts";
import { word } from "../config/arg.ts";
import type { Word } from "../config/word.ts";
import type { CompileContext } from "./declare.ts";
import type { Format, FormatStyle } from "./format.ts";

/** A log format as one word; whoever takes it compiles it for its place. */
export function format(name: string): Arg<Word> {
  return word(name);
}

/** Compiles a format for the place of its rule; undefined after an error was reported. */
export function compileFormatOf(
  word: Word,
  context: CompileContext,
  style?: FormatStyle,
): Format | undefined {
  const { compiler, place, sectionName, diagnostics } = context;
  return compiler.formats.compileFormat(word, place, sectionName, diagnostics, style);
}
