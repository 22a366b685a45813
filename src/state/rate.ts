import { CounterBlock } from "./counter-block.ts";
import { Gauge } from "./gauge.ts";
import type { SharedMemory } from "./shared-memory.ts";

const PERIOD_MS = 1000;
/** A moment later the rate is below the limit, and not just at it. */
const SLACK_MS = 0.5;

/** When in a period what is left of the previous one falls below a number; beyond its end: never. */
function fallsBelowMs(previous: number, limit: number): number {
  if (limit <= 0) return Number.POSITIVE_INFINITY;
  return previous === 0 ? 0 : Math.max(0, PERIOD_MS * (1 - limit / previous));
}

/** The cells of one thread. */
const Cell = { PERIOD: 0, CURRENT: 1, PREVIOUS: 2, COUNT: 3 } as const;

/**
 * How many events a second: those of the period in hand, plus the part of the previous period that
 * still lies within the last second. Periods are whole seconds of the loop's clock.
 */
export class Rate {
  readonly #cells: CounterBlock;
  readonly #max: Gauge;
  readonly #isShared: boolean;

  constructor(memory: SharedMemory) {
    this.#cells = new CounterBlock(memory, Cell.COUNT);
    this.#max = new Gauge(memory);
    this.#isShared = memory.threads > 1;
  }

  /**
   * Counts events.
   *
   * @hot
   */
  add(nowMs: number, count = 1): void {
    const values = this.#cells.values;
    const period = Math.floor(nowMs / PERIOD_MS);
    if (values[Cell.PERIOD] !== period) {
      values[Cell.PREVIOUS] = values[Cell.PERIOD] === period - 1 ? values[Cell.CURRENT]! : 0;
      values[Cell.CURRENT] = 0;
      values[Cell.PERIOD] = period;
    }
    values[Cell.CURRENT]! += count;
    const current = this.#isShared ? this.value(nowMs) : values[Cell.CURRENT]!;
    if (current > this.#max.get()) this.#max.raise(current);
  }

  /** Events in the last second, rounded down. */
  value(nowMs: number): number {
    const period = Math.floor(nowMs / PERIOD_MS);
    const share = 1 - (nowMs - period * PERIOD_MS) / PERIOD_MS;
    const current = this.#currentOf(period);
    const previous = this.#previousOf(period);
    // A single event would otherwise be rounded away at once instead of a second later.
    if (current === 0 && previous === 1) return 1;
    return Math.floor(current + previous * share);
  }

  /**
   * How long until one more event keeps the rate within a limit, if none comes meanwhile: events are
   * then spread evenly, rather than let in all at once when a second begins.
   *
   * @returns Milliseconds; 0 when there is room now.
   */
  waitMs(nowMs: number, limit: number): number {
    const period = Math.floor(nowMs / PERIOD_MS);
    const elapsedMs = nowMs - period * PERIOD_MS;
    const current = this.#currentOf(period);
    const previous = this.#previousOf(period);
    if (current + previous * (1 - elapsedMs / PERIOD_MS) < limit) return 0;
    const roomMs = fallsBelowMs(previous, limit - current);
    if (roomMs <= PERIOD_MS) return Math.max(1, Math.ceil(roomMs - elapsedMs + SLACK_MS));
    return Math.ceil(PERIOD_MS - elapsedMs + fallsBelowMs(current, limit) + SLACK_MS);
  }

  /** Events of the second that runs, of all threads. */
  #currentOf(period: number): number {
    let count = 0;
    for (let thread = 0; thread < this.#cells.threads; thread++) {
      if (this.#cells.at(thread, Cell.PERIOD) === period) {
        count += this.#cells.at(thread, Cell.CURRENT);
      }
    }
    return count;
  }

  /** Events of the second before; a thread that was idle since has them in its current cell. */
  #previousOf(period: number): number {
    let count = 0;
    for (let thread = 0; thread < this.#cells.threads; thread++) {
      const at = this.#cells.at(thread, Cell.PERIOD);
      if (at === period) count += this.#cells.at(thread, Cell.PREVIOUS);
      else if (at === period - 1) count += this.#cells.at(thread, Cell.CURRENT);
    }
    return count;
  }

  /** The most that a second saw. */
  get max(): number {
    return this.#max.get();
  }

  clearMax(): void {
    this.#max.set(0);
  }
}
