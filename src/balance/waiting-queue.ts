import { assert } from "../base/assert.ts";
import type { Gauge } from "../state/gauge.ts";
import { isBefore, PriorityHeap } from "./priority-heap.ts";
import type { Server } from "./server.ts";

/**
 * What waits for a slot. The stream itself is the node of the list, so that waiting makes nothing:
 * it has these fields, starts them as `null`, `0` and `false`, and leaves them to the queues.
 */
export interface QueueEntry {
  /** The queue it waits in, or null. */
  waitsIn: WaitingQueue | null;
  waitsBefore: QueueEntry | null;
  waitsAfter: QueueEntry | null;
  /** Its place among those that wait out of turn; -1 for one that waits in turn. */
  waitsAt: number;
  /** When it came, as a number that only grows; and how many were served from the queue by then. */
  waitsTicket: number;
  waitsFrom: number;
  /** When it came, in milliseconds, with its offset added: who has the lower one comes first. */
  waitsTime: number;
  /** `set-priority-class` and, in milliseconds, `set-priority-offset`; the owner sets them. */
  readonly priorityClass: number;
  readonly priorityOffset: number;
  /** Whether persistence chose its server, so that it only leaves it when redispatching is on. */
  isPersistent: boolean;
  /** The server it was given, or waits for; null while any will do. */
  server: Server | null;
  /** Places it was behind in queues of servers, and in the backend's, for the log. */
  serverQueuePosition: number;
  backendQueuePosition: number;

  /**
   * The wait is over: a slot of the server is taken for this entry, and `server` is set. It is called
   * while another stream gives its slot back, so it must only note the fact and let its loop run it.
   */
  onSlot(server: Server): void;
  /**
   * The server it waited for is gone, it waits no more, and `server` is null: it asks for another
   * one, or gives up. The same care as for `onSlot`.
   */
  onServerLost(): void;
}

/**
 * Entries that wait for a slot, first come first served, except for those that rules have given a
 * class or an offset: they stand in a heap beside the list. Waiting in turn allocates nothing.
 */
export class WaitingQueue {
  /** The server whose queue it is, or null for a backend's. */
  readonly server: Server | null;
  readonly #gauge: Gauge;
  readonly #gaugeMax: Gauge;
  #first: QueueEntry | null = null;
  #last: QueueEntry | null = null;
  /** Made for the first entry that waits out of turn. */
  #outOfTurn: PriorityHeap | null = null;
  #count = 0;
  #servedCount = 0;

  constructor(server: Server | null, gauge: Gauge, gaugeMax: Gauge) {
    this.server = server;
    this.#gauge = gauge;
    this.#gaugeMax = gaugeMax;
  }

  /** Entries of this thread. */
  get count(): number {
    return this.#count;
  }

  /** Whose turn is next: who has waited longest, unless priorities say otherwise. Null when nobody waits. */
  get first(): QueueEntry | null {
    const first = this.#first;
    const other = this.#outOfTurn === null ? null : this.#outOfTurn.first;
    if (first === null || other === null) return first ?? other;
    return isBefore(other, first) ? other : first;
  }

  /** All entries in the order of their turns, as they are now. */
  entries(): QueueEntry[] {
    const entries = [...(this.#outOfTurn?.entries ?? [])];
    for (let entry = this.#first; entry !== null; entry = entry.waitsAfter) entries.push(entry);
    return entries.sort((left, right) => (isBefore(left, right) ? -1 : 1));
  }

  /** @hot */
  add(entry: QueueEntry, ticket: number, nowMs: number): void {
    assert(entry.waitsIn === null, "an entry waits in one queue");
    entry.waitsIn = this;
    entry.waitsTicket = ticket;
    entry.waitsTime = nowMs + entry.priorityOffset;
    entry.waitsFrom = this.#servedCount;
    if (entry.priorityClass !== 0 || entry.priorityOffset !== 0) this.#addOutOfTurn(entry);
    else this.#append(entry);
    this.#count++;
    this.#gaugeMax.raise(this.#gauge.add(1));
  }

  #append(entry: QueueEntry): void {
    const last = this.#last;
    entry.waitsAt = -1;
    entry.waitsBefore = last;
    entry.waitsAfter = null;
    if (last === null) this.#first = entry;
    else last.waitsAfter = entry;
    this.#last = entry;
  }

  #addOutOfTurn(entry: QueueEntry): void {
    this.#outOfTurn ??= new PriorityHeap();
    this.#outOfTurn.add(entry);
  }

  /**
   * Takes an entry out, wherever it stands, and notes its place for the log: it counts from 1, and
   * only those who were served before count, not those who gave up.
   *
   * @hot
   * @param isServed - Whether it gets its slot; otherwise its client, or its server, has left.
   */
  remove(entry: QueueEntry, isServed: boolean): void {
    assert(entry.waitsIn === this, "the entry waits here");
    if (entry.waitsAt !== -1) this.#outOfTurn!.remove(entry);
    else this.#unlink(entry);
    entry.waitsIn = null;
    this.#count--;
    this.#gauge.add(-1);
    const position = this.#servedCount - entry.waitsFrom + 1;
    if (isServed) this.#servedCount++;
    if (this.server === null) entry.backendQueuePosition += position;
    else entry.serverQueuePosition += position;
  }

  #unlink(entry: QueueEntry): void {
    const before = entry.waitsBefore;
    const after = entry.waitsAfter;
    if (before === null) this.#first = after;
    else before.waitsAfter = after;
    if (after === null) this.#last = before;
    else after.waitsBefore = before;
    entry.waitsBefore = null;
    entry.waitsAfter = null;
  }
}

/**
 * Takes an entry out of the queue it waits in, if any: its client has left, or it has waited too
 * long.
 *
 * @hot
 */
export function leaveQueue(entry: QueueEntry): void {
  const queue = entry.waitsIn;
  if (queue === null) return;
  queue.remove(entry, false);
  if (queue.server !== null) queue.server.backend.balancer.loadChanged(queue.server);
}
