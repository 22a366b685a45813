import type { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";
import type { Place } from "./reads.ts";
import type { StreamView } from "./stream-view.ts";

/** A compiled log format (manual section 8.2.4), which makes a text of a stream. */
export interface Format {
  /** The text itself where nothing in it depends on the stream, else null. */
  readonly constant: Uint8Array | null;
  /**
   * Writes the text and returns where it ends; what does not fit is left out.
   *
   * @hot
   * @param limit - Just past the last byte that may be written.
   */
  write(into: Uint8Array, at: number, limit: number, view: StreamView): number;
}

/**
 * What a format makes: a `text` keeps its blanks, and control characters of values are encoded in it; a
 * `line` is the same with runs of blanks merged; `raw` keeps everything as it is.
 */
export type FormatStyle = "text" | "line" | "raw";

/** Compiles formats. Whoever knows the variables of logs implements it. */
export interface FormatCompiler {
  /** Reports what is wrong and gives undefined, or gives the format, of a `text` unless said. */
  compileFormat(
    word: Word,
    place: Place,
    sectionName: string,
    diagnostics: Diagnostics,
    style?: FormatStyle,
  ): Format | undefined;
}
