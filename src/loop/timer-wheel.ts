import { assert } from "../base/assert.ts";

/** Whoever a timer belongs to. */
export interface TimerTarget {
  /**
   * Called once the deadline has passed.
   *
   * @param kind - Which of the target's timers it is.
   */
  onTimer(kind: number): void;
  /** Called when `onTimer` threw: end what was being done, and only that. */
  onFault(error: unknown): void;
}

const NOWHERE = -1;

/**
 * One timer of a target, made once with it and armed as often as needed. Arming to a later
 * deadline, which is what traffic does all the time, is one store: the wheel finds out when the
 * earlier place comes round. Disarming is one store too.
 */
export class Timer {
  readonly #wheel: TimerWheel;
  readonly target: TimerTarget;
  readonly kind: number;
  /** When it fires, in milliseconds of the loop's clock; 0 when it is disarmed. */
  deadlineMs = 0;
  /** The wheel's own: where it sits, and when that place comes round. */
  slot = NOWHERE;
  placeMs = 0;
  next: Timer | null = null;
  previous: Timer | null = null;

  constructor(wheel: TimerWheel, target: TimerTarget, kind: number) {
    this.#wheel = wheel;
    this.target = target;
    this.kind = kind;
  }

  get isArmed(): boolean {
    return this.deadlineMs !== 0;
  }

  /**
   * Sets the deadline, whether or not one was set.
   *
   * @hot
   */
  arm(deadlineMs: number): void {
    this.deadlineMs = deadlineMs;
    if (this.slot === NOWHERE || deadlineMs < this.placeMs) this.#wheel.place(this);
  }

  /** @hot */
  disarm(): void {
    this.deadlineMs = 0;
  }

  /**
   * Disarms the timer and takes it out of the wheel at once. For a target that is not pooled: the
   * wheel would keep it alive until the timer's place comes round.
   */
  discard(): void {
    this.deadlineMs = 0;
    if (this.slot !== NOWHERE) this.#wheel.remove(this);
  }
}

const LEVEL_BITS = 8;
const LEVEL_SLOTS = 1 << LEVEL_BITS;
const LEVEL_MASK = LEVEL_SLOTS - 1;
const LEVELS = 4;
/** What the levels together reach, less one slot: some 49 days would need a fifth bit more. */
const SPAN_MS = 2 ** 31 - LEVEL_SLOTS;

/**
 * A hierarchical timer wheel of four levels with 256 slots each; a slot of the first level is one
 * millisecond. Placing, moving and removing take constant time; timers that were moved to a later
 * deadline or disarmed are sorted out when their slot comes round, so the work per timer does not
 * depend on how often it was armed.
 */
export class TimerWheel {
  /** Told of everything a target threw, after the target was. */
  onFault: (error: unknown) => void = () => {};
  readonly #slots: (Timer | null)[] = new Array<Timer | null>(LEVELS * LEVEL_SLOTS).fill(null);
  /** Timers in each level, so that empty levels are skipped. */
  readonly #counts = new Int32Array(LEVELS);
  /** The millisecond up to which every slot was visited. */
  #visitedMs: number;
  /** No timer is due before this; it may be earlier than the first one, never later. */
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(nowMs: number) {
    this.#visitedMs = Math.floor(nowMs);
  }

  /** Timers that sit in the wheel, armed or not. */
  get placedCount(): number {
    let count = 0;
    for (let level = 0; level < LEVELS; level++) count += this.#counts[level]!;
    return count;
  }

