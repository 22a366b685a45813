import { bunLoopFd } from "../sys/bun-loop.ts";
import { EpollSet } from "../sys/epoll.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { EventOrder } from "./event-order.ts";
import { LoopActivity } from "./loop-activity.ts";
import { type Measured, Profiler } from "./profiler.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** Whoever watches a descriptor. */
export interface EventHandler extends Measured {
  /**
   * Called when the descriptor is ready.
   *
   * @param events - Bits of `Epoll`; ERR and HUP come unasked.
   */
  onEvents(fd: number, events: number): void;
  /** Called when `onEvents` or a timer of the handler threw: end what was being done, and only that. */
  onFault(error: unknown): void;
}

/** Work to be done in this turn, once the events in hand are handled. */
export interface Task extends Measured {
  run(): void;
  /** Called when `run` threw: end what was being done, and only that. */
  onFault(error: unknown): void;
}

/** Monotonic milliseconds from any start. */
export interface LoopClock {
  now(): number;
}

/** When work is measured (`profiling.tasks`). */
export type ProfilingMode = "on" | "off" | "auto";

/** Turns that last so long on average are looked into, until they last less than that. */
const PROFILED_FROM_MS = 1;
const PROFILED_UNTIL_MS = 0.99;
/** Bun's own loop gets a turn at least this often: what its timers may be late by under load. */
const YIELD_MS = 100;
/** The longest sleep: what Bun's timers may be late by in an idle process. */
const SLEEP_MAX_MS = 100;
/** Tasks done a turn before new events get their chance. */
const TASKS_A_TURN = 256;

/**
 * The event loop of one thread: epoll, timers and tasks. Bun's own loop is nested in it: its
 * descriptor is one more in the set, and when it is ready, or after 100 ms at the latest, the loop
 * yields to it. Descriptors are closed at the end of a turn, so that a number that an event in hand
 * names is never somebody else's.
 */
export class EventLoop {
  /** Monotonic milliseconds, read once a turn. Whole, so that differences are what logs print. */
  nowMs: number;
  readonly wheel: TimerWheel;
  /** Told of everything a handler threw, after the handler was. */
  onFault: (error: unknown) => void = () => {};
  readonly #epoll = new EpollSet();
  readonly #handlers: (EventHandler | null)[] = [];
  readonly #bunFd = bunLoopFd();
  readonly #closing: number[] = [];
  #tasks: Task[] = [];
  #tasksNext: Task[] = [];
  #wantsYield = false;
  #isStopped = false;
  #watchedCount = 0;
  #dateMs = 0;
  #sleptMs = 0;
  readonly activity = new LoopActivity();
  /** Measures what is done; null while nobody wants to know. */
  profiler: Profiler | null = null;
  #wantedProfiling: ProfilingMode = "off";
  /** When the last wait was over, or the loop was started. */
  #wokenMs = 0;
  /** Null while all descriptors are alike. */
  #order: EventOrder | null = null;
  readonly #fdAt = (index: number): number => this.#epoll.fdAt(index);
  readonly #clock: LoopClock;
  readonly #cycle = (): void => this.#run();

