import type { Sample } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/** An answer that a rule gives in the place of a server. */
export interface RuleAnswer {
  /** Status of the answer, or of the error whose configured answer is sent. */
  readonly status: number;
  /** A whole message without a `connection` field; null stands for the proxy's answer to `status`. */
  readonly message: Uint8Array | null;
}

/**
 * What actions may do to a stream. `proxy` implements it; what the stream becomes is told by the
 * verdict that the action returns.
 */
export interface StreamControl extends StreamView {
  /** Refuses the exchange with an answer; the log tells that the proxy did (`PR`). */
  deny(answer: RuleAnswer): void;
  /** Answers in the place of a server, as the proxy's own doing (`LR`). */
  answer(answer: RuleAnswer): void;
  /** Holds the answer back for `timeout tarpit`, then denies. */
  tarpit(answer: RuleAnswer): void;
  /** Ends the connection without a word of HTTP. */
  reject(): void;
  /** Lets the connection go without telling the client. */
  silentDrop(): void;
  /** Counts an edit that found no room; true when the exchange must end for it (`strict-mode`). */
  failRewrite(): boolean;
  /** Sets the level of the log line: 0 to 7 as syslog has them, or -1 for no line. */
  setLogLevel(level: number): void;
  setTos(tos: number): void;
  setMark(mark: number): void;
  /** Makes the client's address what the sample says; its port stays. */
  setSource(sample: Sample): void;
  setSourcePort(port: number): void;
  setDestination(sample: Sample): void;
  setDestinationPort(port: number): void;
  /** Keeps bytes in a slot of `declare capture`, cut to the slot's length. */
  captureRequest(slot: number, bytes: Uint8Array, start: number, end: number): void;
  captureResponse(slot: number, bytes: Uint8Array, start: number, end: number): void;
  /** Sets the place of the stream in queues. */
  setPriorityClass(value: number): void;
  setPriorityOffset(value: number): void;
  /** Replaces `timeout server` and `timeout tunnel` of this stream. */
  setServerTimeout(timeoutMs: number): void;
  setTunnelTimeout(timeoutMs: number): void;
  /** No request of this exchange is sent again once it reached a server. */
  disableRetries(): void;
}
