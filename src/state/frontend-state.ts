import { CounterBlock } from "./counter-block.ts";
import { Gauge } from "./gauge.ts";
import { Rate } from "./rate.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** Counters of a frontend; the comment names the column of `show stat`. */
export const FrontendCounter = {
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
  REQUESTS: 11, // req_tot
  INTERCEPTED: 12, // intercepted
  RESPONSES_OTHER: 13, // hrsp_other
  RESPONSES_1XX: 14, // hrsp_1xx; the next four classes follow in order
  RESPONSES_2XX: 15,
  RESPONSES_3XX: 16,
  RESPONSES_4XX: 17,
  RESPONSES_5XX: 18,
  COMPRESSION_IN: 19, // comp_in
  COMPRESSION_OUT: 20, // comp_out
  COMPRESSION_BYPASSED: 21, // comp_byp
  COMPRESSED_RESPONSES: 22, // comp_rsp
  CACHE_LOOKUPS: 23, // cache_lookups
  CACHE_HITS: 24, // cache_hits
  H1_CONNECTIONS: 25, // h1_total_connections
  H1_STREAMS: 26, // h1_total_streams
  H1_BYTES_IN: 27, // h1_bytes_in
  H1_BYTES_OUT: 28, // h1_bytes_out
  H1_SPLICED_BYTES_IN: 29, // h1_spliced_bytes_in
  H1_SPLICED_BYTES_OUT: 30, // h1_spliced_bytes_out
  COUNT: 31,
} as const;

/** What a frontend's status column says. */
export const FrontendStatus = { OPEN: 0, FULL: 1, STOP: 2, PAUSED: 3 } as const;

/** The shared numbers of a frontend. */
export class FrontendState {
  readonly counters: CounterBlock;
  /** Sessions now (scur), and the most there were (smax). */
  readonly sessions: Gauge;
  readonly sessionsMax: Gauge;
  /** `maxconn`: sessions that may run at once (slim). */
  readonly sessionsLimit: Gauge;
  /** `rate-limit sessions`; 0 is no limit (rate_lim). */
  readonly sessionRateLimit: Gauge;
  readonly status: Gauge;
  readonly h1Connections: Gauge;
  readonly h1Streams: Gauge;
  readonly connectionRate: Rate;
  readonly sessionRate: Rate;
  readonly requestRate: Rate;

  constructor(memory: SharedMemory) {
    this.counters = new CounterBlock(memory, FrontendCounter.COUNT);
    this.sessions = new Gauge(memory, true);
    this.sessionsMax = new Gauge(memory);
    this.sessionsLimit = new Gauge(memory);
    this.sessionRateLimit = new Gauge(memory);
    this.status = new Gauge(memory);
    this.h1Connections = new Gauge(memory);
    this.h1Streams = new Gauge(memory);
    this.connectionRate = new Rate(memory);
    this.sessionRate = new Rate(memory);
    this.requestRate = new Rate(memory);
  }

  /**
   * Counts a session that starts.
   *
   * @hot
   */
  sessionStarted(nowMs: number): void {
    this.counters.values[FrontendCounter.SESSIONS]! += 1;
    this.sessionsMax.raise(this.sessions.add(1));
    this.sessionRate.add(nowMs);
  }

  /** @hot */
  sessionEnded(): void {
    this.sessions.add(-1);
  }

  /**
   * Counts a final response by the class of its status.
   *
   * @hot
   */
  responded(status: number): void {
    const kind = Math.floor(status / 100);
    const index = kind >= 1 && kind <= 5 ? kind : 0;
    this.counters.values[FrontendCounter.RESPONSES_OTHER + index]! += 1;
  }

  /** `clear counters`: forgets the highest values. */
  clearPeaks(): void {
    this.sessionsMax.set(this.sessions.get());
    this.connectionRate.clearMax();
    this.sessionRate.clearMax();
    this.requestRate.clearMax();
  }

  /** `clear counters all`. */
  clear(): void {
    this.clearPeaks();
    this.counters.clear();
  }
}
