import type { EventLoop } from "../loop/event-loop.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { Gauge } from "../state/gauge.ts";
import type { Rate } from "../state/rate.ts";

/** Whom a brake tells that it has let go. */
export interface BrakedGate {
  update(): void;
}

/**
 * Keeps a rate within its limit: once it is reached the gate closes, until there is room for one
 * more. Clients wait in the kernel's queues meanwhile.
 */
export class RateBrake implements TimerTarget {
  readonly #rate: Rate;
  /** Events a second; 0 is no limit. */
  readonly #limit: Gauge;
  readonly #gate: BrakedGate;
  readonly #loop: EventLoop;
  readonly #timer: Timer;
  #isOn = false;

  constructor(rate: Rate, limit: Gauge, gate: BrakedGate, loop: EventLoop) {
    this.#rate = rate;
    this.#limit = limit;
    this.#gate = gate;
    this.#loop = loop;
    this.#timer = new Timer(loop.wheel, this, 0);
  }

  /** Whether nobody may enter now. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /**
   * Judges the rate after an event, or after the limit has changed.
   *
   * @hot
   * @returns Whether the brake is on.
   */
  check(nowMs: number): boolean {
    const limit = this.#limit.get();
    const waitMs = limit === 0 ? 0 : this.#rate.waitMs(nowMs, limit);
    this.#isOn = waitMs > 0;
    if (waitMs > 0) this.#timer.arm(nowMs + waitMs);
    else this.#timer.disarm();
    return this.#isOn;
  }

  onTimer(): void {
    if (!this.check(this.#loop.nowMs)) this.#gate.update();
  }

  onFault(): void {
    // The loop reports the fault itself; the next event judges again.
    this.#isOn = false;
  }
}
