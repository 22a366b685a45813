import { assert } from "../base/assert.ts";
import type { Gauge } from "../state/gauge.ts";
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
  /** When it came, as a number that only grows; and how many were served from the queue by then. */
  waitsTicket: number;
  waitsFrom: number;
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

/** Entries that wait for a slot, first come first served. Nothing allocates. */
export class WaitingQueue {
  /** The server whose queue it is, or null for a backend's. */
  readonly server: Server | null;
  readonly #gauge: Gauge;
  readonly #gaugeMax: Gauge;
  #first: QueueEntry | null = null;
  #last: QueueEntry | null = null;
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

  /** The entry that has waited longest, or null. */
  get first(): QueueEntry | null {
    return this.#first;
  }

  /** @hot */
  add(entry: QueueEntry, ticket: number): void {
    assert(entry.waitsIn === null, "an entry waits in one queue");
    const last = this.#last;
    entry.waitsIn = this;
    entry.waitsTicket = ticket;
    entry.waitsFrom = this.#servedCount;
    entry.waitsBefore = last;
    entry.waitsAfter = null;
    if (last === null) this.#first = entry;
    else last.waitsAfter = entry;
    this.#last = entry;
    this.#count++;
    this.#gaugeMax.raise(this.#gauge.add(1));
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
    const before = entry.waitsBefore;
    const after = entry.waitsAfter;
    if (before === null) this.#first = after;
    else before.waitsAfter = after;
    if (after === null) this.#last = before;
    else after.waitsBefore = before;
    entry.waitsIn = null;
    entry.waitsBefore = null;
    entry.waitsAfter = null;
    this.#count--;
    this.#gauge.add(-1);
    const position = this.#servedCount - entry.waitsFrom + 1;
    if (isServed) this.#servedCount++;
    if (this.server === null) entry.backendQueuePosition += position;
    else entry.serverQueuePosition += position;
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
