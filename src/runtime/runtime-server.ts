import type { Task } from "../loop/event-loop.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { ControlConnection, type ControlHandler } from "../net/control-connection.ts";
import type { Acceptor, Listener } from "../net/listener.ts";
import type { Thread } from "../net/thread.ts";
import type { RuntimeContext } from "./context.ts";
import type { AccessLevel } from "./level.ts";
import { RuntimeSession } from "./session.ts";
import { SeverityOutput } from "./severity-output.ts";

/** Bytes of answers that may wait for a slow reader before its questions have to wait. */
const PENDING_BYTES_MAX = 1024 * 1024;

/** What all sockets of the runtime API share. */
export interface RuntimeLimits {
  /** `stats timeout`, in milliseconds. */
  readonly timeoutMs: number;
  /** `stats maxconn`. */
  readonly connectionsMax: number;
}

/** What the sessions of one socket may do, and how they begin. */
export interface SessionRights {
  readonly level: AccessLevel;
  /** `expose-fd listeners`. */
  readonly exposesListeners: boolean;
  readonly severityOutput: SeverityOutput;
}

/** What sessions may do on a socket that says nothing but its level. */
export function plainRights(level: AccessLevel): SessionRights {
  return { level, exposesListeners: false, severityOutput: SeverityOutput.NONE };
}

/**
 * Serves the runtime API on one listening socket. While `stats maxconn` sessions are open on it,
 * further clients wait in the kernel's queue.
 */
export class RuntimeServer implements Acceptor {
  readonly name = "GLOBAL";
  readonly #thread: Thread;
  readonly #context: RuntimeContext;
  readonly #rights: SessionRights;
  readonly #limits: RuntimeLimits;
  #openCount = 0;

  constructor(
    thread: Thread,
    context: RuntimeContext,
    rights: SessionRights,
    limits: RuntimeLimits,
  ) {
    this.#thread = thread;
    this.#context = context;
    this.#rights = rights;
    this.#limits = limits;
  }

  /** Sessions that are open now. */
  get openCount(): number {
    return this.#openCount;
  }

  onAccept(fd: number, listener: Listener): void {
    this.#openCount++;
    if (this.#openCount >= this.#limits.connectionsMax) listener.pause();
    this.#open(fd, () => listener.resume());
  }

  /** Serves a connection that came another way; no listener waits for its end. */
  adopt(fd: number): void {
    this.#openCount++;
    this.#open(fd, () => {});
  }

  #open(fd: number, onClosed: () => void): void {
    const { timeoutMs } = this.#limits;
    new SessionConnection(this.#thread, fd, this.#context, this.#rights, timeoutMs, () => {
      this.#openCount--;
      onClosed();
    });
  }
}

/** One client of the runtime API: its connection, its session and its timeout. */
class SessionConnection implements ControlHandler, TimerTarget, Task {
  readonly #thread: Thread;
  readonly #connection: ControlConnection;
  readonly #session: RuntimeSession;
  readonly #timer: Timer;
  readonly #onClosed: () => void;
  readonly #context: RuntimeContext;
  readonly handOverListeners: (() => void) | undefined;
  readonly #decoder = new TextDecoder();
  #isEnding = false;
  #waitsForReader = false;
  #isClosed = false;

  constructor(
    thread: Thread,
    fd: number,
    context: RuntimeContext,
    { level, severityOutput, exposesListeners }: SessionRights,
    timeoutMs: number,
    onClosed: () => void,
  ) {
    this.#thread = thread;
    this.#context = context;
    this.#onClosed = onClosed;
    this.handOverListeners = exposesListeners ? () => this.#handOver() : undefined;
    this.#timer = new Timer(thread.wheel, this, 0);
    this.#connection = ControlConnection.adopt(thread, fd, this);
    this.#session = new RuntimeSession(context, this, level, timeoutMs);
    this.#session.severityOutput = severityOutput;
    this.#arm();
  }

  write(text: string): void {
    this.#connection.send(text);
  }

  /** Other connections have their turn first; a slow reader is waited for. */
  resumeLater(): void {
    if (this.#connection.pendingBytes <= PENDING_BYTES_MAX) this.#thread.loop.defer(this);
    else this.#waitsForReader = true;
  }

  /** The turn has come to go on with a long answer. */
  run(): void {
    try {
      if (!this.#connection.isClosed) this.#session.resume();
    } catch (error) {
      this.onFault();
      throw error;
    }
    this.#settle();
  }

  /** Closes once the answers are sent; the client's own end does not hurry that. */
  end(): void {
    this.#isEnding = true;
    if (this.#connection.pendingBytes === 0) this.#connection.close();
    this.#settle();
  }

  onConnected(): void {}

  onData(connection: ControlConnection, data: Uint8Array): void {
    this.#arm();
    this.#session.receive(this.#decoder.decode(data, { stream: true }));
    if (connection.pendingBytes > PENDING_BYTES_MAX) connection.watchReading(false);
    this.#settle();
  }

  onEnd(): void {
    this.#session.receiveEnd();
    this.#settle();
  }

  onError(): void {
    this.#settle();
  }

  onDrained(connection: ControlConnection): void {
    this.#arm();
    if (this.#isEnding) connection.close();
    else connection.watchReading(true);
    if (this.#waitsForReader) {
      this.#waitsForReader = false;
      this.#thread.loop.defer(this);
    }
    this.#settle();
  }

  onTimer(): void {
    this.#connection.close();
    this.#settle();
  }

  /** The loop reports what a command threw; only this session ends of it. */
  onFault(): void {
    this.#connection.close();
    this.#settle();
  }

  #handOver(): void {
    const fd = this.#connection.release();
    if (fd === -1) return;
    this.#context.handOverListeners(fd);
    this.#thread.loop.closeLater(fd);
  }

  #arm(): void {
    this.#timer.arm(this.#thread.loop.nowMs + this.#session.timeoutMs);
  }

  #settle(): void {
    if (this.#isClosed || !this.#connection.isClosed) return;
    this.#isClosed = true;
    this.#timer.discard();
    this.#session.abandon();
    this.#onClosed();
  }
}
