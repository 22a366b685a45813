import { CounterBlock } from "./counter-block.ts";
import { Gauge } from "./gauge.ts";
import { Rate } from "./rate.ts";
import type { SharedMemory } from "./shared-memory.ts";
import { TimeAverages } from "./time-averages.ts";

/** Counters of a backend; the comment names the column of `show stat`. */
export const BackendCounter = {
  SESSIONS: 0, // stot
  BYTES_IN: 1, // bin
  BYTES_OUT: 2, // bout
  DENIED_REQUESTS: 3, // dreq
  DENIED_RESPONSES: 4, // dresp
  CONNECTION_ERRORS: 5, // econ
  RESPONSE_ERRORS: 6, // eresp
  RETRIES: 7, // wretr
  REDISPATCHES: 8, // wredis
  DOWN_TRANSITIONS: 9, // chkdown
  CHOSEN: 10, // lbtot
  REQUESTS: 11, // req_tot
  RESPONSES_OTHER: 12, // hrsp_other
  RESPONSES_1XX: 13, // hrsp_1xx; the next four classes follow in order
  RESPONSES_2XX: 14,
  RESPONSES_3XX: 15,
  RESPONSES_4XX: 16,
  RESPONSES_5XX: 17,
  CLIENT_ABORTS: 18, // cli_abrt
  SERVER_ABORTS: 19, // srv_abrt
  COMPRESSION_IN: 20, // comp_in
  COMPRESSION_OUT: 21, // comp_out
  COMPRESSION_BYPASSED: 22, // comp_byp
  COMPRESSED_RESPONSES: 23, // comp_rsp
  FAILED_REWRITES: 24, // wrew
  CONNECTIONS: 25, // connect
  REUSES: 26, // reuse
  CACHE_LOOKUPS: 27, // cache_lookups
  CACHE_HITS: 28, // cache_hits
  INTERNAL_ERRORS: 29, // eint
  LAST_SESSION_MS: 30, // lastsess: when, not how many; read it with highest()
  H1_CONNECTIONS: 31, // h1_total_connections
  H1_STREAMS: 32, // h1_total_streams
  H1_BYTES_IN: 33, // h1_bytes_in
  H1_BYTES_OUT: 34, // h1_bytes_out
  H1_SPLICED_BYTES_IN: 35, // h1_spliced_bytes_in
  H1_SPLICED_BYTES_OUT: 36, // h1_spliced_bytes_out
  COUNT: 37,
} as const;

/** The shared numbers of a backend. */
export class BackendState {
  readonly counters: CounterBlock;
  /** Streams now (scur), and the most there were (smax). */
  readonly sessions: Gauge;
  readonly sessionsMax: Gauge;
  /** `fullconn`: the load at which servers take their full `maxconn` (slim). */
  readonly fullLoad: Gauge;
  /** Streams that wait for any server (qcur), and the most there were (qmax). */
  readonly queued: Gauge;
  readonly queuedMax: Gauge;
  /** Usable servers that are not backups (act), and backups (bck). */
  readonly activeServers: Gauge;
  readonly backupServers: Gauge;
  /** Their weight together (weight), and before slow start (uweight). */
  readonly weight: Gauge;
  readonly userWeight: Gauge;
  /** 1 once at least one server is usable, or there is none to wait for. */
  readonly isUp: Gauge;
  /** Rises with each change of a server's state or weight: threads then look again. */
  readonly changes: Gauge;
  readonly h1Connections: Gauge;
  readonly h1Streams: Gauge;
  readonly sessionRate: Rate;
  readonly times: TimeAverages;
  /** Cells that only the thread which changes a server's state writes. */
  readonly #moments: Float64Array;

  constructor(memory: SharedMemory) {
    this.counters = new CounterBlock(memory, BackendCounter.COUNT);
    this.sessions = new Gauge(memory, true);
    this.sessionsMax = new Gauge(memory);
    this.fullLoad = new Gauge(memory);
    this.queued = new Gauge(memory, true);
    this.queuedMax = new Gauge(memory);
    this.activeServers = new Gauge(memory);
    this.backupServers = new Gauge(memory);
    this.weight = new Gauge(memory);
    this.userWeight = new Gauge(memory);
    this.isUp = new Gauge(memory);
    this.changes = new Gauge(memory);
    this.h1Connections = new Gauge(memory);
    this.h1Streams = new Gauge(memory);
    this.sessionRate = new Rate(memory);
    this.times = new TimeAverages(memory);
    this.#moments = memory.numbers(memory.take(16, 8), 2);
  }

  /** When it last went up or down, in milliseconds of the loop's clock (lastchg). */
  get changedMs(): number {
    return this.#moments[0]!;
  }

  set changedMs(nowMs: number) {
    this.#moments[0] = nowMs;
  }

  /** How long it was down, without the time since the last change. */
  get downtimeMs(): number {
    return this.#moments[1]!;
  }

  set downtimeMs(ms: number) {
    this.#moments[1] = ms;
  }

  /** Seconds down in all, the present outage included (downtime). */
  downtimeSeconds(nowMs: number): number {
    const present = this.isUp.get() === 0 ? nowMs - this.changedMs : 0;
    return Math.floor((this.downtimeMs + present) / 1000);
  }

  /** Seconds since a stream last got a server, or -1 (lastsess). */
  lastSessionSeconds(nowMs: number): number {
    const last = this.counters.highest(BackendCounter.LAST_SESSION_MS);
    return last === 0 ? -1 : Math.floor((nowMs - last) / 1000);
  }

  /**
   * Counts a stream that enters the backend.
   *
   * @hot
   */
  sessionStarted(nowMs: number): void {
    this.counters.values[BackendCounter.SESSIONS]! += 1;
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
    this.counters.values[BackendCounter.RESPONSES_OTHER + index]! += 1;
  }

  /** `clear counters`: forgets the highest values. */
  clearPeaks(): void {
    this.sessionsMax.set(this.sessions.get());
    this.queuedMax.set(this.queued.get());
    this.sessionRate.clearMax();
    this.times.clearLongest();
  }

  /** `clear counters all`. */
  clear(): void {
    const lastSessionMs = this.counters.highest(BackendCounter.LAST_SESSION_MS);
    this.clearPeaks();
    this.counters.clear();
    this.times.clear();
    this.counters.values[BackendCounter.LAST_SESSION_MS] = lastSessionMs;
  }
}
