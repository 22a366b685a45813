import { HashEntries, KEY } from "./hash-entries.ts";
import { NO_MATCH } from "./pattern-index.ts";
import { isTextAt } from "./text-match.ts";

/** Where a text starts in the block, and its size. */
const START = KEY;
const SIZE = KEY + 1;

/** Texts by their hash. Their bytes lie one behind the other in one block that grows. */
export class TextTable extends HashEntries {
  readonly #ignoresCase: boolean;
  #bytes = new Uint8Array(256);
  #bytesUsed = 0;

  /** @param ignoresCase - Keys are in lower case, and texts count as if they were. */
  constructor(ignoresCase: boolean) {
    super();
    this.#ignoresCase = ignoresCase;
  }

  add(key: Uint8Array, hash: number, identity: number): void {
    const at = this.enter(hash, identity);
    this.numbers[at + START] = this.#keep(key);
    this.numbers[at + SIZE] = key.length;
  }

  #keep(key: Uint8Array): number {
    const start = this.#bytesUsed;
    if (start + key.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, start + key.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(key, start);
    this.#bytesUsed = start + key.length;
    return start;
  }

  /** Adds all texts to another table, under one identity. */
  copyTo(other: TextTable, identity: number): void {
    this.eachEntry((at) => {
      const start = this.numbers[at + START]!;
      const key = this.#bytes.subarray(start, start + this.numbers[at + SIZE]!);
      other.add(key, this.hashAt(at), identity);
    });
  }

  override clear(): void {
    super.clear();
    this.#bytesUsed = 0;
  }

  /**
   * Finds the pattern, of those that are written so the one that was added first, or NO_MATCH.
   *
   * @hot
   */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { numbers } = this;
    const size = end - start;
    let found = NO_MATCH;
    for (let at = this.first(hash); at >= 0; at = this.after(at)) {
      if (this.hashAt(at) !== hash || numbers[at + SIZE] !== size) continue;
      const from = numbers[at + START]!;
      if (!isTextAt(bytes, start, this.#bytes, from, size, this.#ignoresCase)) continue;
      const identity = this.identityAt(at);
      if (found === NO_MATCH || identity < found) found = identity;
    }
    return found;
  }
}
