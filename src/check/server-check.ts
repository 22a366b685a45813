import type { CheckRecord } from "../balance/check-record.ts";
import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import type { CheckReport } from "../balance/server-health.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { ConnectOptions } from "../net/connector.ts";
import { ControlConnection, type ControlHandler } from "../net/control-connection.ts";
import { V1_SIZE_MAX, writeProxyV1 } from "../net/proxy-protocol-v1.ts";
import { V2_SIZE_MAX, writeProxyV2 } from "../net/proxy-protocol-v2.ts";
import type { Thread } from "../net/thread.ts";
import { errnoText } from "../sys/errno.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Conversation, Finding, ProbePlan } from "./probe.ts";

/** How one server is checked, or its agent asked. */
export interface ServerCheckSettings {
  readonly server: Server;
  /** What it is of the server: `server.check` or `server.agent`. */
  readonly record: CheckRecord;
  readonly plan: ProbePlan;
  /** Lets a finding count. */
  readonly report: (server: Server, report: CheckReport) => void;
  readonly connectOptions: ConnectOptions;
  /** The version of the PROXY header that its connections start with, or 0. */
  readonly proxyVersion: 0 | 1 | 2;
  readonly intervalMs: number;
  readonly fastIntervalMs: number;
  readonly downIntervalMs: number;
  /** How long connecting may take, and the answer once connected. */
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** False when connecting and the answer share the first of the two. */
  readonly hasAnswerTimeout: boolean;
  /** Whether maintenance stops it; an agent may be the one who ends the maintenance. */
  readonly pausesInMaintenance: boolean;
}

/** Spreads an interval; the identity where nothing is to be spread. */
export type Spread = (intervalMs: number) => number;

const TimerKind = { NEXT: 0, TIMEOUT: 1 } as const;

/**
 * Checks fall due on ticks of this share of their interval at most, so that one wake-up serves
 * those of several servers.
 */
const TICKS_PER_INTERVAL = 128;
const TICK_MAX_MS = 16;

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
  readonly #otherPort = new SocketAddress();
  #nextMs = 0;
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
    this.#armAt(this.#thread.loop.nowMs + delayMs);
  }

  /** Ends; a check on its way finds nothing. */
  stop(): void {
    this.#next.disarm();
    this.#hangUp();
  }

  /** Traffic found errors (`on-error`): the next check comes no later than after `fastinter`. */
  hasten(): void {
    if (!this.#next.isArmed) return;
    const { fastIntervalMs, intervalMs } = this.settings;
    const soonMs = this.#thread.loop.nowMs + (fastIntervalMs === 0 ? intervalMs : fastIntervalMs);
    if (soonMs < this.#nextMs) this.#armAt(soonMs);
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
    if (this.settings.proxyVersion !== 0 && !this.#isElsewhere) {
      connection.send(this.#proxyHeader(connection));
    }
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

  /** Whoever listens elsewhere for checks alone expects no header. */
  get #isElsewhere(): boolean {
    const { address, port } = this.settings.record;
    return address !== null || port !== 0;
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
    const { server, record, plan, connectOptions, pausesInMaintenance } = this.settings;
    // Nobody asks then; the timer goes on, so that the end of it is noticed.
    if (!record.isEnabled || (pausesInMaintenance && server.isInMaintenance)) {
      this.#armNext();
      return;
    }
    this.#startedMs = this.#thread.loop.nowMs;
    this.#isConnected = false;
    this.#conversation = plan.start();
    record.state.isRunning.set(1);
    record.text = "";
    this.#timeout.arm(this.#startedMs + this.settings.connectTimeoutMs);
    const address = this.#address();
    const connection = ControlConnection.connect(this.#thread, address, this, connectOptions);
    if (typeof connection === "number") this.#finish(this.#failed(-connection));
    else this.#connection = connection;
  }

  #address(): SocketAddress {
    const { server, record } = this.settings;
    const base = record.address ?? server.address;
    const port = record.port === 0 ? server.address.port : record.port;
    if (port === 0 || port === base.port) return base;
    this.#otherPort.copyFrom(base);
    this.#otherPort.port = port;
    return this.#otherPort;
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
    this.settings.report(this.settings.server, { ...finding, durationMs });
    this.#armNext();
  }

  /** Closes with RST: nothing is left to say, and no port stays in TIME_WAIT. */
  #hangUp(): void {
    this.#timeout.disarm();
    this.#conversation = null;
    this.settings.record.state.isRunning.set(0);
    this.#connection?.reset();
    this.#connection = null;
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
