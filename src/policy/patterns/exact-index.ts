import type { Sample } from "../sample.ts";
import { hashOctets } from "./octet-hash.ts";
import type { PatternError, PatternIndex } from "./pattern-index.ts";
import { TextTable } from "./text-table.ts";

/** Turns a pattern into the bytes that values have to be. */
export type ParseKey = (pattern: string) => Uint8Array | PatternError;

/** Patterns that values have to be as a whole: found by their hash. */
export class ExactIndex implements PatternIndex {
  readonly #parse: ParseKey;
  readonly ignoresCase: boolean;
  readonly #table: TextTable;
  /** Who wants to know when patterns come or go; few do. */
  readonly #watchers: (() => void)[] = [];

  /** @param parse - Gives keys in lower case where case is ignored. */
  constructor(parse: ParseKey, ignoresCase: boolean) {
    this.#parse = parse;
    this.ignoresCase = ignoresCase;
    this.#table = new TextTable(ignoresCase);
  }

  get count(): number {
    return this.#table.count;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    const key = this.#parse(pattern);
    if (!(key instanceof Uint8Array)) return key;
    this.#table.add(key, hashOctets(key, 0, key.length, false), identity);
    this.#tell();
    return undefined;
  }

  remove(pattern: string, identity: number): void {
    const key = this.#parse(pattern);
    if (key instanceof Uint8Array) {
      this.#table.remove(hashOctets(key, 0, key.length, false), identity);
      this.#tell();
    }
  }

  clear(): void {
    this.#table.clear();
    this.#tell();
  }

  /** Has a function called after each change. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  #tell(): void {
    for (let at = 0; at < this.#watchers.length; at++) this.#watchers[at]!();
  }

  /** Adds its patterns to a table, all of them under one identity. */
  copyTo(table: TextTable, identity: number): void {
    this.#table.copyTo(table, identity);
  }

  /** @hot */
  find({ bytes, start, end }: Sample): number {
    return this.#table.find(bytes, start, end, hashOctets(bytes, start, end, this.ignoresCase));
  }
}
