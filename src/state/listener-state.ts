import { CounterBlock } from "./counter-block.ts";
import { Gauge } from "./gauge.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** Counters of a listener; the comment names the column of `show stat`. */
export const ListenerCounter = {
  CONNECTIONS: 0, // conn_tot
  SESSIONS: 1, // stot
  BYTES_IN: 2, // bin
  BYTES_OUT: 3, // bout
  DENIED_REQUESTS: 4, // dreq
  DENIED_RESPONSES: 5, // dresp
  REQUEST_ERRORS: 6, // ereq
  DENIED_CONNECTIONS: 7, // dcon
  DENIED_SESSIONS: 8, // dses
  FAILED_REWRITES: 9, // wrew
  INTERNAL_ERRORS: 10, // eint
  COUNT: 11,
} as const;

/** The shared numbers of a listener. */
export class ListenerState {
  readonly counters: CounterBlock;
  readonly sessions: Gauge;
  readonly sessionsMax: Gauge;

  constructor(memory: SharedMemory) {
    this.counters = new CounterBlock(memory, ListenerCounter.COUNT);
    this.sessions = new Gauge(memory, true);
    this.sessionsMax = new Gauge(memory);
  }

  /**
   * Counts a session that starts.
   *
   * @hot
   */
  sessionStarted(): void {
    this.counters.values[ListenerCounter.SESSIONS]! += 1;
    this.sessionsMax.raise(this.sessions.add(1));
  }

  /** @hot */
  sessionEnded(): void {
    this.sessions.add(-1);
  }

  /** `clear counters`: forgets the highest values. */
  clearPeaks(): void {
    this.sessionsMax.set(this.sessions.get());
  }

  /** `clear counters all`. */
  clear(): void {
    this.clearPeaks();
    this.counters.clear();
  }
}
