import type { Thread } from "../net/thread.ts";
import { ServerCheck, type ServerCheckSettings, type Spread } from "./server-check.ts";
import type { CheckTuning } from "./tuning-part.ts";

/** First checks are spread over a second at least, however short the intervals are. */
const FIRST_SPREAD_MIN_MS = 1000;

/** All checks of the process. They run on its first thread. */
export class HealthChecks {
  readonly #checks: readonly ServerCheck[];
  readonly #spreadMaxMs: number;

  constructor(thread: Thread, settings: readonly ServerCheckSettings[], tuning: CheckTuning) {
    const spread: Spread = (intervalMs) =>
      intervalMs + Math.round(intervalMs * (tuning.spreadPercent / 100) * (2 * Math.random() - 1));
    this.#checks = settings.map((each) => new ServerCheck(thread, each, spread));
    for (const check of this.#checks) {
      const { server, record } = check.settings;
      if (record === server.check) server.hastenCheck = () => check.hasten();
    }
    this.#spreadMaxMs = tuning.firstSpreadMaxMs;
  }

  /** Checks in all. */
  get count(): number {
    return this.#checks.length;
  }

  /** Starts them, evenly spread over their intervals so that they never come all at once. */
  start(): void {
    for (const [index, check] of this.#checks.entries()) {
      const { intervalMs, pausesInMaintenance } = check.settings;
      // Agents are few, and say what nobody else can: they are asked within their own interval.
      const interval = pausesInMaintenance ? Math.max(intervalMs, FIRST_SPREAD_MIN_MS) : intervalMs;
      const span = this.#spreadMaxMs === 0 ? interval : Math.min(interval, this.#spreadMaxMs);
      check.start(Math.floor((span * index) / this.#checks.length));
    }
  }

  stop(): void {
    for (const check of this.#checks) check.stop();
  }
}
