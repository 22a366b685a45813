import { definePart } from "../config/part.ts";
import type { ProfilingMode } from "../loop/event-loop.ts";

/** What the global section says of the process itself. */
export const PROCESS = definePart("process", () => ({
  isDaemon: false,
  /** `master-worker`. */
  isMaster: false,
  /** `master-worker no-exit-on-failure`: the master goes on when a worker is lost. */
  keepsMaster: false,
  /** `mworker-max-reloads`; -1 for no limit. */
  reloadsMax: -1,
  /** `set-dumpable`: the kernel may write core files, also after a change of user. */
  isDumpable: false,
  /** `insecure-setuid-wanted`: programs that checks start may gain privileges. */
  mayGainPrivileges: false,
  isQuiet: false,
  isDebug: false,
  /** `zero-warning`: a warning keeps the process from starting. */
  warningsAreFatal: false,
  /** `strict-limits`: limits that cannot be had keep the process from starting. */
  limitsAreStrict: true,
  /** The empty text without one. */
  pidFile: "",
  chroot: "",
  /** -1 without one. */
  userId: -1,
  groupId: -1,
  /** `nbthread`; one is run so far. */
  threads: 1,
  /** `thread-group`: the threads of the one group; null where they are not said. */
  groupThreads: null as readonly number[] | null,
  /** The empty text for the host's name. */
  node: "",
  /** `hard-stop-after`; 0 for never. */
  hardStopAfterMs: 0,
  /** `grace`: how long listeners stay open once a soft stop was asked for. */
  graceMs: 0,
  /** `close-spread-time`, in milliseconds; 0 for at once, infinity for never. */
  closeSpreadMs: 0,
  /** `maxconn`; 0 for what the descriptors allow. */
  connectionsMax: 0,
  /** `ulimit-n`; 0 for what the connections need. */
  descriptorsMax: 0,
  /** `maxconnrate`, `maxsessrate`, `maxsslrate`: a second; 0 for no limit. */
  connectionRateMax: 0,
  sessionRateMax: 0,
  tlsRateMax: 0,
  /** `fd-hard-limit`; 0 for none. */
  descriptorsCeiling: 0,
}));

/** What the global section says of memory and turns. */
export const TUNING = definePart("tuning", () => ({
  /** `tune.bufsize`, in bytes. */
  bufferSize: 16384,
  /** `tune.maxrewrite`, in bytes. */
  rewriteSize: 1024,
  /** `tune.http.maxhdr`: lines of a head. */
  headLinesMax: 101,
  /** `tune.maxaccept`: connections accepted a turn by each listener. */
  acceptMax: 4,
  /** `maxpipes`; -1 for as many as the descriptors allow. */
  pipesMax: -1,
  /** `tune.rcvbuf.client`, `tune.sndbuf.client`, `tune.rcvbuf.server`, `tune.sndbuf.server`, in bytes; 0: the system's. */
  clientReceiveBufferSize: 0,
  clientSendBufferSize: 0,
  serverReceiveBufferSize: 0,
  serverSendBufferSize: 0,
  /** `tune.maxpollevents`: events handled a turn; 0 for as many as there is room for. */
  eventsMax: 0,
  /** `tune.pipesize`, in bytes; 0 for what is sensible. */
  pipeSize: 0,
  /** `tune.buffers.limit`; 0 for what the connections need. */
  buffersMax: 0,
  /** `tune.http.logurilen`: characters of a request line in the log. */
  logLineSizeMax: 1023,
  /** `tune.http.cookielen`: bytes of a captured cookie, its name included. */
  cookieCaptureSizeMax: 63,
  /** False after `noreuseport`. */
  reusesPort: true,
  /** `cpu-map`: processors of the thread; empty for any. */
  processors: [] as readonly number[],
  /** `profiling.tasks`: when work is measured; not at all unless it is asked for, as it takes time. */
  profiling: "off" as ProfilingMode,
  /** False after `nosplice`. */
  splices: true,
}));
