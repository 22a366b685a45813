/**
 * Orders servers by a key; the one with the least comes first, and of equals the one that was put
 * in first. Putting in, moving and taking out cost O(log n) and allocate nothing. Servers are their
 * indexes in the backend.
 */
export class ServerHeap {
  readonly #heap: Int32Array;
  /** Place of each server in the heap, or -1. */
  readonly #places: Int32Array;
  readonly #keys: Float64Array;
  /** A number that grows with each putting in, to tell which of two equals came first. */
  readonly #orders: Float64Array;
  #count = 0;
  #order = 0;

  constructor(serverCount: number) {
    this.#heap = new Int32Array(serverCount);
    this.#places = new Int32Array(serverCount).fill(-1);
    this.#keys = new Float64Array(serverCount);
    this.#orders = new Float64Array(serverCount);
  }

  /** @hot */
  get count(): number {
    return this.#count;
  }

  /** @hot */
  has(server: number): boolean {
    return this.#places[server] !== -1;
  }

  /** @hot */
  keyOf(server: number): number {
    return this.#keys[server]!;
  }

  /**
   * The first server, or -1.
   *
   * @hot
   */
  first(): number {
    return this.#count === 0 ? -1 : this.#heap[0]!;
  }

  /**
   * Puts a server in, or moves it, behind its equals.
   *
   * @hot
   */
  put(server: number, key: number): void {
    this.#orders[server] = ++this.#order;
    this.#place(server, key);
  }

  /**
   * Puts a server back that was taken out for a moment: among its equals it stands where it stood.
   *
   * @hot
   */
  putBack(server: number): void {
    this.#place(server, this.#keys[server]!);
  }

  /** @hot */
  remove(server: number): void {
    const place = this.#places[server]!;
    if (place === -1) return;
    this.#places[server] = -1;
    const last = this.#heap[--this.#count]!;
    if (last === server) return;
    this.#set(place, last);
    this.#sink(place);
    this.#rise(this.#places[last]!);
  }

  clear(): void {
    this.#places.fill(-1);
    this.#count = 0;
  }

  #place(server: number, key: number): void {
    this.#keys[server] = key;
    let place = this.#places[server]!;
    if (place === -1) {
      place = this.#count++;
      this.#set(place, server);
    } else {
      this.#sink(place);
      place = this.#places[server]!;
    }
    this.#rise(place);
  }

  #set(place: number, server: number): void {
    this.#heap[place] = server;
    this.#places[server] = place;
  }

  #isBefore(one: number, other: number): boolean {
    const difference = this.#keys[one]! - this.#keys[other]!;
    return difference !== 0 ? difference < 0 : this.#orders[one]! < this.#orders[other]!;
  }

  #rise(from: number): void {
    const server = this.#heap[from]!;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent]!;
      if (!this.#isBefore(server, above)) break;
      this.#set(place, above);
      place = parent;
    }
    this.#set(place, server);
  }

  #sink(from: number): void {
    const server = this.#heap[from]!;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#count) break;
      if (child + 1 < this.#count && this.#isBefore(this.#heap[child + 1]!, this.#heap[child]!)) {
        child++;
      }
      const below = this.#heap[child]!;
      if (!this.#isBefore(below, server)) break;
      this.#set(place, below);
      place = child;
    }
    this.#set(place, server);
  }
}
