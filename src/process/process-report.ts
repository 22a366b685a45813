import type { Engine } from "../proxy/engine.ts";
import type { InfoValues } from "../stats/info-fields.ts";
import { type ProcessFacts, processInfo } from "../stats/process-info.ts";
import { ProxyTable } from "../stats/proxy-table.ts";
import type { StatsSource } from "../stats/stats-page.ts";

/** How long a measure of idleness counts: asked for more often, the last one is given again. */
const IDLE_SPAN_MS = 500;

/** What statistics pages and the runtime API tell of the process. */
export class ProcessReport implements StatsSource {
  /** All proxies; set once they are compiled. */
  table = new ProxyTable([]);
  readonly facts: ProcessFacts;
  readonly #engine: Engine;
  #idlePercent = 100;
  #measuredMs: number;
  #measuredSleepMs = 0;

  constructor(engine: Engine, facts: ProcessFacts) {
    this.#engine = engine;
    this.facts = facts;
    this.#measuredMs = facts.startMs;
  }

  nowMs(): number {
    return this.#engine.loop.nowMs;
  }

  info(): InfoValues {
    const { loop, thread, process } = this.#engine;
    const { buffers, pipes } = thread;
    process.pipesUsed.set(pipes.lentCount);
    process.pipesFree.set(pipes.keptCount);
    return processInfo(process, this.facts, {
      nowMs: loop.nowMs,
      bufferBytes: buffers.peakCount * buffers.bufferSize,
      bufferBytesUsed: buffers.takenCount * buffers.bufferSize,
      bufferFailures: buffers.failedCount,
      tasks: loop.tasksCount,
      idlePercent: this.#idle(),
      watched: loop.watchedCount,
    });
  }

  /** Share of the time since it was last measured that the loop slept, in percent. */
  #idle(): number {
    const { nowMs, sleptMs } = this.#engine.loop;
    const spanMs = nowMs - this.#measuredMs;
    if (spanMs < IDLE_SPAN_MS) return this.#idlePercent;
    const share = (sleptMs - this.#measuredSleepMs) / spanMs;
    this.#idlePercent = Math.max(0, Math.min(100, Math.round(share * 100)));
    this.#measuredMs = nowMs;
    this.#measuredSleepMs = sleptMs;
    return this.#idlePercent;
  }
}
