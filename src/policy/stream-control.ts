import type { Verdict } from "./action.ts";
import type { RewriteControl } from "./rewrite-control.ts";
import type { Sample } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/** An answer that a rule gives in the place of a server. */
export interface RuleAnswer {
  /** The status that logs and counters show; that of the error whose configured answer is sent. */
  readonly status: number;
  /** The client's connection ends with it. */
  readonly closes: boolean;
  /**
   * A whole message without a `connection` field; null stands for
   * the proxy's own answer to the status. An empty one closes the connection without a word.
   */
  message(control: StreamControl): Uint8Array | null;
}

/**
 * What actions may do to a stream, besides what they do to the heads that the view shows. `proxy`
 * implements it; what becomes of the stream is told by the verdict that the action returns.
 */
export interface StreamControl extends StreamView, RewriteControl {
  /** Refuses the exchange with an answer; the log tells that the proxy did (`PR`). */
  deny(answer: RuleAnswer): void;
  /** Answers in the place of a server, as the proxy's own doing (`LR`). */
  answer(answer: RuleAnswer): void;
  /** Refuses the exchange like {@link deny}, after `timeout tarpit` (`PT`). */
  tarpit(answer: RuleAnswer): void;
  /**
   * Asks for the body of the message that is shown. WAIT while it is awaited, DONE when the wait has
   * ended the exchange, else NEXT.
   *
   * @param waitMs - How long it may be awaited; 0 leaves that to the side's timeout.
   * @param sizeMin - So much content is enough; 0 wants the whole body, or a full buffer.
   */
  awaitBody(waitMs: number, sizeMin: number): Verdict;
  /** Ends the connection so that its client is not told. Whoever runs the rules of a mere connection closes it. */
  drop(): void;
  /** Ends the connection without an answer. Whoever runs the rules of a mere connection closes it. */
  reject(): void;
  /** Ends the connection to the server; what has come of its response goes on to the client. */
  closeServer(): void;
  /** Sets the level of the log line: 0 to 7 as syslog has them, or -1 for no line. */
  setLogLevel(level: number): void;
  /** A PROXY header, or a NetScaler Client IP header, comes first on the connection. */
  expectProxyHeader(): void;
  expectNetscalerHeader(): void;
  /** Makes the client's address what the sample says; its port stays. */
  setSource(sample: Sample): void;
  setSourcePort(port: number): void;
  /** The same of where the client wanted to go. */
  setDestination(sample: Sample): void;
  setDestinationPort(port: number): void;
}
