import { lowerOctet } from "../octet-case.ts";
import type { Sample } from "../sample.ts";
import { addOctet, finishHash, HASH_START } from "./octet-hash.ts";
import { NO_MATCH, type PatternError, type PatternIndex } from "./pattern-index.ts";
import { TextTable } from "./text-table.ts";

/** Which edge of a value patterns stand at. */
export const Edge = { BEGINNING: 0, END: 1 } as const;
export type Edge = (typeof Edge)[keyof typeof Edge];

/**
 * Patterns that values begin or end with. A value is hashed from its edge inwards once; at each length
 * that some pattern has, the hash so far is looked up. Of several beginnings the longest is found, of
 * several ends the one that was added first.
 */
export class EdgeIndex implements PatternIndex {
  readonly #parse: (pattern: string) => Uint8Array;
  readonly #edge: Edge;
  readonly #ignoresCase: boolean;
  readonly #table: TextTable;
  /** How many patterns there are of each length. */
  readonly #countBySize = new Map<number, number>();
  /** The lengths that there are, ascending. */
  #sizes: number[] = [];

  constructor(parse: (pattern: string) => Uint8Array, edge: Edge, ignoresCase: boolean) {
    this.#parse = parse;
    this.#edge = edge;
    this.#ignoresCase = ignoresCase;
    this.#table = new TextTable(ignoresCase);
  }

  get count(): number {
    return this.#table.count;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    const key = this.#parse(pattern);
    this.#table.add(key, this.#hash(key), identity);
    this.#countSize(key.length, 1);
    return undefined;
  }

  remove(pattern: string, identity: number): void {
    const key = this.#parse(pattern);
    if (this.#table.remove(this.#hash(key), identity)) this.#countSize(key.length, -1);
  }

  #hash(key: Uint8Array): number {
    let hash = HASH_START;
    const last = key.length - 1;
    for (let index = 0; index <= last; index++) {
      hash = addOctet(hash, key[this.#edge === Edge.BEGINNING ? index : last - index]!);
    }
    return finishHash(hash);
  }

  #countSize(size: number, change: number): void {
    const count = (this.#countBySize.get(size) ?? 0) + change;
    if (count > 0) this.#countBySize.set(size, count);
    else this.#countBySize.delete(size);
    if (count === 0 || count === change) {
      this.#sizes = [...this.#countBySize.keys()].sort((one, other) => one - other);
    }
  }

  clear(): void {
    this.#table.clear();
    this.#countBySize.clear();
    this.#sizes = [];
  }

  /** @hot */
  find(sample: Sample): number {
    return this.#edge === Edge.BEGINNING ? this.#findBeginning(sample) : this.#findEnd(sample);
  }

  /** @hot */
  #findBeginning({ bytes, start, end }: Sample): number {
    const sizes = this.#sizes;
    let found = NO_MATCH;
    let hash = HASH_START;
    let at = start;
    for (let index = 0; index < sizes.length; index++) {
      const stop = start + sizes[index]!;
      if (stop > end) break;
      for (; at < stop; at++) hash = addOctet(hash, this.#fold(bytes[at]!));
      const identity = this.#table.find(bytes, start, stop, finishHash(hash));
      if (identity !== NO_MATCH) found = identity;
    }
    return found;
  }

  /** @hot */
  #findEnd({ bytes, start, end }: Sample): number {
    const sizes = this.#sizes;
    let found = NO_MATCH;
    let hash = HASH_START;
    let at = end;
    for (let index = 0; index < sizes.length; index++) {
      const from = end - sizes[index]!;
      if (from < start) break;
      while (at > from) hash = addOctet(hash, this.#fold(bytes[--at]!));
      const identity = this.#table.find(bytes, from, end, finishHash(hash));
      if (identity !== NO_MATCH && (found === NO_MATCH || identity < found)) found = identity;
    }
    return found;
  }

  /** @hot */
  #fold(octet: number): number {
    return this.#ignoresCase ? lowerOctet(octet) : octet;
  }
}
