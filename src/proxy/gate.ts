import type { EventLoop } from "../loop/event-loop.ts";
import type { Listener } from "../net/listener.ts";
import { FrontendCounter, type FrontendState, FrontendStatus } from "../state/frontend-state.ts";
import { ProcessCounter, type ProcessState } from "../state/process-state.ts";
import type { Bind } from "./bind.ts";
import { RateBrake } from "./rate-brake.ts";

/**
 * The limits of the whole process (`maxconn`, `maxconnrate` and `maxsessrate` of the global section):
 * when one is reached every frontend stops accepting, and goes on as sessions end or time passes.
 */
export class ProcessGate {
  readonly state: ProcessState;
  readonly #gates: FrontendGate[] = [];
  readonly #loop: EventLoop;
  readonly #connectionBrake: RateBrake;
  readonly #sessionBrake: RateBrake;
  #isFull = false;

  constructor(state: ProcessState, loop: EventLoop) {
    this.state = state;
    this.#loop = loop;
    const { connectionRate, connectionRateLimit, sessionRate, sessionRateLimit } = state;
    this.#connectionBrake = new RateBrake(connectionRate, connectionRateLimit, this, loop);
    this.#sessionBrake = new RateBrake(sessionRate, sessionRateLimit, this, loop);
  }

  add(gate: FrontendGate): void {
    this.#gates.push(gate);
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Whether a rate keeps everybody out for a moment. */
  get isBraked(): boolean {
    return this.#connectionBrake.isOn || this.#sessionBrake.isOn;
  }

  /** @hot */
  enter(nowMs: number): void {
    const { state } = this;
    const count = state.connections.add(1);
    state.counters.values[ProcessCounter.CONNECTIONS]! += 1;
    state.connectionRate.add(nowMs);
    state.sessionRate.add(nowMs);
    const limit = state.connectionsLimit.get();
    const isFull = limit > 0 && count >= limit;
    const isFast = this.#connectionBrake.check(nowMs) || this.#sessionBrake.check(nowMs);
    if (isFull || isFast) this.update();
  }

  /** @hot */
  leave(): void {
    const { state } = this;
    const count = state.connections.add(-1);
    if (this.#isFull && count < state.connectionsLimit.get()) this.update();
  }

  /** Judges the rates anew, after their limits were changed. */
  ratesChanged(): void {
    this.#connectionBrake.check(this.#loop.nowMs);
    this.#sessionBrake.check(this.#loop.nowMs);
    this.update();
  }

  /** Opens or closes all doors as the limits say, after one was changed. */
  update(): void {
    const limit = this.state.connectionsLimit.get();
    this.#isFull = limit > 0 && this.state.connections.get() >= limit;
    for (const gate of this.#gates) gate.update();
  }
}

/** A listening socket and the line that it comes from. */
interface Door {
  readonly listener: Listener;
  readonly bind: Bind;
}

/** Has the line as many connections as it may have? */
function isFull(bind: Bind): boolean {
  return bind.connectionsMax > 0 && bind.state.sessions.get() >= bind.connectionsMax;
}

/**
 * Lets clients into a frontend: counts them, and closes its listeners' doors while a limit is
 * reached or an operator wants it so. Clients then wait in the kernel's queues.
 */
export class FrontendGate {
  readonly state: FrontendState;
  readonly #process: ProcessGate;
  readonly #loop: EventLoop;
  readonly #brake: RateBrake;
  #doors: Door[] = [];
  #isFull = false;
  #isPaused = false;
  #isClosed = false;

  constructor(state: FrontendState, process: ProcessGate, loop: EventLoop) {
    this.state = state;
    this.#process = process;
    this.#loop = loop;
    this.#brake = new RateBrake(state.sessionRate, state.sessionRateLimit, this, loop);
    process.add(this);
  }

  addListener(listener: Listener, bind: Bind): void {
    this.#doors.push({ listener, bind });
  }

  /** Sockets that are open. */
  get listenerCount(): number {
    return this.#doors.length;
  }

  /** @hot */
  enter(bind: Bind): void {
    const { nowMs } = this.#loop;
    const { state } = this;
    state.counters.values[FrontendCounter.CONNECTIONS]! += 1;
    state.connectionRate.add(nowMs);
    state.sessionStarted(nowMs);
    this.#process.enter(nowMs);
    bind.state.sessionStarted();
    const limit = state.sessionsLimit.get();
    if (limit > 0 && state.sessions.get() >= limit) {
      this.#isFull = true;
      this.update();
    } else if (isFull(bind)) this.update();
    if (this.#brake.check(nowMs)) this.update();
  }

  /** @hot */
  leave(bind: Bind): void {
    const wasFull = isFull(bind);
    bind.state.sessionEnded();
    this.state.sessionEnded();
    if (wasFull) this.update();
    if (this.#isFull && this.state.sessions.get() < this.state.sessionsLimit.get()) {
      this.#isFull = false;
      this.update();
    }
    this.#process.leave();
  }

  /** Opens or closes the doors as the limits say. */
  update(): void {
    if (this.#isClosed) return;
    const isKeptOut = this.#process.isFull || this.#process.isBraked || this.#brake.isOn;
    const isOpen = !this.#isFull && !this.#isPaused && !isKeptOut;
    for (const { listener, bind } of this.#doors) {
      if (isOpen && !isFull(bind)) listener.resume();
      else listener.pause();
    }
    const full = this.#isFull ? FrontendStatus.FULL : FrontendStatus.OPEN;
    this.state.status.set(this.#isPaused ? FrontendStatus.PAUSED : full);
  }

  /** Stops accepting and frees the ports (`disable frontend`, SIGTTOU); false when it was so already. */
  pause(): boolean {
    if (this.#isPaused || this.#isClosed) return false;
    this.#isPaused = true;
    this.update();
    for (const { listener } of this.#doors) listener.suspend();
    return true;
  }

  /** Goes on accepting; false when it did already, or when somebody else has a port now. */
  resume(): boolean {
    if (!this.#isPaused || this.#isClosed) return false;
    for (const { listener } of this.#doors) if (listener.restore() !== 0) return false;
    this.#isPaused = false;
    this.update();
    return true;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Changes `maxconn`. */
  setSessionsLimit(limit: number): void {
    this.state.sessionsLimit.set(limit);
    this.#isFull = limit > 0 && this.state.sessions.get() >= limit;
    this.update();
  }

  /** Gives the listening sockets up for good. */
  shutdown(): void {
    // Those who wait at the doors are let in before.
    for (const { listener } of this.#doors) listener.close();
    this.#isClosed = true;
    this.#doors = [];
    this.state.status.set(FrontendStatus.STOP);
  }
}
