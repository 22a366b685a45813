import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { ControlConnection, type ControlHandler } from "../net/control-connection.ts";
import type { Thread } from "../net/thread.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { Ring, RingReader } from "./ring.ts";
import { StreamFraming } from "./ring-part.ts";

/** Bytes that may wait for a slow log server; the other events stay in the ring. */
const PENDING_BYTES_MAX = 65_536;
/** How long it takes until a log server that refused is tried again. */
const RETRY_MS = 1000;

const TimerKind = { CONNECT: 0, SEND: 1, RETRY: 2 } as const;

/** What a forwarder is made of. */
export interface ForwarderSettings {
  readonly address: SocketAddress;
  readonly framing: StreamFraming;
  /** 0 has no bound. */
  readonly connectTimeoutMs: number;
  /** How long a log server may take nothing of what waits for it; 0 has no bound. */
  readonly sendTimeoutMs: number;
}

/**
 * Sends the events of a ring to a log server, over a connection that is kept and made again when it is
 * lost. What came meanwhile follows, as far as the ring has kept it.
 */
export class RingForwarder implements ControlHandler, TimerTarget, RingReader {
  position = 0;
  holds = false;
  readonly #thread: Thread;
  readonly #ring: Ring;
  readonly #settings: ForwarderSettings;
  readonly #connectTimer: Timer;
  readonly #sendTimer: Timer;
  readonly #retryTimer: Timer;
  #connection: ControlConnection | null = null;
  #isConnected = false;
  #isDeferred = false;

  constructor(thread: Thread, ring: Ring, settings: ForwarderSettings) {
    this.#thread = thread;
    this.#ring = ring;
    this.#settings = settings;
    this.#connectTimer = new Timer(thread.wheel, this, TimerKind.CONNECT);
    this.#sendTimer = new Timer(thread.wheel, this, TimerKind.SEND);
    this.#retryTimer = new Timer(thread.wheel, this, TimerKind.RETRY);
  }

  /** Connects, now and whenever the connection is lost. */
  start(): void {
    this.#ring.attach(this);
    this.#connect();
  }

  /** Many events of a turn go out together. */
  onNews(): void {
    if (!this.#isConnected || this.#isDeferred) return;
    this.#isDeferred = true;
    this.#thread.loop.defer(this);
  }

  /** The turn's other work is done. */
  run(): void {
    this.#isDeferred = false;
    this.#pump();
  }

  onFault(): void {
    this.#isDeferred = false;
    this.#lose();
  }

  onConnected(): void {
    this.#connectTimer.disarm();
    this.#isConnected = true;
    this.holds = true;
    this.onNews();
  }

  /** Log servers have nothing to say. */
  onData(): void {}

  onEnd(): void {
    this.#lose();
  }

  onError(): void {
    this.#lose();
  }

  onDrained(): void {
    this.#sendTimer.disarm();
    this.#pump();
  }

  onTimer(kind: number): void {
    if (kind === TimerKind.RETRY) this.#connect();
    else this.#lose();
  }

  #connect(): void {
    const { address, connectTimeoutMs } = this.#settings;
    const connection = ControlConnection.connect(this.#thread, address, this);
    if (typeof connection === "number") {
      this.#retryLater();
      return;
    }
    this.#connection = connection;
    if (connectTimeoutMs > 0) this.#connectTimer.arm(this.#thread.loop.nowMs + connectTimeoutMs);
  }

  /** A log server that was there is tried again at once, one that was not after a while. */
  #lose(): void {
    const wasConnected = this.#isConnected;
    this.#connection?.close();
    this.#connection = null;
    this.#isConnected = false;
    this.holds = false;
    this.#connectTimer.disarm();
    this.#sendTimer.disarm();
    if (wasConnected) this.#retryTimer.arm(this.#thread.loop.nowMs + 1);
    else this.#retryLater();
  }

  #retryLater(): void {
    this.#retryTimer.arm(this.#thread.loop.nowMs + RETRY_MS);
  }

  #pump(): void {
    const connection = this.#connection;
    if (connection === null || !this.#isConnected) return;
    while (!connection.isClosed && connection.pendingBytes < PENDING_BYTES_MAX) {
      const event = this.#ring.next(this);
      if (event === null) break;
      connection.send(this.#framed(event));
    }
    const { sendTimeoutMs } = this.#settings;
    if (connection.pendingBytes > 0 && sendTimeoutMs > 0 && !this.#sendTimer.isArmed) {
      this.#sendTimer.arm(this.#thread.loop.nowMs + sendTimeoutMs);
    }
  }

  #framed(event: Buffer): Buffer {
    return this.#settings.framing === StreamFraming.LINES
      ? Buffer.concat([event, Buffer.from("\n")])
      : Buffer.concat([Buffer.from(`${event.length} `), event]);
  }
}
