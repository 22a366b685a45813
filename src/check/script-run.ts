import { CheckStatus } from "../balance/check-status.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { ControlConnection, type ControlHandler } from "../net/control-connection.ts";
import {
  isSocksGranted,
  SOCKS_ANSWER_SIZE,
  SOCKS_REQUEST_SIZE,
  writeSocksRequest,
} from "../net/socks-request.ts";
import type { Thread } from "../net/thread.ts";
import { Errno, errnoText } from "../sys/errno.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { CheckInput } from "./check-input.ts";
import { checkProxyHeader } from "./check-proxy-header.ts";
import type { CheckRun, CheckTarget, Finding } from "./probe.ts";
import type { ScriptPlan } from "./script-plan.ts";
import { type ConnectStep, finding, Judgement, type SendStep, StepKind } from "./steps.ts";

/** The longest text that a finding carries unless its plan says otherwise, in characters. */
const TEXT_SIZE_MAX = 127;

/**
 * One check that follows a script: step by step, each to its end, until one fails, all have passed
 * or time is up. It holds one connection at most.
 *
 * ```text
 *   connect -> established -> next step
 *   send    -> all is sent -> next step
 *   expect  -> answer passes -> next step; or waits for more of it
 * ```
 */
export class ScriptRun implements CheckRun, ControlHandler, TimerTarget {
  readonly #plan: ScriptPlan;
  readonly #thread: Thread;
  readonly #target: CheckTarget;
  readonly #tell: (finding: Finding) => void;
  readonly #timer: Timer;
  readonly #input: CheckInput;
  #connection: ControlConnection | null = null;
  #lingers = false;
  /** Where the current step's connection leads to. */
  #address: SocketAddress | null = null;
  /** What a SOCKS proxy has said so far; null where it has no say, or no more. */
  #socksAnswer: Buffer | null = null;
  #index = 0;
  /** The connection of the current step is not established yet. */
  #isConnecting = false;
  #isSending = false;
  #isOver = false;

  constructor(
    plan: ScriptPlan,
    thread: Thread,
    target: CheckTarget,
    tell: (finding: Finding) => void,
  ) {
    this.#plan = plan;
    this.#thread = thread;
    this.#target = target;
    this.#tell = tell;
    this.#timer = new Timer(thread.wheel, this, 0);
    this.#input = new CheckInput(plan.options.answerSizeMax);
  }

  begin(): void {
    this.#timer.arm(this.#thread.loop.nowMs + this.#target.connectTimeoutMs);
    this.#run();
  }

  stop(): void {
    this.#isOver = true;
    this.#timer.discard();
    this.#hangUp();
  }

