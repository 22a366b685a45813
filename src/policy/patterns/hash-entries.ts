/** Entries are addressed by number; -1 ends a chain. */
const NONE = -1;
const CAPACITY_MIN = 16;

/**
 * The frame of a hash table: entries by number, chained in buckets, each with its hash and the identity
 * of its pattern. What a key is, is the subclass's affair: it keeps keys by entry number.
 */
export abstract class HashEntries {
  #buckets = new Int32Array(CAPACITY_MIN).fill(NONE);
  #next = new Int32Array(CAPACITY_MIN);
  #hashes = new Int32Array(CAPACITY_MIN);
  #identities = new Int32Array(CAPACITY_MIN);
  #count = 0;
  #used = 0;
  #free = NONE;

  /** How many entries there are. */
  get count(): number {
    return this.#count;
  }

  /** Makes the room for keys as large as that for entries. */
  protected abstract growKeys(capacity: number): void;

  /** Adds an entry and returns its number, for the subclass to keep the key by. */
  protected enter(hash: number, identity: number): number {
    let entry = this.#free;
    if (entry !== NONE) this.#free = this.#next[entry]!;
    else {
      entry = this.#used++;
      if (entry === this.#next.length) this.#grow();
    }
    this.#count++;
    this.#hashes[entry] = hash;
    this.#identities[entry] = identity;
    const bucket = hash & (this.#buckets.length - 1);
    this.#next[entry] = this.#buckets[bucket]!;
    this.#buckets[bucket] = entry;
    return entry;
  }

  #grow(): void {
    const capacity = this.#next.length * 2;
    this.#next = grown(this.#next, capacity);
    this.#hashes = grown(this.#hashes, capacity);
    this.#identities = grown(this.#identities, capacity);
    this.growKeys(capacity);
    this.#buckets = new Int32Array(capacity).fill(NONE);
    // Every entry is in use: only then is there need to grow.
    for (let entry = 0; entry < this.#used - 1; entry++) {
      const bucket = this.#hashes[entry]! & (capacity - 1);
      this.#next[entry] = this.#buckets[bucket]!;
      this.#buckets[bucket] = entry;
    }
  }

  /**
   * The first entry of a chain, or -1.
   *
   * @hot
   */
  protected first(hash: number): number {
    return this.#buckets[hash & (this.#buckets.length - 1)]!;
  }

  /** @hot */
  protected after(entry: number): number {
    return this.#next[entry]!;
  }

  /** @hot */
  protected hashOf(entry: number): number {
    return this.#hashes[entry]!;
  }

  /** @hot */
  protected identityOf(entry: number): number {
    return this.#identities[entry]!;
  }

  /** Calls a function with the number of each entry that there is. */
  protected eachEntry(call: (entry: number) => void): void {
    for (const first of this.#buckets) {
      for (let entry = first; entry !== NONE; entry = this.#next[entry]!) call(entry);
    }
  }

  /** Takes out the entry of a pattern; false when there is none. */
  remove(hash: number, identity: number): boolean {
    const bucket = hash & (this.#buckets.length - 1);
    let before = NONE;
    let entry = this.#buckets[bucket]!;
    while (entry !== NONE && this.#identities[entry] !== identity) {
      before = entry;
      entry = this.#next[entry]!;
    }
    if (entry === NONE) return false;
    if (before === NONE) this.#buckets[bucket] = this.#next[entry]!;
    else this.#next[before] = this.#next[entry]!;
    this.#next[entry] = this.#free;
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

/** A copy of an array with more room. */
export function grown(array: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}
