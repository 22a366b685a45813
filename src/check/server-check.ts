import type { Server } from "../balance/server.ts";
import type { CheckReport } from "../balance/server-health.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { Thread } from "../net/thread.ts";
import type { CheckRun, CheckTarget, Finding, ProbePlan } from "./probe.ts";

/** How one server is checked, or its agent asked. */
export interface ServerCheckSettings extends CheckTarget {
  readonly plan: ProbePlan;
  /** Lets a finding count. */
  readonly report: (server: Server, report: CheckReport) => void;
  readonly intervalMs: number;
  readonly fastIntervalMs: number;
  readonly downIntervalMs: number;
  /** Whether maintenance stops it; an agent may be the one who ends the maintenance. */
  readonly pausesInMaintenance: boolean;
}

/** Spreads an interval; the identity where nothing is to be spread. */
export type Spread = (intervalMs: number) => number;

/**
 * Checks fall due on ticks of this share of their interval at most, so that one wake-up serves
 * those of several servers.
 */
const TICKS_PER_INTERVAL = 128;
const TICK_MAX_MS = 16;

/**
 * The checks of one server, one after the other: wait, check, report, wait. Between two of them it
 * holds a timer and nothing else.
 */
export class ServerCheck implements TimerTarget {
  readonly settings: ServerCheckSettings;
  readonly #thread: Thread;
  readonly #spread: Spread;
  readonly #next: Timer;
  readonly #tell = (finding: Finding): void => this.#finish(finding);
  #nextMs = 0;
  #run: CheckRun | null = null;
  #startedMs = 0;

  constructor(thread: Thread, settings: ServerCheckSettings, spread: Spread) {
    this.settings = settings;
    this.#thread = thread;
    this.#spread = spread;
    this.#next = new Timer(thread.wheel, this, 0);
  }

  /** Begins with a first check after so long. */
  start(delayMs: number): void {
    this.#armAt(this.#thread.loop.nowMs + delayMs);
  }

  /** Ends; a check on its way finds nothing. */
  stop(): void {
    this.#next.disarm();
    this.#endRun();
  }

  /** Traffic found errors (`on-error`): the next check comes no later than after `fastinter`. */
  hasten(): void {
    if (!this.#next.isArmed) return;
    const { fastIntervalMs, intervalMs } = this.settings;
    const soonMs = this.#thread.loop.nowMs + (fastIntervalMs === 0 ? intervalMs : fastIntervalMs);
    if (soonMs < this.#nextMs) this.#armAt(soonMs);
  }

  onTimer(): void {
    const { server, record, plan, pausesInMaintenance } = this.settings;
    // Nobody asks then; the timer goes on, so that the end of it is noticed.
    if (!record.isEnabled || (pausesInMaintenance && server.isInMaintenance)) {
      this.#armNext();
      return;
    }
    this.#startedMs = this.#thread.loop.nowMs;
    record.state.isRunning.set(1);
    record.text = "";
    this.#run = plan.prepare(this.#thread, this.settings, this.#tell);
    this.#run.begin();
  }

  onFault(): void {
    // The loop reports the fault itself; the next check starts afresh.
    this.#endRun();
    this.#armNext();
  }

  #finish(finding: Finding): void {
    const durationMs = this.#thread.loop.nowMs - this.#startedMs;
    this.#endRun();
    this.settings.report(this.settings.server, { ...finding, durationMs });
    this.#armNext();
  }

  #endRun(): void {
    this.#run?.stop();
    this.#run = null;
    this.settings.record.state.isRunning.set(0);
  }

  #armNext(): void {
    this.#armAt(this.#thread.loop.nowMs + this.#spread(this.#intervalMs()));
  }

  #armAt(dueMs: number): void {
    const tick = Math.min(TICK_MAX_MS, Math.floor(this.settings.intervalMs / TICKS_PER_INTERVAL));
    this.#nextMs = tick <= 1 ? dueMs : Math.ceil(dueMs / tick) * tick;
    this.#next.arm(this.#nextMs);
  }

  /** Shorter while the server is on its way up or down, longer while it is down, where so set. */
  #intervalMs(): number {
    const { record, intervalMs, fastIntervalMs, downIntervalMs } = this.settings;
    const health = record.state.health.get();
    if (health >= record.healthMax) return intervalMs;
    if (health === 0) return downIntervalMs === 0 ? intervalMs : downIntervalMs;
    return fastIntervalMs === 0 ? intervalMs : fastIntervalMs;
  }
}
