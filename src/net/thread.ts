import { EventLoop, type LoopClock } from "../loop/event-loop.ts";
import type { TimerWheel } from "../loop/timer-wheel.ts";
import type { Region } from "../sys/region.ts";
import { BufferPool } from "./buffer-pool.ts";
import { PipePool } from "./pipe-pool.ts";

/** What sizes a thread's memory, from the configuration. */
export interface ThreadTuning {
  /** `tune.bufsize`, in bytes. */
  readonly bufferSize: number;
  /** `tune.maxrewrite`, in bytes: the end of a buffer that a head's edits may use. */
  readonly rewriteSize: number;
  /** Buffers that may be lent at once. */
  readonly buffersMax: number;
  /** Pipes kept for splicing (`maxpipes`). */
  readonly pipesMax: number;
  /** What a pipe should hold, in bytes (`tune.pipesize`); as much as is sensible unless said. */
  readonly pipeSize?: number | undefined;
}

/** The tuning that the reference starts with. */
export const DEFAULT_TUNING: ThreadTuning = {
  bufferSize: 16384,
  rewriteSize: 1024,
  buffersMax: 16384,
  pipesMax: 500,
};

/** Everything that one thread owns and shares with no other. */
export class Thread {
  /** Number of the thread, from 0. */
  readonly id: number;
  readonly loop: EventLoop;
  readonly wheel: TimerWheel;
  readonly tuning: ThreadTuning;
  readonly buffers: BufferPool;
  readonly region: Region;
  readonly pipes: PipePool;

  /** @param clock - See {@link EventLoop}. */
  constructor(id: number, tuning: ThreadTuning = DEFAULT_TUNING, clock?: LoopClock) {
    this.id = id;
    this.loop = new EventLoop(clock);
    this.wheel = this.loop.wheel;
    this.tuning = tuning;
    this.buffers = new BufferPool(tuning.bufferSize, tuning.buffersMax);
    this.region = this.buffers.region;
    this.pipes = new PipePool(tuning.pipesMax, tuning.pipeSize);
  }
}
