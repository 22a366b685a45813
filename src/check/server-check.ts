import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import { reportCheck } from "../balance/server-health.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { ConnectOptions } from "../net/connector.ts";
import { ControlConnection, type ControlHandler } from "../net/control-connection.ts";
import { V1_SIZE_MAX, writeProxyV1 } from "../net/proxy-protocol-v1.ts";
import { V2_SIZE_MAX, writeProxyV2 } from "../net/proxy-protocol-v2.ts";
import type { Thread } from "../net/thread.ts";
import { errnoText } from "../sys/errno.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Conversation, Finding, ProbePlan } from "./probe.ts";

/** How one server is checked. */
export interface ServerCheckSettings {
  readonly server: Server;
  readonly plan: ProbePlan;
  readonly connectOptions: ConnectOptions;
  /** The version of the PROXY header that its connections start with, or 0. */
  readonly proxyVersion: 0 | 1 | 2;
  /** Where checks go, the server's own address where it may change: see `address()`. */
  readonly address: SocketAddress | null;
  /** The port, or 0 for that of the address. */
  readonly port: number;
  readonly intervalMs: number;
  readonly fastIntervalMs: number;
  readonly downIntervalMs: number;
  /** How long connecting may take, and the answer once connected. */
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** False when connecting and the answer share the first of the two. */
  readonly hasAnswerTimeout: boolean;
}

/** Spreads an interval; the identity where nothing is to be spread. */
export type Spread = (intervalMs: number) => number;

const TimerKind = { NEXT: 0, TIMEOUT: 1 } as const;

/**
 * The checks of one server, one after the other: wait, connect, converse, report, wait. Between two
 * of them it holds two timers and nothing else.
 */
export class ServerCheck implements ControlHandler, TimerTarget {
  readonly settings: ServerCheckSettings;
  readonly #thread: Thread;
  readonly #spread: Spread;
  readonly #next: Timer;
  readonly #timeout: Timer;
  #connection: ControlConnection | null = null;
  #conversation: Conversation | null = null;
  #isConnected = false;
  #startedMs = 0;

  constructor(thread: Thread, settings: ServerCheckSettings, spread: Spread) {
    this.settings = settings;
    this.#thread = thread;
    this.#spread = spread;
    this.#next = new Timer(thread.wheel, this, TimerKind.NEXT);
    this.#timeout = new Timer(thread.wheel, this, TimerKind.TIMEOUT);
  }

  /** Begins with a first check after so long. */
  start(delayMs: number): void {
    this.#next.arm(this.#thread.loop.nowMs + delayMs);
  }

  /** Ends; a check on its way finds nothing. */
  stop(): void {
    this.#next.disarm();
    this.#hangUp();
  }

  onTimer(kind: number): void {
    if (kind === TimerKind.NEXT) this.#begin();
    else this.#finish(this.#timedOut());
  }

  onFault(): void {
    // The loop reports the fault itself; the next check starts afresh.
    this.#hangUp();
    this.#armNext();
  }

  onConnected(connection: ControlConnection): void {
    this.#isConnected = true;
    if (this.settings.hasAnswerTimeout) {
      this.#timeout.arm(this.#thread.loop.nowMs + this.settings.answerTimeoutMs);
    }
    if (this.settings.proxyVersion !== 0) connection.send(this.#proxyHeader(connection));
    const found = this.#conversation!.connected((bytes) => connection.send(bytes));
    if (found !== undefined) this.#finish(found);
  }

  onData(_connection: ControlConnection, data: Uint8Array): void {
    const found = this.#conversation?.received(data);
    if (found !== undefined) this.#finish(found);
  }

  onEnd(): void {
    if (this.#conversation !== null) this.#finish(this.#conversation.ended());
  }

  onError(_connection: ControlConnection, errno: number): void {
    this.#connection = null;
    if (this.#conversation !== null) this.#finish(this.#failed(errno));
  }

  /** The check comes from ourselves: our own end is the client's. */
  #proxyHeader(connection: ControlConnection): Uint8Array {
    const source = connection.localAddress();
    const destination = connection.peerAddress();
    const bytes = new Uint8Array(Math.max(V1_SIZE_MAX, V2_SIZE_MAX));
    const write = this.settings.proxyVersion === 1 ? writeProxyV1 : writeProxyV2;
    return bytes.subarray(0, write(bytes, 0, source, destination));
  }

  #begin(): void {
    const { server, plan, connectOptions } = this.settings;
    // Nobody asks for a server in maintenance; the timer goes on, so that its end is noticed.
    if (server.isInMaintenance) {
      this.#armNext();
      return;
    }
    this.#startedMs = this.#thread.loop.nowMs;
    this.#isConnected = false;
    this.#conversation = plan.start();
    server.state.isChecking.set(1);
    this.#timeout.arm(this.#startedMs + this.settings.connectTimeoutMs);
    const address = this.#address();
    const connection = ControlConnection.connect(this.#thread, address, this, connectOptions);
    if (typeof connection === "number") this.#finish(this.#failed(-connection));
    else this.#connection = connection;
  }

  #address(): SocketAddress {
    const { server, address, port } = this.settings;
    const base = address ?? server.address;
    if (port === 0 || port === base.port) return base;
    const other = new SocketAddress();
    other.copyFrom(base);
    other.port = port;
    return other;
  }

  #failed(errno: number): Finding {
    const text = errnoText(errno);
    if (!this.#isConnected) return { status: CheckStatus.L4_CONNECT, code: 0, text };
    const isL7 = this.#conversation?.layer === "L7";
    const status = isL7 ? CheckStatus.L7_RESPONSE : CheckStatus.L6_RESPONSE;
    return { status, code: 0, text };
  }

  #timedOut(): Finding {
    if (!this.#isConnected) return { status: CheckStatus.L4_TIMEOUT, code: 0, text: "" };
    const isL7 = this.#conversation?.layer === "L7";
    return { status: isL7 ? CheckStatus.L7_TIMEOUT : CheckStatus.L6_TIMEOUT, code: 0, text: "" };
  }

  #finish(finding: Finding): void {
    const durationMs = this.#thread.loop.nowMs - this.#startedMs;
    this.#hangUp();
    reportCheck(this.settings.server, { ...finding, durationMs });
    this.#armNext();
  }

  /** Closes with RST: nothing is left to say, and no port stays in TIME_WAIT. */
  #hangUp(): void {
    this.#timeout.disarm();
    this.#conversation = null;
    this.settings.server.state.isChecking.set(0);
    this.#connection?.reset();
    this.#connection = null;
  }

  #armNext(): void {
    const intervalMs = this.#spread(this.#intervalMs());
    this.#next.arm(this.#thread.loop.nowMs + intervalMs);
  }

  /** Shorter while the server is on its way up or down, longer while it is down, where so set. */
  #intervalMs(): number {
    const { server, intervalMs, fastIntervalMs, downIntervalMs } = this.settings;
    const health = server.state.checkHealth.get();
    if (health >= server.checkRise + server.checkFall - 1) return intervalMs;
    if (health === 0) return downIntervalMs === 0 ? intervalMs : downIntervalMs;
    return fastIntervalMs === 0 ? intervalMs : fastIntervalMs;
  }
}
