import type { ResourceLimit } from "../sys/limits.ts";

/** Descriptors besides traffic: standard streams, epoll, Bun's loop and its own files, logs. */
const DESCRIPTORS_RESERVED = 40;
/** A connection has a client's side and a server's. */
const DESCRIPTORS_PER_CONNECTION = 2;
const DESCRIPTORS_PER_PIPE = 2;
/** What is assumed where the system sets no bound, so that memory has one. */
const DESCRIPTORS_CEILING = 1_048_576;
const CONNECTIONS_MIN = 100;
const MEGABYTE = 1024 * 1024;
/** A connection whose both buffers are in use, and its objects, in bytes besides the buffers. */
const CONNECTION_OVERHEAD = 4096;
const BUFFERS_PER_CONNECTION = 2;
const BUFFERS_MIN = 256;
/** Fewer would let connections wait for each other. */
const BUFFERS_FEWEST = 8;
/** Bodies that are spliced at the same time, as a rule; a pipe costs two descriptors. */
const PIPES_USUAL = 500;
/** The share of the descriptors that pipes may take unasked. */
const PIPES_SHARE = 1 / 16;
/** Buffers share one region of memory of less than 2 GiB, of which some is kept for other uses. */
const BUFFER_MEMORY_MAX = 1024 * MEGABYTE;

/** What the operator asked for; 0 where nothing was said. */
export interface LimitWishes {
  readonly connectionsMax: number;
  /** `ulimit-n`. */
  readonly descriptorsMax: number;
  /** `fd-hard-limit`. */
  readonly descriptorsCeiling: number;
  /** `-m`. */
  readonly memoryMegabytes: number;
  /** `tune.buffers.limit`. */
  readonly buffersMax?: number;
}

/** What the configuration needs besides connections. */
export interface FixedNeeds {
  readonly listeners: number;
  readonly checkedServers: number;
  /** Pipes that may be kept for splicing; -1 for as many as is sensible. */
  readonly pipes: number;
  readonly bufferSize: number;
}

/** The bounds that the process runs with. */
export interface Limits {
  readonly connectionsMax: number;
  /** What the descriptor limit is set to. */
  readonly descriptorsMax: number;
  readonly buffersMax: number;
  readonly pipesMax: number;
}

/** Derives every bound from what was asked for and what the system grants. */
export function planLimits(wishes: LimitWishes, needs: FixedNeeds, system: ResourceLimit): Limits {
  const fixed = DESCRIPTORS_RESERVED + needs.listeners + needs.checkedServers;
  const asked = wishes.connectionsMax;
  const pipesMax = needs.pipes !== -1 ? needs.pipes : usualPipes(asked, fixed, system);
  const withPipes = fixed + DESCRIPTORS_PER_PIPE * pipesMax;
  const connectionsMax = asked || grantedConnections(wishes, needs, system, withPipes);
  const needed = withPipes + DESCRIPTORS_PER_CONNECTION * connectionsMax;
  return {
    connectionsMax,
    // Connections that were asked for must be granted; a number of our own fits what there is.
    descriptorsMax: wishes.descriptorsMax || (asked > 0 ? needed : Math.min(needed, system.hard)),
    buffersMax: plannedBuffers(connectionsMax, wishes, needs),
    pipesMax,
  };
}

/** Pipes where nobody asked for a number: a share of the descriptors, and never at the cost of connections. */
function usualPipes(connectionsAsked: number, fixed: number, system: ResourceLimit): number {
  const share = Math.floor(system.hard * PIPES_SHARE);
  const left = system.hard - fixed - DESCRIPTORS_PER_CONNECTION * connectionsAsked;
  const spare = Math.max(0, Math.floor(left / DESCRIPTORS_PER_PIPE));
  return Math.min(PIPES_USUAL, share, spare);
}

/** As many connections as descriptors and memory allow. */
function grantedConnections(
  wishes: LimitWishes,
  needs: FixedNeeds,
  system: ResourceLimit,
  fixed: number,
): number {
  const ceiling = wishes.descriptorsCeiling || DESCRIPTORS_CEILING;
  const descriptors = Math.min(wishes.descriptorsMax || system.hard, ceiling);
  const byDescriptors = Math.floor((descriptors - fixed) / DESCRIPTORS_PER_CONNECTION);
  const byMemory =
    wishes.memoryMegabytes === 0
      ? Number.POSITIVE_INFINITY
      : Math.floor(
          (wishes.memoryMegabytes * MEGABYTE) /
            (BUFFERS_PER_CONNECTION * needs.bufferSize + CONNECTION_OVERHEAD),
        );
  return Math.max(CONNECTIONS_MIN, Math.min(byDescriptors, byMemory));
}

function plannedBuffers(connectionsMax: number, wishes: LimitWishes, needs: FixedNeeds): number {
  const memory =
    wishes.memoryMegabytes === 0
      ? BUFFER_MEMORY_MAX
      : Math.min(wishes.memoryMegabytes * MEGABYTE, BUFFER_MEMORY_MAX);
  const byMemory = Math.floor(memory / needs.bufferSize);
  const wanted = Math.max(BUFFERS_MIN, BUFFERS_PER_CONNECTION * connectionsMax);
  const asked = wishes.buffersMax || Number.POSITIVE_INFINITY;
  return Math.max(BUFFERS_FEWEST, Math.min(wanted, byMemory, asked));
}
