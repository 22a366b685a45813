/** Entries are addressed by number; -1 ends a chain. */
const NONE = -1;
const CAPACITY_MIN = 16;

/** What an entry's numbers are; the others are its key's. One cache line of the processor holds two. */
const NEXT = 0;
const HASH = 1;
const IDENTITY = 2;
const SHIFT = 3;
/** The first of the five numbers that a key may have. */
export const KEY = 3;

/**
 * The frame of a hash table: entries by number, chained in buckets, each with its hash and the identity
 * of its pattern. What a key is, is the subclass's affair: it keeps a few numbers for each entry.
 */
export abstract class HashEntries {
  #buckets = new Int32Array(CAPACITY_MIN).fill(NONE);
  /** All numbers of an entry lie together, so that looking at one of them brings the others near. */
  protected numbers = new Int32Array(CAPACITY_MIN << SHIFT);
  #count = 0;
  #used = 0;
  #free = NONE;

  /** How many entries there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds an entry and returns where its numbers lie, for the subclass to write the key behind {@link KEY}. */
  protected enter(hash: number, identity: number): number {
    let entry = this.#free;
    if (entry !== NONE) this.#free = this.numbers[entry << SHIFT]!;
    else {
      entry = this.#used++;
      if (entry << SHIFT === this.numbers.length) this.#grow();
    }
    this.#count++;
    const at = entry << SHIFT;
    const { numbers } = this;
    const bucket = hash & (this.#buckets.length - 1);
    numbers[at + HASH] = hash;
    numbers[at + IDENTITY] = identity;
    numbers[at + NEXT] = this.#buckets[bucket]!;
    this.#buckets[bucket] = entry;
    return at;
  }

  #grow(): void {
    const capacity = (this.numbers.length >> SHIFT) * 2;
    const numbers = new Int32Array(capacity << SHIFT);
    numbers.set(this.numbers);
    this.numbers = numbers;
    const buckets = new Int32Array(capacity).fill(NONE);
    // Every entry is in use: only then is there need to grow.
    for (let entry = 0; entry < this.#used - 1; entry++) {
      const at = entry << SHIFT;
      const bucket = numbers[at + HASH]! & (capacity - 1);
      numbers[at + NEXT] = buckets[bucket]!;
      buckets[bucket] = entry;
    }
    this.#buckets = buckets;
  }

  /**
   * Where the numbers of the first entry of a chain lie, or below 0.
   *
   * @hot
   */
  protected first(hash: number): number {
    return this.#buckets[hash & (this.#buckets.length - 1)]! << SHIFT;
  }

  /** @hot */
  protected after(at: number): number {
    return this.numbers[at + NEXT]! << SHIFT;
  }

  /** @hot */
  protected hashAt(at: number): number {
    return this.numbers[at + HASH]!;
  }

  /** @hot */
  protected identityAt(at: number): number {
    return this.numbers[at + IDENTITY]!;
  }

  /** Calls a function with the place of each entry that there is. */
  protected eachEntry(call: (at: number) => void): void {
    for (const first of this.#buckets) {
      for (let at = first << SHIFT; at >= 0; at = this.after(at)) call(at);
    }
  }

  /** Takes out the entry of a pattern; false when there is none. */
  remove(hash: number, identity: number): boolean {
    const { numbers } = this;
    const bucket = hash & (this.#buckets.length - 1);
    let before = NONE;
    let entry = this.#buckets[bucket]!;
    while (entry !== NONE && numbers[(entry << SHIFT) + IDENTITY] !== identity) {
      before = entry;
      entry = numbers[(entry << SHIFT) + NEXT]!;
    }
    if (entry === NONE) return false;
    const next = numbers[(entry << SHIFT) + NEXT]!;
    if (before === NONE) this.#buckets[bucket] = next;
    else numbers[(before << SHIFT) + NEXT] = next;
    numbers[(entry << SHIFT) + NEXT] = this.#free;
    this.#free = entry;
    this.#count--;
    return true;
  }

  clear(): void {
    this.#buckets.fill(NONE);
    this.#count = 0;
    this.#used = 0;
    this.#free = NONE;
  }
}