  /**
   * Puts a timer where its deadline says. Timers call this; nobody else does.
   *
   * @hot
   * @param originMs - The slot of this millisecond takes no timers of its next round: it is visited.
   */
  place(timer: Timer, originMs = this.#visitedMs): void {
    if (timer.slot !== NOWHERE) this.#unlink(timer);
    const earliest = this.#visitedMs + 1;
    let at = Math.ceil(timer.deadlineMs);
    if (at < earliest) at = earliest;
    if (at - earliest > SPAN_MS) at = earliest + SPAN_MS;
    let level = 0;
    while (level < LEVELS - 1 && at - originMs >= 2 ** (LEVEL_BITS * (level + 1))) level++;
    const slot = level * LEVEL_SLOTS + (Math.floor(at / 2 ** (LEVEL_BITS * level)) & LEVEL_MASK);
    timer.placeMs = at;
    timer.slot = slot;
    timer.previous = null;
    const first = this.#slots[slot]!;
    timer.next = first;
    if (first !== null) first.previous = timer;
    this.#slots[slot] = timer;
    this.#counts[level]!++;
    if (at < this.#wakeMs) this.#wakeMs = at;
  }

  /** Takes a timer out. Timers call this; nobody else does. */
  remove(timer: Timer): void {
    this.#unlink(timer);
  }

  #unlink(timer: Timer): void {
    const { slot, next, previous } = timer;
    if (previous !== null) previous.next = next;
    else this.#slots[slot] = next;
    if (next !== null) next.previous = previous;
    timer.next = null;
    timer.previous = null;
    timer.slot = NOWHERE;
    this.#counts[slot >>> LEVEL_BITS]!--;
  }

  /**
   * Fires every timer whose deadline has passed. Call it once a turn.
   *
   * @hot
   * @returns The number fired.
   */
  advance(nowMs: number): number {
    let fired = 0;
    const until = Math.floor(nowMs);
    while (this.#visitedMs < until) {
      if (this.placedCount === 0) {
        this.#visitedMs = until;
        break;
      }
      const at = this.#visitedMs + 1;
      this.#cascade(at);
      this.#visitedMs = at;
      fired += this.#visit(at & LEVEL_MASK, at);
    }
    return fired;
  }

  /** Brings timers of higher levels down when the lower level starts a round. */
  #cascade(at: number): void {
    let time = at;
    for (let level = 1; level < LEVELS && (time & LEVEL_MASK) === 0; level++) {
      time = Math.floor(time / LEVEL_SLOTS);
      const slot = level * LEVEL_SLOTS + (time & LEVEL_MASK);
      let timer = this.#slots[slot]!;
      while (timer !== null) {
        const next = timer.next;
        this.#unlink(timer);
        // A disarmed timer leaves the wheel here; arming places it again.
        if (timer.deadlineMs !== 0) this.place(timer, at);
        timer = next!;
      }
    }
  }

  #visit(slot: number, at: number): number {
    let fired = 0;
    // A handler may move or disarm any timer, so each step starts from the first again. Whatever
    // is placed meanwhile lands in a later slot: the loop ends.
    for (;;) {
      const timer = this.#slots[slot]!;
      if (timer === null) return fired;
      this.#unlink(timer);
      if (timer.deadlineMs === 0) continue;
      if (timer.deadlineMs > at) {
        this.place(timer);
        continue;
      }
      timer.deadlineMs = 0;
      fired++;
      this.#fire(timer);
    }
  }

  #fire(timer: Timer): void {
    try {
      timer.target.onTimer(timer.kind);
    } catch (error) {
      this.onFault(error);
      try {
        timer.target.onFault(error);
      } catch (second) {
        this.onFault(second);
      }
    }
  }

  /**
   * How long the loop may wait, in milliseconds from `nowMs`, at most `capMs`. It may be shorter than
   * the next deadline: a slot of a higher level only says that something may be due in its span.
   *
   * @hot
   */
  waitMs(nowMs: number, capMs: number): number {
    if (this.#wakeMs <= this.#visitedMs) this.#wakeMs = this.#firstPlaceMs();
    const wait = Math.ceil(Math.min(this.#wakeMs - nowMs, capMs));
    return wait > 0 ? wait : 0;
  }

  #firstPlaceMs(): number {
    let best = Number.POSITIVE_INFINITY;
    for (let level = 0; level < LEVELS; level++) {
      if (this.#counts[level] === 0) continue;
      const at = this.#nextOccupied(level);
      if (at < best) best = at;
    }
    return best;
  }

  #nextOccupied(level: number): number {
    const span = 2 ** (LEVEL_BITS * level);
    const current = Math.floor(this.#visitedMs / span);
    for (let step = 1; step <= LEVEL_SLOTS; step++) {
      const slot = level * LEVEL_SLOTS + ((current + step) & LEVEL_MASK);
      if (this.#slots[slot] !== null) return (current + step) * span;
    }
    assert(false, "a level with timers has an occupied slot");
  }
}