  onTimer(): void {
    if (!this.#isOver) this.#finish(this.#timedOut());
  }

  onFault(): void {
    if (!this.#isOver) this.#finish(finding(CheckStatus.SOCKET_ERROR, "Internal error"));
  }

  onConnected(connection: ControlConnection): void {
    if (connection !== this.#connection || this.#isOver) return;
    if (this.#socksAnswer === null) this.#onEstablished(connection);
    else this.#askSocks(connection);
  }

  /** Asks the SOCKS proxy for a connection to the server. */
  #askSocks(connection: ControlConnection): void {
    const address = this.#address!;
    if (address.family !== AddressFamily.INET) {
      this.#finish(this.#failed(Errno.EAFNOSUPPORT));
      return;
    }
    const request = new Uint8Array(SOCKS_REQUEST_SIZE);
    writeSocksRequest(request, 0, address);
    connection.send(request);
  }

  /** Takes the SOCKS proxy's answer; what follows is the server's. */
  #onSocksData(connection: ControlConnection, data: Uint8Array): void {
    const answer = Buffer.concat([this.#socksAnswer!, data]);
    this.#socksAnswer = answer;
    if (answer.length < SOCKS_ANSWER_SIZE) return;
    if (!isSocksGranted(answer, 0)) {
      this.#finish(this.#failed(Errno.ECONNREFUSED));
      return;
    }
    this.#socksAnswer = null;
    this.#onEstablished(connection);
    if (answer.length > SOCKS_ANSWER_SIZE && !this.#isOver) {
      this.onData(connection, answer.subarray(SOCKS_ANSWER_SIZE));
    }
  }

  #onEstablished(connection: ControlConnection): void {
    this.#isConnecting = false;
    const { hasAnswerTimeout, answerTimeoutMs } = this.#target;
    if (hasAnswerTimeout) this.#timer.arm(this.#thread.loop.nowMs + answerTimeoutMs);
    const version = this.#proxyVersion(this.#plan.steps[this.#index] as ConnectStep);
    if (version !== 0) {
      const { tellsChecks } = this.#target;
      const source = connection.localAddress();
      connection.send(checkProxyHeader(source, this.#address!, version, tellsChecks));
      // It is to arrive, even where the check is over with it.
      this.#isSending = !this.#isOver && connection.pendingBytes > 0;
      if (this.#isSending) return;
    }
    if (this.#isOver) return;
    this.#index++;
    this.#run();
  }

  onData(connection: ControlConnection, data: Uint8Array): void {
    if (connection !== this.#connection || this.#isOver) return;
    if (this.#socksAnswer !== null) {
      this.#onSocksData(connection, data);
      return;
    }
    this.#input.add(data);
    if (this.#input.isLast) connection.watchReading(false);
    this.#look();
  }

  onEnd(connection: ControlConnection): void {
    if (connection !== this.#connection || this.#isOver) return;
    if (this.#socksAnswer !== null) {
      this.#finish(this.#failed(Errno.ECONNRESET));
      return;
    }
    this.#input.isEnded = true;
    this.#look();
  }

  onError(connection: ControlConnection, errno: number): void {
    if (connection !== this.#connection || this.#isOver) return;
    this.#connection = null;
    this.#finish(this.#failed(errno));
  }

  onDrained(connection: ControlConnection): void {
    if (connection !== this.#connection || !this.#isSending || this.#isOver) return;
    this.#isSending = false;
    this.#index++;
    this.#run();
  }

  /** Goes on if the current step waits for what has come. */
  #look(): void {
    if (this.#plan.steps[this.#index]?.kind === StepKind.EXPECT) this.#run();
  }

  /** Does steps until one has to wait or the check is over. */
  #run(): void {
    const { steps } = this.#plan;
    while (!this.#isOver) {
      const step = steps[this.#index];
      if (step === undefined) {
        this.#finish(this.#plan.passed(this.#input, this.#target.server));
        return;
      }
      if (step.kind === StepKind.CONNECT) {
        this.#connect(step);
        return;
      }
      if (step.kind === StepKind.SEND && !this.#send(step)) return;
      if (step.kind === StepKind.EXPECT && !this.#expect()) return;
      this.#index++;
    }
  }

  #connect(step: ConnectStep): void {
    if (this.#connection !== null) {
      this.#hangUp();
      this.#timer.arm(this.#thread.loop.nowMs + this.#target.connectTimeoutMs);
    }
    this.#input.clear();
    this.#input.isEnded = false;
    this.#isConnecting = true;
    this.#lingers = step.lingers;
    const address = this.#addressFor(step);
    const { connectOptions, socks, usesSocks } = this.#target;
    const isTunneled = step.viaSocks || (step.usesServerOptions && usesSocks);
    const proxy = isTunneled ? socks : null;
    this.#address = address;
    this.#socksAnswer = proxy === null ? null : Buffer.alloc(0);
    const made = ControlConnection.connect(this.#thread, proxy ?? address, this, connectOptions);
    if (typeof made === "number") this.#finish(this.#failed(-made));
    else this.#connection = made;
  }

  #addressFor(step: ConnectStep): SocketAddress {
    const { server, record } = this.#target;
    const base = step.address ?? record.address ?? server.address;
    const usual = record.port === 0 ? server.address.port : record.port;
    const port = step.port === 0 ? usual : step.port;
    if (port === 0 || port === base.port) return base;
    const other = new SocketAddress();
    other.copyFrom(base);
    other.port = port;
    return other;
  }

  /** Whoever listens elsewhere for checks alone expects no header, unless it is asked for. */
  #proxyVersion(step: ConnectStep): 0 | 1 | 2 {
    const { record, proxyVersion, isProxyForced } = this.#target;
    const isElsewhere = record.address !== null || record.port !== 0;
    const isWanted = isProxyForced || (proxyVersion !== 0 && !isElsewhere);
    if (!step.sendsProxy && !(step.usesServerOptions && isWanted)) return 0;
    return proxyVersion === 2 ? 2 : 1;
  }

  /** Returns whether all is sent. */
  #send(step: SendStep): boolean {
    this.#input.clear();
    const bytes = step.compose(this.#target.server);
    if (typeof bytes === "string") {
      this.#finish(
        finding(CheckStatus.L7_RESPONSE, `${bytes} at step ${this.#plan.numberOf(this.#index)}`),
      );
      return false;
    }
    const connection = this.#connection!;
    connection.watchReading(true);
    connection.send(bytes);
    this.#isSending = !this.#isOver && connection.pendingBytes > 0;
    return !this.#isOver && !this.#isSending;
  }

  /** Returns whether the answer passes. */
  #expect(): boolean {
    const judgement = this.#plan.judge(this.#index, this.#input, this.#target.server);
    if (judgement === Judgement.PASS) return true;
    if (judgement !== Judgement.WAIT) this.#finish(judgement);
    return false;
  }

  #failed(errno: number): Finding {
    const isEarlyReset = this.#isConnecting && errno === Errno.ECONNRESET;
    // A reset comes behind the establishment, even if both are seen at once: in the next step.
    const next = isEarlyReset ? this.#index + 1 : this.#index;
    if (next >= this.#plan.steps.length) {
      return this.#plan.passed(this.#input, this.#target.server);
    }
    const isRefused = this.#isConnecting && !isEarlyReset;
    const status = isRefused ? CheckStatus.L4_CONNECT : CheckStatus.SOCKET_ERROR;
    return finding(status, `${errnoText(errno)}${this.#plan.placeOf(next)}`);
  }

  #timedOut(): Finding {
    const step = this.#plan.steps[this.#index]!;
    const place = this.#plan.placeOf(this.#index);
    if (step.kind === StepKind.CONNECT) return finding(CheckStatus.L4_TIMEOUT, place);
    if (step.kind === StepKind.EXPECT) return finding(step.timeoutStatus, place);
    return finding(CheckStatus.L7_TIMEOUT, place);
  }

  #finish({ status, code, text }: Finding): void {
    this.stop();
    const sizeMax = this.#plan.options.textSizeMax ?? TEXT_SIZE_MAX;
    this.#tell({ status, code, text: text.slice(0, sizeMax) });
  }

  /** With RST unless told otherwise: nothing is left to say, and no port stays in TIME_WAIT. */
  #hangUp(): void {
    const connection = this.#connection;
    this.#connection = null;
    if (connection === null) return;
    if (this.#lingers) connection.close();
    else connection.reset();
  }
}
