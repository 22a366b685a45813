import type { Arg } from "../config/arg.ts";
import { word } from "../config/arg.ts";
import type { Word } from "../config/word.ts";

/** A log format as one word; whoever takes it compiles it for its place. */
export function format(name: string): Arg<Word> {
  return word(name);
}
