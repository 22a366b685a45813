import type { ProfilingMode } from "../loop/event-loop.ts";
import type { ProfileRow } from "../loop/profiler.ts";

/** A pool of memory or of objects that are used again. */
export interface PoolSummary {
  readonly name: string;
  /** Bytes of each; 0 for objects, whose size the engine keeps to itself. */
  readonly size: number;
  readonly allocated: number;
  readonly used: number;
  /** How often nothing was left. */
  readonly failures: number;
}

/** A descriptor that the event loop watches. */
export interface DescriptorSummary {
  readonly fd: number;
  /** Bits of `Epoll` that it is watched for; -1 where only its handler knows. */
  readonly mask: number;
  readonly owner: string;
  /** What else is known, as `name=value` words. */
  readonly facts: string;
}

/** What commands tell of the inside of the process, for developers. */
export interface ActivityOfProcess {
  /** Counters by name, in the order in which they are shown. */
  counters(): readonly (readonly [name: string, value: string | number])[];
  pools(): readonly PoolSummary[];
  descriptors(): Iterable<DescriptorSummary>;
  readonly profiling: ProfilingMode;
  /** Is work measured now? */
  readonly isProfiling: boolean;
  setProfiling(mode: ProfilingMode): void;
  profile(): readonly ProfileRow[];
}
