import type { Word } from "../config/word.ts";
import { copyBytes, hexadecimalDigit } from "../http/octets.ts";
import { type Pattern, PatternResult } from "../sys/pcre2.ts";
import type { CompileContext } from "./declare.ts";
import { encodeControls } from "./field-text.ts";
import type { Format } from "./format.ts";
import { compileFormatOf } from "./format-arg.ts";
import { compilePattern } from "./pattern-arg.ts";
import type { StreamControl } from "./stream-control.ts";

const NO_BYTES = new Uint8Array(0);
const BACKSLASH = 0x5c;
const LETTER_X = 0x78;
const ZERO = 0x30;
const NINE = 0x39;

/** What came of a replacement. */
export const Replaced = { NO: 0, YES: 1, TOO_LONG: 2 } as const;
export type Replaced = (typeof Replaced)[keyof typeof Replaced];

/**
 * A regular expression and the format of what takes the place of texts that it matches: `\1` in the
 * format's text stands for what the first group caught. The whole text is replaced, not the match.
 *
 * Source: HAProxy configuration manual, section 4.2, http-request replace-header.
 */
export class Replacement {
  /** The result of the last replacement. */
  bytes: Uint8Array = NO_BYTES;
  readonly start = 0;
  end = 0;
  #template = NO_BYTES;
  #words: DataView | null = null;
  readonly #pattern: Pattern;
  readonly #format: Format;
  readonly #onTooMuchWork: () => void;

  constructor(pattern: Pattern, format: Format, onTooMuchWork: () => void) {
    this.#pattern = pattern;
    this.#format = format;
    this.#onTooMuchWork = onTooMuchWork;
  }

  /**
   * Makes the replacement of a text where the expression matches it.
   *
   * @hot
   */
  replace(control: StreamControl, from: Uint8Array, start: number, end: number): Replaced {
    const { scratch } = control;
    const { slotSize, region } = scratch;
    const { bytes } = region;
    if (end - start > slotSize) return Replaced.NO;
    const subject = scratch.take();
    const subjectEnd = copyBytes(bytes, subject, from, start, end);
    const found = this.#pattern.match(region, subject, subjectEnd);
    if (found <= 0) {
      if (found === PatternResult.TOO_MUCH_WORK) this.#onTooMuchWork();
      return Replaced.NO;
    }
    if (this.#words === null) this.#begin(slotSize);
    const templateEnd = this.#format.write(this.#template, 0, slotSize, control);
    let stop = templateEnd === slotSize ? -1 : this.#expand(templateEnd, from, start);
    if (stop !== -1) stop = encodeControls(this.bytes, this.#words!, 0, stop, slotSize);
    this.end = stop;
    return stop === -1 ? Replaced.TOO_LONG : Replaced.YES;
  }

  #begin(size: number): void {
    this.#template = new Uint8Array(size);
    this.bytes = new Uint8Array(size);
    this.#words = new DataView(this.bytes.buffer);
  }

  /** Returns where the text ends, or -1 when it does not fit. */
  #expand(templateEnd: number, subject: Uint8Array, subjectStart: number): number {
    const template = this.#template;
    let to = 0;
    let at = 0;
    while (at < templateEnd && to !== -1) {
      const octet = template[at++]!;
      if (octet !== BACKSLASH || at === templateEnd) {
        to = this.#put(to, octet);
        continue;
      }
      const escaped = template[at++]!;
      if (escaped >= ZERO && escaped <= NINE) {
        to = this.#putGroup(to, escaped - ZERO, subject, subjectStart);
        continue;
      }
      const code = escaped === LETTER_X ? hexadecimalAt(template, at, templateEnd) : -1;
      to = this.#put(to, code === -1 ? escaped : code);
      if (code !== -1) at += 2;
    }
    return to;
  }

  #put(at: number, octet: number): number {
    if (at === this.bytes.length) return -1;
    this.bytes[at] = octet;
    return at + 1;
  }

  /** Puts what a group caught, which may be nothing. */
  #putGroup(at: number, group: number, subject: Uint8Array, subjectStart: number): number {
    const pattern = this.#pattern;
    const start = group <= pattern.groupCount ? pattern.groupStart(group) : -1;
    if (start === -1) return at;
    const end = pattern.groupEnd(group);
    if (at + end - start > this.bytes.length) return -1;
    return copyBytes(this.bytes, at, subject, subjectStart + start, subjectStart + end);
  }
}

/** The octet that two hexadecimal digits stand for; -1 when they are none. */
function hexadecimalAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const high = hexadecimalDigit(bytes[at]!);
  const low = hexadecimalDigit(bytes[at + 1]!);
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

/** Compiles the two words of a replacement; undefined after an error was reported. */
export function compileReplacement(
  match: Word,
  replacement: Word,
  context: CompileContext,
): Replacement | undefined {
  const pattern = compilePattern(match, context);
  const format = compileFormatOf(replacement, context);
  if (pattern === undefined || format === undefined) return undefined;
  return new Replacement(pattern, format, () => {});
}
