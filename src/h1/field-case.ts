import type { Head } from "../http/head.ts";
import { COLON, CR, equalIgnoringCase, LF } from "../http/octets.ts";

/** A field name in lower case, and as it is to be written; both have the same letters. */
export interface CaseRule {
  readonly from: string;
  readonly to: string;
}

/** The same as octets. */
interface Spelling {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

const NONE: readonly Spelling[] = Object.freeze([]);

/**
 * Writes the names of fields in the letter case that a peer insists on, against the standard (RFC
 * 9110 section 5.1). A name keeps its length, so it is changed where it lies.
 *
 * Source: HAProxy configuration manual, section 3.1, h1-case-adjust.
 */
export class FieldCase {
  /** Spellings by the length of their names. */
  readonly #bySize: (readonly Spelling[])[] = [];
  readonly #sizeMax: number = 0;

  constructor(rules: readonly CaseRule[]) {
    const bySize = new Map<number, Spelling[]>();
    for (const { from, to } of rules) {
      const spelling = { from: octetsOf(from), to: octetsOf(to) };
      const others = bySize.get(from.length);
      if (others === undefined) bySize.set(from.length, [spelling]);
      else others.push(spelling);
      this.#sizeMax = Math.max(this.#sizeMax, from.length);
    }
    for (let size = 0; size <= this.#sizeMax; size++) this.#bySize.push(bySize.get(size) ?? NONE);
  }

  /**
   * Spells the names of a head's lines, edits included. The head need not be written out for it.
   *
   * @hot
   */
  adjust(head: Head): void {
    const { bytes, fieldCount } = head;
    for (let index = 0; index < fieldCount; index++) {
      if (head.isRemoved(index)) continue;
      this.#spell(bytes, head.nameStart(index), head.nameEnd(index));
    }
  }

  /** Spells the names of a whole message in its own memory. */
  adjustMessage(message: Uint8Array): void {
    let lineStart = message.indexOf(LF) + 1;
    while (lineStart > 0 && lineStart < message.length && message[lineStart] !== CR) {
      const colon = message.indexOf(COLON, lineStart);
      const lineEnd = message.indexOf(LF, lineStart);
      if (colon === -1 || lineEnd === -1) return;
      if (colon < lineEnd) this.#spell(message, lineStart, colon);
      lineStart = lineEnd + 1;
    }
  }

  /** @hot */
  #spell(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (size > this.#sizeMax) return;
    const spellings = this.#bySize[size]!;
    for (let index = 0; index < spellings.length; index++) {
      const { from, to } = spellings[index]!;
      if (!equalIgnoringCase(bytes, start, end, from, 0, size)) continue;
      for (let at = 0; at < size; at++) bytes[start + at] = to[at]!;
      return;
    }
  }
}

function octetsOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
