import { ProcessCounter as Counter, type ProcessState } from "../state/process-state.ts";
import type { InfoValues } from "./info-fields.ts";

/** What does not change while the process runs. */
export interface ProcessFacts {
  /** The version whose behaviour the program has, which tools are told: `2.6.12`. */
  readonly version: string;
  readonly releaseDate: string;
  /** Sluice's own version. */
  readonly ownVersion: string;
  readonly pid: number;
  readonly threads: number;
  readonly node: string;
  /** Empty when the configuration has none. */
  readonly description: string;
  readonly descriptorsMax: number;
  readonly pipesMax: number;
  /** `-m`; 0 without one. */
  readonly memoryMegabytes: number;
  /** Wall clock of the start, in milliseconds. */
  readonly startDateMs: number;
  /** The loop's clock at the start. */
  readonly startMs: number;
}

/** What is measured at the moment of asking. */
export interface ProcessMoment {
  readonly nowMs: number;
  /** Bytes of buffers that were ever lent, and that are lent now. */
  readonly bufferBytes: number;
  readonly bufferBytesUsed: number;
  /** How often no buffer was left to lend. */
  readonly bufferFailures: number;
  /** Tasks that wait for their turn. */
  readonly tasks: number;
  /** Share of the last second asleep, 0 to 100. */
  readonly idlePercent: number;
  /** Descriptors that the loop watches. */
  readonly watched: number;
}

const MEGABYTE = 1024 * 1024;

/** Gathers the values of `show info`. */
export function processInfo(
  state: ProcessState,
  facts: ProcessFacts,
  moment: ProcessMoment,
): InfoValues {
  const exactSeconds = (moment.nowMs - facts.startMs) / 1000;
  const seconds = Math.floor(exactSeconds);
  return {
    Name: "HAProxy",
    Version: facts.version,
    Release_date: facts.releaseDate,
    Nbthread: facts.threads,
    Nbproc: 1,
    Process_num: 1,
    Pid: facts.pid,
    Uptime: uptimeText(seconds),
    Uptime_sec: exactSeconds,
    Memmax_MB: facts.memoryMegabytes,
    PoolAlloc_MB: Math.floor(moment.bufferBytes / MEGABYTE),
    PoolUsed_MB: Math.floor(moment.bufferBytesUsed / MEGABYTE),
    PoolFailed: moment.bufferFailures,
    "Ulimit-n": facts.descriptorsMax,
    Maxsock: facts.descriptorsMax,
    ...connectionValues(state, moment.nowMs),
    ...TLS_AND_COMPRESSION,
    Maxpipes: facts.pipesMax,
    PipesUsed: state.pipesUsed.get(),
    PipesFree: state.pipesFree.get(),
    Tasks: moment.watched,
    Run_queue: moment.tasks,
    Idle_pct: moment.idlePercent,
    node: facts.node,
    description: facts.description === "" ? undefined : facts.description,
    Stopping: state.isStopping.get(),
    // What keeps the process from ending: listening sockets, and connections.
    Jobs: state.jobs.get() + state.connections.get(),
    "Unstoppable Jobs": state.unstoppableJobs.get(),
    Listeners: state.listeners.get(),
    ActivePeers: state.activePeers.get(),
    ConnectedPeers: state.connectedPeers.get(),
    DroppedLogs: state.counters.total(Counter.DROPPED_LOGS),
    BusyPolling: 0,
    FailedResolutions: state.counters.total(Counter.FAILED_RESOLUTIONS),
    DebugCommandsIssued: state.counters.total(Counter.DEBUG_COMMANDS),
    CumRecvLogs: state.counters.total(Counter.RECEIVED_LOGS),
    "Build info": facts.version,
    Memmax_bytes: facts.memoryMegabytes * MEGABYTE,
    PoolAlloc_bytes: moment.bufferBytes,
    PoolUsed_bytes: moment.bufferBytesUsed,
    Start_time_sec: facts.startDateMs / 1000,
    Tainted: "0",
    Sluice: facts.ownVersion,
  };
}

function connectionValues(state: ProcessState, nowMs: number): InfoValues {
  return {
    Maxconn: state.connectionsLimit.get(),
    Hard_maxconn: state.connectionsLimitAtStart.get(),
    CurrConns: state.connections.get(),
    CumConns: state.counters.total(Counter.CONNECTIONS),
    CumReq: state.counters.total(Counter.REQUESTS),
    ConnRate: state.connectionRate.value(nowMs),
    ConnRateLimit: state.connectionRateLimit.get(),
    MaxConnRate: state.connectionRate.max,
    SessRate: state.sessionRate.value(nowMs),
    SessRateLimit: state.sessionRateLimit.get(),
    MaxSessRate: state.sessionRate.max,
    CurrSslConns: state.tlsConnections.get(),
    CumSslConns: state.counters.total(Counter.TLS_CONNECTIONS),
    SslRate: state.tlsRate.value(nowMs),
    SslRateLimit: state.tlsRateLimit.get(),
    MaxSslRate: state.tlsRate.max,
    SslCacheLookups: state.counters.total(Counter.TLS_CACHE_LOOKUPS),
    SslCacheMisses: state.counters.total(Counter.TLS_CACHE_MISSES),
    TotalBytesOut: state.counters.total(Counter.BYTES_OUT),
    TotalSplicdedBytesOut: state.counters.total(Counter.SPLICED_BYTES_OUT),
    BytesOutRate: state.bytesOutRate.value(nowMs),
  };
}

/** What TLS and compression would count: neither exists yet, so the numbers are true. */
const TLS_AND_COMPRESSION: InfoValues = {
  MaxSslConns: 0,
  SslFrontendKeyRate: 0,
  SslFrontendMaxKeyRate: 0,
  SslFrontendSessionReuse_pct: 0,
  SslBackendKeyRate: 0,
  SslBackendMaxKeyRate: 0,
  CompressBpsIn: 0,
  CompressBpsOut: 0,
  CompressBpsRateLim: 0,
};

/** Prints `1d 2h03m04s`. */
function uptimeText(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = two(Math.floor((seconds % 3600) / 60));
  return `${Math.floor(seconds / 86_400)}d ${hours}h${minutes}m${two(seconds % 60)}s`;
}
