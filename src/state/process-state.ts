import { CounterBlock } from "./counter-block.ts";
import { Gauge } from "./gauge.ts";
import { Rate } from "./rate.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** Counters of the process; the comment names the line of `show info`. */
export const ProcessCounter = {
  CONNECTIONS: 0, // CumConns
  REQUESTS: 1, // CumReq
  TLS_CONNECTIONS: 2, // CumSslConns
  TLS_CACHE_LOOKUPS: 3, // SslCacheLookups
  TLS_CACHE_MISSES: 4, // SslCacheMisses
  BYTES_OUT: 5, // TotalBytesOut
  SPLICED_BYTES_OUT: 6, // TotalSplicdedBytesOut
  DROPPED_LOGS: 7, // DroppedLogs
  RECEIVED_LOGS: 8, // CumRecvLogs
  FAILED_RESOLUTIONS: 9, // FailedResolutions
  DEBUG_COMMANDS: 10, // DebugCommandsIssued
  COUNT: 11,
} as const;

/** The shared numbers of the whole process. */
export class ProcessState {
  readonly counters: CounterBlock;
  /** Client connections now, counted against the global `maxconn` (CurrConns). */
  readonly connections: Gauge;
  /** Global `maxconn` (Maxconn), and what it was at the start (Hard_maxconn). */
  readonly connectionsLimit: Gauge;
  readonly connectionsLimitAtStart: Gauge;
  readonly tlsConnections: Gauge;
  readonly pipesUsed: Gauge;
  readonly pipesFree: Gauge;
  /** What keeps the process alive: listeners, connections, checks (Jobs). */
  readonly jobs: Gauge;
  readonly unstoppableJobs: Gauge;
  readonly listeners: Gauge;
  readonly activePeers: Gauge;
  readonly connectedPeers: Gauge;
  /** 1 once a soft stop has begun (Stopping). */
  readonly isStopping: Gauge;
  readonly connectionRateLimit: Gauge;
  readonly sessionRateLimit: Gauge;
  readonly tlsRateLimit: Gauge;
  readonly connectionRate: Rate;
  readonly sessionRate: Rate;
  readonly tlsRate: Rate;
  readonly bytesOutRate: Rate;

  constructor(memory: SharedMemory) {
    this.counters = new CounterBlock(memory, ProcessCounter.COUNT);
    this.connections = new Gauge(memory, true);
    this.connectionsLimit = new Gauge(memory);
    this.connectionsLimitAtStart = new Gauge(memory);
    this.tlsConnections = new Gauge(memory);
    this.pipesUsed = new Gauge(memory);
    this.pipesFree = new Gauge(memory);
    this.jobs = new Gauge(memory);
    this.unstoppableJobs = new Gauge(memory);
    this.listeners = new Gauge(memory);
    this.activePeers = new Gauge(memory);
    this.connectedPeers = new Gauge(memory);
    this.isStopping = new Gauge(memory);
    this.connectionRateLimit = new Gauge(memory);
    this.sessionRateLimit = new Gauge(memory);
    this.tlsRateLimit = new Gauge(memory);
    this.connectionRate = new Rate(memory);
    this.sessionRate = new Rate(memory);
    this.tlsRate = new Rate(memory);
    this.bytesOutRate = new Rate(memory);
  }

  /** `clear counters`: forgets the highest values. */
  clearPeaks(): void {
    this.connectionRate.clearMax();
    this.sessionRate.clearMax();
    this.tlsRate.clearMax();
    this.bytesOutRate.clearMax();
  }
}
