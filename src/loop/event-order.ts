/** What a niceness is between, both included. */
export const NICE_MAX = 1024;
/** Events of one turn, at most: more than `tune.maxpollevents` allows. */
const INDEX_SPAN = 2 ** 20;

/**
 * In which order the events of a turn are handled, where that is not all the same: descriptors have a
 * niceness, and those with a lower one come first. Equals keep the order in which they were told.
 */
export class EventOrder {
  /** By descriptor. */
  #nices = new Int16Array(1024);
  #keys = new Float64Array(0);
  /** The places of the events of a turn, in the order of their turn; the first `count` are valid. */
  order = new Int32Array(0);

  /** The niceness of a descriptor; 0 unless somebody set it. */
  niceOf(fd: number): number {
    return this.#nices[fd] ?? 0;
  }

  /** @param nice - From -1024, the most urgent, to 1024. */
  set(fd: number, nice: number): void {
    if (fd >= this.#nices.length) {
      const wider = new Int16Array(2 * fd);
      wider.set(this.#nices);
      this.#nices = wider;
    }
    this.#nices[fd] = nice;
  }

  /** Puts the events of a turn in order. */
  arrange(count: number, fdAt: (index: number) => number): void {
    if (count > this.#keys.length) {
      this.#keys = new Float64Array(count);
      this.order = new Int32Array(count);
    }
    const keys = this.#keys.subarray(0, count);
    for (let index = 0; index < count; index++) {
      keys[index] = (this.niceOf(fdAt(index)) + NICE_MAX) * INDEX_SPAN + index;
    }
    keys.sort();
    for (let index = 0; index < count; index++) this.order[index] = keys[index]! % INDEX_SPAN;
  }
}
