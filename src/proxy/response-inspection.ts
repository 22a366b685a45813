import type { Head } from "../http/head.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { Verdict } from "../policy/action.ts";
import type { RuleList } from "../policy/rule-list.ts";
import type { ProxyRules } from "./proxy-rules.ts";
import type { Stream } from "./stream.ts";
import type { StreamPolicy } from "./stream-policy.ts";

/** Bytes of a server that rules look at. */
export interface InspectedBytes {
  /** The response's head, once it has been read; null before, and for streams of bytes. */
  readonly head: Head | null;
  readonly start: number;
  readonly end: number;
  /** No more will come, or fit. */
  readonly isOver: boolean;
}

/**
 * How the response of one stream passes `tcp-response content` rules: they look at it as soon as the
 * connection is there, and again whenever more of it has come, for as long as their delay lasts.
 * Made for streams whose backend has such rules, and kept for the next ones.
 *
 * Source: HAProxy configuration manual, section 4.2, tcp-response content.
 */
export class ResponseInspection implements TimerTarget {
  readonly #stream: Stream;
  readonly #onTimeout: () => void;
  readonly #timer: Timer;
  #rules: RuleList | null = null;
  #endMs = 0;
  /** The rules have not let the response pass yet. */
  isActive = false;
  /** The rules look at it now. */
  isRunning = false;
  /** A rule ends the connection to the server. */
  closesServer = false;

  /** @param onTimeout - The delay is over: the rules are to look a last time. */
  constructor(stream: Stream, onTimeout: () => void) {
    this.#stream = stream;
    this.#onTimeout = onTimeout;
    this.#timer = new Timer(stream.engine.thread.wheel, this, 0);
  }

  begin({ responseContent, responseInspectDelayMs }: ProxyRules): void {
    this.#rules = responseContent;
    this.#endMs = this.#stream.engine.loop.nowMs + responseInspectDelayMs;
    this.isActive = true;
    this.closesServer = false;
  }

  /** Lets the rules look at what has come; WAIT arms the timer, any other verdict is the last one. */
  run(policy: StreamPolicy, { head, start, end, isOver }: InspectedBytes): Verdict {
    const { view, loop } = this.#stream.engine;
    const mayWait = loop.nowMs < this.#endMs && !isOver;
    view.showResponseContent(this.#stream, head, start, end, !mayWait);
    policy.isResponse = true;
    this.isRunning = true;
    const verdict = this.#rules!.run(view, policy, mayWait);
    this.isRunning = false;
    if (verdict === Verdict.WAIT) this.#timer.arm(this.#endMs);
    else this.#stop();
    return verdict;
  }

  /** The stream ends. */
  end(): void {
    this.closesServer = false;
    if (this.isActive) this.#stop();
  }

  #stop(): void {
    this.isActive = false;
    this.#timer.disarm();
  }

  onTimer(): void {
    if (this.isActive) this.#onTimeout();
  }

  onFault(error: unknown): void {
    this.#stream.onFault(error);
  }
}
