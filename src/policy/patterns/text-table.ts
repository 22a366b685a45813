import { grown, HashEntries } from "./hash-entries.ts";
import { NO_MATCH } from "./pattern-index.ts";
import { isTextAt } from "./text-match.ts";

/** Texts by their hash. Their bytes lie one behind the other in one block that grows. */
export class TextTable extends HashEntries {
  readonly #ignoresCase: boolean;
  #bytes = new Uint8Array(256);
  #bytesUsed = 0;
  #starts = new Int32Array(16);
  #sizes = new Int32Array(16);

  /** @param ignoresCase - Keys are in lower case, and texts count as if they were. */
  constructor(ignoresCase: boolean) {
    super();
    this.#ignoresCase = ignoresCase;
  }

  add(key: Uint8Array, hash: number, identity: number): void {
    const entry = this.enter(hash, identity);
    this.#starts[entry] = this.#keep(key);
    this.#sizes[entry] = key.length;
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
    this.eachEntry((entry) => {
      const start = this.#starts[entry]!;
      const key = this.#bytes.subarray(start, start + this.#sizes[entry]!);
      other.add(key, this.hashOf(entry), identity);
    });
  }

  protected override growKeys(capacity: number): void {
    this.#starts = grown(this.#starts, capacity);
    this.#sizes = grown(this.#sizes, capacity);
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
    let found = NO_MATCH;
    for (let entry = this.first(hash); entry !== -1; entry = this.after(entry)) {
      if (this.hashOf(entry) !== hash || this.#sizes[entry] !== end - start) continue;
      const from = this.#starts[entry]!;
      if (!isTextAt(bytes, start, this.#bytes, from, end - start, this.#ignoresCase)) continue;
      const identity = this.identityOf(entry);
      if (found === NO_MATCH || identity < found) found = identity;
    }
    return found;
  }
}
