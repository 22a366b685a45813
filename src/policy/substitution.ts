import type { Pattern } from "../sys/pcre2.ts";
import type { ScratchText } from "./scratch-text.ts";

/** A piece of a substitution: a group of the match, or literal bytes. */
interface Piece {
  /** -1 for literal bytes. */
  readonly group: number;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/**
 * What takes the place of a match: `\1` to `\9` are its groups, `\0` is all of it, `\x41` is a byte by
 * its hexadecimal digits, and a backslash in front of anything else makes that stand for itself.
 */
export class Substitution {
  readonly #pieces: readonly Piece[];

  private constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  /** Reads a text, each character of which is a byte; undefined when it ends in half an escape. */
  static parse(text: string): Substitution | undefined {
    const pieces: Piece[] = [];
    let literal: number[] = [];
    const flush = () => {
      if (literal.length > 0) pieces.push({ group: -1, bytes: Uint8Array.from(literal) });
      literal = [];
    };
    for (let at = 0; at < text.length; at++) {
      if (text[at] !== "\\") {
        literal.push(text.charCodeAt(at));
        continue;
      }
      const escaped = text[++at];
      if (escaped === undefined) return undefined;
      if (escaped >= "0" && escaped <= "9") {
        flush();
        pieces.push({ group: Number(escaped), bytes: NO_BYTES });
      } else if (escaped === "x") {
        const digits = text.slice(at + 1, at + 3);
        if (!/^[0-9a-f]{2}$/i.test(digits)) return undefined;
        literal.push(Number.parseInt(digits, 16));
        at += 2;
      } else literal.push(escaped.charCodeAt(0));
    }
    flush();
    return new Substitution(pieces);
  }

  /**
   * Writes what takes the place of a pattern's last match. Groups that were not set are empty.
   *
   * @hot
   * @param start - Where the subject of the match begins.
   */
  write(into: ScratchText, pattern: Pattern, bytes: Uint8Array, start: number): void {
    const pieces = this.#pieces;
    for (let index = 0; index < pieces.length; index++) {
      const { group, bytes: literal } = pieces[index]!;
      if (group === -1) into.add(literal, 0, literal.length);
      else if (group <= pattern.groupCount && pattern.groupStart(group) !== -1) {
        into.add(bytes, start + pattern.groupStart(group), start + pattern.groupEnd(group));
      }
    }
  }
}
