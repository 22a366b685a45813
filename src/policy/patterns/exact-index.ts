import type { Sample } from "../sample.ts";
import { hashOctets } from "./octet-hash.ts";
import type { PatternError, PatternIndex } from "./pattern-index.ts";
import { TextTable } from "./text-table.ts";

/** Turns a pattern into the bytes that values have to be. */
export type ParseKey = (pattern: string) => Uint8Array | PatternError;

/** Patterns that values have to be as a whole: found by their hash. */
export class ExactIndex implements PatternIndex {
  readonly #parse: ParseKey;
  readonly #ignoresCase: boolean;
  readonly #table: TextTable;

  /** @param parse - Gives keys in lower case where case is ignored. */
  constructor(parse: ParseKey, ignoresCase: boolean) {
    this.#parse = parse;
    this.#ignoresCase = ignoresCase;
    this.#table = new TextTable(ignoresCase);
  }

  get count(): number {
    return this.#table.count;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    const key = this.#parse(pattern);
    if (!(key instanceof Uint8Array)) return key;
    this.#table.add(key, hashOctets(key, 0, key.length, false), identity);
    return undefined;
  }

  remove(pattern: string, identity: number): void {
    const key = this.#parse(pattern);
    if (key instanceof Uint8Array) {
      this.#table.remove(hashOctets(key, 0, key.length, false), identity);
    }
  }

  clear(): void {
    this.#table.clear();
  }

  /** @hot */
  find({ bytes, start, end }: Sample): number {
    return this.#table.find(bytes, start, end, hashOctets(bytes, start, end, this.#ignoresCase));
  }
}
