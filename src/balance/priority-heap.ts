import type { QueueEntry } from "./waiting-queue.ts";

/**
 * Does an entry come before another? The lower class does, then the earlier time, then who came
 * first.
 *
 * @hot
 */
export function isBefore(left: QueueEntry, right: QueueEntry): boolean {
  if (left.priorityClass !== right.priorityClass) return left.priorityClass < right.priorityClass;
  if (left.waitsTime !== right.waitsTime) return left.waitsTime < right.waitsTime;
  return left.waitsTicket < right.waitsTicket;
}

/**
 * Entries that wait out of turn: a binary heap, so that coming and leaving take a time that grows
 * with the logarithm of how many wait. Each entry knows its place, since it may leave from anywhere.
 */
export class PriorityHeap {
  readonly #entries: QueueEntry[] = [];

  /** Whose turn is next, or null. */
  get first(): QueueEntry | null {
    return this.#entries[0] ?? null;
  }

  /** All of them, in no order. */
  get entries(): readonly QueueEntry[] {
    return this.#entries;
  }

  add(entry: QueueEntry): void {
    this.#entries.push(entry);
    this.#rise(entry, this.#entries.length - 1);
  }

  /** Takes an entry out that is there. */
  remove(entry: QueueEntry): void {
    const entries = this.#entries;
    const last = entries.pop()!;
    if (last === entry) return;
    const at = entry.waitsAt;
    if (at > 0 && isBefore(last, entries[(at - 1) >> 1]!)) this.#rise(last, at);
    else this.#sink(last, at);
  }

  /** Puts an entry at a place, or above it. */
  #rise(entry: QueueEntry, from: number): void {
    const entries = this.#entries;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = entries[above]!;
      if (!isBefore(entry, other)) break;
      this.#put(other, at);
      at = above;
    }
    this.#put(entry, at);
  }

  /** Puts an entry at a place, or below it. */
  #sink(entry: QueueEntry, from: number): void {
    const entries = this.#entries;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= entries.length) break;
      const isRight = below + 1 < entries.length && isBefore(entries[below + 1]!, entries[below]!);
      if (isRight) below++;
      if (!isBefore(entries[below]!, entry)) break;
      this.#put(entries[below]!, at);
      at = below;
    }
    this.#put(entry, at);
  }

  #put(entry: QueueEntry, at: number): void {
    this.#entries[at] = entry;
    entry.waitsAt = at;
  }
}