  /** @param clock - The machine's, unless time is to pass otherwise. */
  constructor(clock: LoopClock = performance) {
    this.#clock = clock;
    this.nowMs = Math.trunc(clock.now());
    this.wheel = new TimerWheel(this.nowMs);
    this.wheel.onFault = (error) => this.onFault(error);
    if (this.#bunFd !== -1) this.#epoll.add(this.#bunFd, 1);
  }

  /** Handles at most so many events a turn (`tune.maxpollevents`). */
  limitEvents(count: number): void {
    this.#epoll.limitEvents(count);
  }

  /** Descriptors watched now. */
  get watchedCount(): number {
    return this.#watchedCount;
  }

  /** Milliseconds spent asleep since the start. */
  get sleptMs(): number {
    return this.#sleptMs;
  }

  /** Tasks that wait for this turn or the next. */
  get tasksCount(): number {
    return this.#tasks.length;
  }

  get turnsCount(): number {
    return this.activity.turns;
  }

  /** When work is measured: always, never, or while turns take long. */
  get profiling(): ProfilingMode {
    return this.#wantedProfiling;
  }

  /** Chooses when work is measured; "on" begins anew. */
  setProfiling(mode: ProfilingMode): void {
    this.#wantedProfiling = mode;
    if (mode === "off") this.profiler = null;
    else if (mode === "on") this.profiler = new Profiler();
  }

  /** The descriptors that are watched, with their handlers. */
  *watched(): Iterable<{ readonly fd: number; readonly handler: EventHandler }> {
    for (const [fd, handler] of this.#handlers.entries())
      if (handler != null) yield { fd, handler };
  }

  /**
   * Wall-clock milliseconds of this turn.
   *
   * @hot
   */
  dateMs(): number {
    if (this.#dateMs === 0) this.#dateMs = Date.now();
    return this.#dateMs;
  }

  /**
   * Starts watching a descriptor.
   *
   * @hot
   */
  watch(fd: number, mask: number, handler: EventHandler): void {
    this.#handlers[fd] = handler;
    this.#watchedCount++;
    if (this.#order !== null) this.#order.set(fd, 0);
    this.#epoll.add(fd, mask);
  }

  /**
   * Lets the events of a watched descriptor be handled before or after those of others that come in
   * the same turn. It holds until the descriptor is watched anew.
   *
   * @param nice - From -1024, the most urgent, to 1024; 0 is what all begin with.
   */
  setNice(fd: number, nice: number): void {
    if (nice === 0 && this.#order === null) return;
    this.#order ??= new EventOrder();
    this.#order.set(fd, nice);
  }

  /**
   * Changes what a watched descriptor is watched for.
   *
   * @hot
   */
  change(fd: number, mask: number): void {
    this.#epoll.modify(fd, mask);
  }

  /**
   * Hands a watched descriptor's events to another handler.
   *
   * @hot
   */
  rehandle(fd: number, handler: EventHandler): void {
    this.#handlers[fd] = handler;
  }

  /** Stops watching a descriptor without closing it. */
  forget(fd: number): void {
    if (this.#handlers[fd] == null) return;
    this.#handlers[fd] = null;
    this.#watchedCount--;
    this.#epoll.remove(fd);
  }

  /**
   * Stops watching a descriptor and closes it at the end of the turn.
   *
   * @hot
   */
  closeLater(fd: number): void {
    if (this.#handlers[fd] != null) {
      this.#handlers[fd] = null;
      this.#watchedCount--;
    }
    this.#closing.push(fd);
  }

  /**
   * Runs a task in this turn, after the events in hand.
   *
   * @hot
   */
  defer(task: Task): void {
    this.#tasks.push(task);
  }

  /** Lets promise callbacks run before the next sleep. Whoever resolves a promise calls it. */
  yieldSoon(): void {
    this.#wantsYield = true;
  }

  /** Starts running; returns at once. */
  start(): void {
    this.#isStopped = false;
    this.#wokenMs = this.#clock.now();
    setImmediate(this.#cycle);
  }

  /** Ends after the turn in hand. */
  stop(): void {
    this.#isStopped = true;
  }

  #run(): void {
    if (this.#isStopped) return;
    const startedMs = performance.now();
    for (;;) {
      const events = this.turn(SLEEP_MAX_MS);
      if (this.#isStopped) return;
      // A signal ends the wait early with nothing: its handler runs in Bun's turn.
      if (events === 0 || this.#wantsYield || this.nowMs - startedMs >= YIELD_MS) break;
    }
    this.#wantsYield = false;
    setImmediate(this.#cycle);
  }

  /**
   * One turn: waits for events, handles them, fires timers, does tasks, closes what is to be closed.
   *
   * @returns The number of events and timers handled.
   */
  turn(sleepMaxMs: number): number {
    const { activity } = this;
    activity.turns++;
    let waitMs = 0;
    let startMs = 0;
    if (this.#tasks.length > 0) activity.taskTurns++;
    else if (!this.#wantsYield) {
      startMs = this.#clock.now();
      activity.noteTurn(startMs - this.#wokenMs);
      if (this.#wantedProfiling === "auto") this.#judgeProfiling();
      waitMs = this.wheel.waitMs(startMs, sleepMaxMs);
    }
    const count = this.#epoll.wait(waitMs);
    const afterMs = this.#clock.now();
    if (waitMs > 0) this.#sleptMs += afterMs - startMs;
    this.nowMs = Math.trunc(afterMs);
    this.#dateMs = 0;
    this.#wokenMs = afterMs;
    if (this.profiler !== null) this.profiler.wake();
    if (count > 0) activity.eventTurns++;
    else activity.idleTurns++;
    activity.events += count;
    if (this.#order === null) for (let index = 0; index < count; index++) this.#dispatch(index);
    else this.#dispatchInOrder(this.#order, count);
    const fired = this.wheel.advance(this.nowMs);
    activity.timers += fired;
    if (this.#tasks.length > 0) this.#runTasks();
    if (this.#closing.length > 0) this.#closeAll();
    return count + fired;
  }

  /** Measures while turns take long, as the reference does by itself. */
  #judgeProfiling(): void {
    const { averageMs } = this.activity;
    if (this.profiler === null) {
      if (averageMs >= PROFILED_FROM_MS) this.profiler = new Profiler();
    } else if (averageMs < PROFILED_UNTIL_MS) this.profiler = null;
  }

  #dispatchInOrder(arranged: EventOrder, count: number): void {
    arranged.arrange(count, this.#fdAt);
    for (let place = 0; place < count; place++) this.#dispatch(arranged.order[place]!);
  }

  #dispatch(index: number): void {
    const fd = this.#epoll.fdAt(index);
    const handler = this.#handlers[fd];
    if (handler == null) {
      if (fd === this.#bunFd) this.#wantsYield = true;
      else this.activity.skippedEvents++;
      return;
    }
    try {
      if (this.profiler === null) handler.onEvents(fd, this.#epoll.maskAt(index));
      else measureEvents(this.profiler, handler, fd, this.#epoll.maskAt(index));
    } catch (error) {
      this.#fault(fd, handler, error);
    }
  }

  /**
   * Lets the handler end what it was doing. One that cannot even do that is not told of its
   * descriptor any more; closing it here would let the handler close the number a second time, when
   * it may be somebody else's.
   */
  #fault(fd: number, handler: EventHandler, error: unknown): void {
    this.onFault(error);
    try {
      handler.onFault(error);
    } catch (second) {
      this.onFault(second);
      if (this.#handlers[fd] === handler) this.forget(fd);
    }
  }

  #runTasks(): void {
    // Tasks that tasks add wait for the next turn, so that events are never starved.
    const tasks = this.#tasks;
    this.#tasks = this.#tasksNext;
    this.#tasksNext = tasks;
    // What is too much for this turn comes first in the next, before what is added meanwhile.
    for (let index = TASKS_A_TURN; index < tasks.length; index++) this.#tasks.push(tasks[index]!);
    const count = Math.min(tasks.length, TASKS_A_TURN);
    this.activity.tasks += count;
    if (tasks.length > TASKS_A_TURN) this.activity.longTurns++;
    for (let index = 0; index < count; index++) this.#runTask(tasks[index]!);
    tasks.length = 0;
  }

  #runTask(task: Task): void {
    try {
      if (this.profiler === null) task.run();
      else measureTask(this.profiler, task);
    } catch (error) {
      this.onFault(error);
      try {
        task.onFault(error);
      } catch (second) {
        this.onFault(second);
      }
    }
  }

  #closeAll(): void {
    const closing = this.#closing;
    for (let index = 0; index < closing.length; index++) this.#close(closing[index]!);
    closing.length = 0;
  }

  #close(fd: number): void {
    try {
      closeDescriptor(fd);
    } catch (error) {
      this.onFault(error);
    }
  }

  /** Gives the loop's own descriptor back. Only tests end a loop before its process. */
  close(): void {
    this.stop();
    this.#closeAll();
    this.#epoll.close();
  }
}

// Functions of their own, since what a closure captures would be allocated for each event.

function measureEvents(profiler: Profiler, handler: EventHandler, fd: number, mask: number): void {
  profiler.measure(handler, () => handler.onEvents(fd, mask));
}

function measureTask(profiler: Profiler, task: Task): void {
  profiler.measure(task, () => task.run());
}
