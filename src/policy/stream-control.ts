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
 * What actions may do to a stream, besides what they do to the heads that the view shows. `proxy`
 * implements it; what becomes of the stream is told by the verdict that the action returns.
 */
export interface StreamControl extends StreamView {
  /** Refuses the exchange with an answer; the log tells that the proxy did (`PR`). */
  deny(answer: RuleAnswer): void;
  /** Answers in the place of a server, as the proxy's own doing (`LR`). */
  answer(answer: RuleAnswer): void;
  /** Ends the connection without an answer. Whoever runs the rules of a mere connection closes it. */
  reject(): void;
  /** Sets the level of the log line: 0 to 7 as syslog has them, or -1 for no line. */
  setLogLevel(level: number): void;
  /** Makes the client's address what the sample says; its port stays. */
  setSource(sample: Sample): void;
  setSourcePort(port: number): void;
}
