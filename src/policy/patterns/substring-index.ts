import { lowerOctet } from "../octet-case.ts";
import type { Sample } from "../sample.ts";
import { NO_MATCH, type PatternError, type PatternIndex } from "./pattern-index.ts";
import { isTextAt } from "./text-match.ts";

interface Entry {
  readonly identity: number;
  readonly key: Uint8Array;
}

/**
 * Patterns that values hold anywhere. A value is walked through once, however many there are: at each
 * octet only those that begin with it are compared. The one that was added first is found.
 */
export class SubstringIndex implements PatternIndex {
  readonly #parse: (pattern: string) => Uint8Array;
  readonly #ignoresCase: boolean;
  /** Patterns by their first octet, which is in lower case where case is ignored. */
  readonly #byFirst: (Entry[] | null)[] = new Array<Entry[] | null>(256).fill(null);
  /** Those without any octet, which every value holds. */
  #empty: Entry[] = [];
  #count = 0;

  /** @param parse - Gives keys in lower case where case is ignored. */
  constructor(parse: (pattern: string) => Uint8Array, ignoresCase: boolean) {
    this.#parse = parse;
    this.#ignoresCase = ignoresCase;
  }

  get count(): number {
    return this.#count;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    const key = this.#parse(pattern);
    const entry = { identity, key };
    this.#count++;
    if (key.length === 0) this.#empty.push(entry);
    else {
      const known = this.#byFirst[key[0]!] ?? [];
      known.push(entry);
      this.#byFirst[key[0]!] = known;
    }
    return undefined;
  }

  remove(pattern: string, identity: number): void {
    const first = this.#parse(pattern)[0];
    const known = first === undefined ? this.#empty : (this.#byFirst[first] ?? []);
    const kept = known.filter((entry) => entry.identity !== identity);
    this.#count -= known.length - kept.length;
    if (first === undefined) this.#empty = kept;
    else this.#byFirst[first] = kept.length === 0 ? null : kept;
  }

  clear(): void {
    this.#byFirst.fill(null);
    this.#empty = [];
    this.#count = 0;
  }

  /** @hot */
  find({ bytes, start, end }: Sample): number {
    const byFirst = this.#byFirst;
    const ignoresCase = this.#ignoresCase;
    let found = leastOf(this.#empty);
    for (let at = start; at < end; at++) {
      const octet = bytes[at]!;
      const entries = byFirst[ignoresCase ? lowerOctet(octet) : octet]!;
      if (entries !== null) found = this.#findAt(entries, bytes, at, end, found);
    }
    return found;
  }

  /**
   * Finds the pattern that was added first among those that stand at a place, and the one found so far.
   *
   * @hot
   */
  #findAt(
    entries: readonly Entry[],
    bytes: Uint8Array,
    at: number,
    end: number,
    before: number,
  ): number {
    let found = before;
    for (let index = 0; index < entries.length; index++) {
      const { identity, key } = entries[index]!;
      const isLater = found !== NO_MATCH && identity > found;
      if (isLater || key.length > end - at) continue;
      if (isTextAt(bytes, at, key, 0, key.length, this.#ignoresCase)) found = identity;
    }
    return found;
  }
}

/** @hot */
function leastOf(entries: readonly Entry[]): number {
  let least = NO_MATCH;
  for (let index = 0; index < entries.length; index++) {
    const { identity } = entries[index]!;
    if (least === NO_MATCH || identity < least) least = identity;
  }
  return least;
}
