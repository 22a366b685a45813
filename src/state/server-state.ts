import { CheckState } from "./check-state.ts";
import { CounterBlock } from "./counter-block.ts";
import { Gauge } from "./gauge.ts";
import { Rate } from "./rate.ts";
import type { SharedMemory } from "./shared-memory.ts";
import { TimeAverages } from "./time-averages.ts";

/** Counters of a server; the comment names the column of `show stat`. */
export const ServerCounter = {
  SESSIONS: 0, // stot
  BYTES_IN: 1, // bin
  BYTES_OUT: 2, // bout
  DENIED_RESPONSES: 3, // dresp
  CONNECTION_ERRORS: 4, // econ
  RESPONSE_ERRORS: 5, // eresp
  RETRIES: 6, // wretr
  REDISPATCHES: 7, // wredis
  CHECKS_FAILED: 8, // chkfail
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
  FAILED_REWRITES: 20, // wrew
  CONNECTIONS: 21, // connect
  REUSES: 22, // reuse
  INTERNAL_ERRORS: 23, // eint
  LAST_SESSION_MS: 24, // lastsess: when, not how many; read it with highest()
  OBSERVED_FAILURES: 25, // hanafail
  COUNT: 26,
} as const;

/** The shared numbers of a server. Its states are changed by the methods of `Server` only. */
export class ServerState {
  readonly counters: CounterBlock;
  /** Streams that hold a slot now (scur), and the most there were (smax). */
  readonly sessions: Gauge;
  readonly sessionsMax: Gauge;
  /** `maxconn`; 0 is no limit (slim). The runtime API changes it. */
  readonly sessionsLimit: Gauge;
  /** Streams that wait for this server (qcur), and the most there were (qmax). */
  readonly queued: Gauge;
  readonly queuedMax: Gauge;
  /** Idle connections that are kept (srv_icur), safe and unsafe to reuse for anyone. */
  readonly idleConnections: Gauge;
  readonly idleSafeConnections: Gauge;
  /** Connections in use (used_conn_cur), and the recent highest (need_conn_est). */
  readonly usedConnections: Gauge;
  readonly neededConnections: Gauge;
  /** What the configuration or the operator wants, 0 to 256 (uweight). */
  readonly userWeight: Gauge;
  /** What the configuration says: percentages relate to it. */
  readonly initialWeight: Gauge;
  /** Flags of `Administrative`: why the operator keeps it out. */
  readonly administrative: Gauge;
  /** An `Operational`: what checks found. */
  readonly operational: Gauge;
  /** What its check found, and what its agent says. */
  readonly check: CheckState;
  readonly agent: CheckState;
  readonly sessionRate: Rate;
  readonly times: TimeAverages;
  /** Cells that only the thread which changes the server's state writes. */
  readonly #moments: Float64Array;

  constructor(memory: SharedMemory) {
    this.counters = new CounterBlock(memory, ServerCounter.COUNT);
    this.sessions = new Gauge(memory, true);
    this.queued = new Gauge(memory, true);
    this.sessionsMax = new Gauge(memory);
    this.sessionsLimit = new Gauge(memory);
    this.queuedMax = new Gauge(memory);
    this.idleConnections = new Gauge(memory);
    this.idleSafeConnections = new Gauge(memory);
    this.usedConnections = new Gauge(memory);
    this.neededConnections = new Gauge(memory);
    this.userWeight = new Gauge(memory);
    this.initialWeight = new Gauge(memory);
    this.administrative = new Gauge(memory);
    this.operational = new Gauge(memory);
    this.check = new CheckState(memory);
    this.agent = new CheckState(memory);
    this.sessionRate = new Rate(memory);
    this.times = new TimeAverages(memory);
    this.#moments = memory.numbers(memory.take(24, 8), 3);
  }

  /** When it last went up or down, in milliseconds of the loop's clock (lastchg). */
  get changedMs(): number {
    return this.#moments[0]!;
  }

  set changedMs(nowMs: number) {
    this.#moments[0] = nowMs;
  }

  /** When it last came back and began to rise (`slowstart`); 0 while it never did. */
  get riseStartMs(): number {
    return this.#moments[2]!;
  }

  set riseStartMs(nowMs: number) {
    this.#moments[2] = nowMs;
  }

  /** How long it was down, without the time since the last change. */
  get downtimeMs(): number {
    return this.#moments[1]!;
  }

  set downtimeMs(ms: number) {
    this.#moments[1] = ms;
  }

  /** Seconds since a stream last got this server, or -1 (lastsess). */
  lastSessionSeconds(nowMs: number): number {
    const last = this.counters.highest(ServerCounter.LAST_SESSION_MS);
    return last === 0 ? -1 : Math.floor((nowMs - last) / 1000);
  }

  /**
   * Counts a final response by the class of its status.
   *
   * @hot
   */
  responded(status: number): void {
    const kind = Math.floor(status / 100);
    const index = kind >= 1 && kind <= 5 ? kind : 0;
    this.counters.values[ServerCounter.RESPONSES_OTHER + index]! += 1;
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
    const lastSessionMs = this.counters.highest(ServerCounter.LAST_SESSION_MS);
    this.clearPeaks();
    this.counters.clear();
    this.times.clear();
    this.counters.values[ServerCounter.LAST_SESSION_MS] = lastSessionMs;
  }
}
