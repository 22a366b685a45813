import { BodyReader } from "../h1/body-reader.ts";
import { Framing } from "../h1/framing.ts";
import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { LogLevel } from "../log/level.ts";
import type { Connection } from "../net/connection.ts";
import { Verdict } from "../policy/action.ts";
import type { RuleAnswer } from "../policy/stream-control.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Errno } from "../sys/errno.ts";
import { Cause, Phase } from "./endings.ts";
import { HttpRewriting } from "./http-rewriting.ts";
import type { ProxyRules } from "./proxy-rules.ts";
import { ResponseInspection } from "./response-inspection.ts";
import { proxysAnswer } from "./rule-answer.ts";
import { countDenied } from "./stream-counts.ts";
import { StreamState } from "./stream-state.ts";

/** A moment that does not come. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** How a response passes the rules of its backend and its frontend, which may wait for its body. */
export abstract class HttpResponseRules extends HttpRewriting {
  /** When the wait of the present rules is over; -1 while they have not waited. */
  #waitEndMs = -1;
  /** The rules of the backend have let the response pass. */
  #isBackendDone = false;
  /** Looks ahead into a response's body for rules that wait for it. */
  #awaitedBody: BodyReader | null = null;
  /** The server closed or reset its connection, or refused our bytes, before a response. */
  protected abstract onServerBroken(): void;
  /** The head of a response has come, and rules on its content may have waited for more. */
  protected abstract onResponseHead(connection: Connection): void;

  /**
   * Lets the rules on content look at a response that has not come yet: some decide without it.
   *
   * @hot
   */
  protected beginInspection(): void {
    const { rules } = this.backend!;
    if (rules !== null && !rules.responseContent.isEmpty) this.#startInspection(rules);
  }

  #startInspection(rules: ProxyRules): void {
    this.inspection ??= new ResponseInspection(this, () => this.#endInspection());
    this.inspection.begin(rules);
    if (this.connection?.isConnecting === false) this.#inspect(null);
  }

  /**
   * Lets the rules on content look at a response whose head has come; false when it waits, or has been
   * rejected.
   *
   * @hot
   */
  protected passesInspection(): boolean {
    return this.inspection?.isActive !== true || this.#inspect(this.response);
  }

  #inspect(head: Head | null): boolean {
    const connection = this.connection!;
    const inspection = this.inspection!;
    const { bufferSize, rewriteSize } = this.engine.thread.tuning;
    const start = head === null ? connection.start : head.start;
    const { end, bufferStart, isReadClosed } = connection;
    const isFull = head !== null && end >= bufferStart + bufferSize - rewriteSize;
    const isOver = isReadClosed || isFull;
    const verdict = inspection.run(this.openPolicy(), { head, start, end, isOver });
    if (verdict === Verdict.WAIT && head !== null) {
      this.state = StreamState.RESPONSE_RULES;
      connection.watchReading(true);
    }
    if (verdict > Verdict.STOP) return false;
    if (this.state === StreamState.RESPONSE_RULES) this.state = StreamState.HEADERS;
    return !inspection.closesServer || this.#closeServer(connection, head !== null);
  }

  /** A rule ends the connection to the server: as if it had ended it itself. */
  #closeServer(connection: Connection, hasHead: boolean): boolean {
    connection.shutdownWrite();
    connection.isReadClosed = true;
    this.closesServer = true;
    if (!hasHead) this.onServerBroken();
    return hasHead;
  }

  /** Counts a response that was cut; where a rule has done it, the server is not to blame. */
  protected countCut(): void {
    if (this.inspection?.closesServer === true) return;
    this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
  }

  /** The delay of the rules on content is over. */
  #endInspection(): void {
    if (this.state === StreamState.RESPONSE_RULES) this.onResponseHead(this.connection!);
    else if (this.state === StreamState.HEADERS) this.#inspect(null);
  }

  /** A rule on content rejects the response; the log tells its status where its head has come. */
  protected rejectResponse(): void {
    countDenied(this, false);
    const connection = this.connection!;
    if (connection.unread > 0) this.status = this.response.status;
    this.discardedSize = connection.unread;
    this.cause = Cause.PROXY_REFUSED;
    this.phase = Phase.DATA;
    this.clientKeepsAlive = false;
    // Closed in order, so that the server gets the request.
    connection.isReadClosed = true;
    this.releaseServer(false);
    this.finish();
  }

  /** A rule refuses the exchange: the request, or the server's response. */
  abstract denyByRule(answer: RuleAnswer): void;

  /**
   * Runs the rules of the proxies on the response, those of the backend first; false when one has
   * put another answer in its place, or waits.
   *
   * @hot
   */
  protected passesResponseRules(): boolean {
    const { frontend } = this.context;
    const backend = this.backend!;
    const front = backend === frontend ? null : frontend.rules;
    const back = backend.rules;
    if (front === null && back === null) return true;
    if (!this.#isBackendDone) {
      if (back !== null && !this.#passesRules(back)) return false;
      this.#isBackendDone = true;
    }
    const isPassed =
      (front === null || this.#passesRules(front)) &&
      (back === null || this.passesOnResponse(back.httpAfterResponse)) &&
      (front === null || this.passesOnResponse(front.httpAfterResponse));
    if (!isPassed) return false;
    if (this.response.isUntouched || this.settleResponse(this.responseBody.framing)) return true;
    this.failByRewrite();
    return false;
  }

  /** What one section says of responses: its rules, then those on lines. */
  #passesRules({ httpResponse, lines }: ProxyRules): boolean {
    if (!this.passesOnResponse(httpResponse)) return false;
    if (lines === null) return true;
    const { edits, additions } = lines.response;
    return this.passesOnResponse(edits) && this.passesOnResponse(additions);
  }

  /** `option checkcache`: refuses a response that caches would give everybody, cookie and all. */
  protected passesCacheCheck(): boolean {
    const { backend, response, request } = this;
    if (!backend!.options.refusesCacheableCookies) return true;
    if (!response.has(KnownField.SET_COOKIE) && !response.has(KnownField.SET_COOKIE2)) return true;
    if (!this.engine.cacheJudge.isCacheable(response, request.method)) return true;
    this.context.frontend.logger.message(
      LogLevel.ALERT,
      `Blocking cacheable cookie in response from instance ${backend!.name}, server ${this.server!.name}.`,
    );
    this.denyByRule(proxysAnswer(502));
    return false;
  }

  /** Starts the rules on a response anew. */
  protected beginResponseRules(connection: Connection): void {
    this.#isBackendDone = false;
    this.#waitEndMs = -1;
    const { bufferSize, rewriteSize } = this.engine.thread.tuning;
    const { bufferStart, end } = connection;
    const waits =
      this.backend!.rules?.httpResponse.waits === true ||
      this.context.frontend.rules?.httpResponse.waits === true;
    // While rules wait, the body goes on to fill its part of the buffer.
    const editStart = waits ? bufferStart + bufferSize - rewriteSize : end;
    this.response.setEditArea(Math.max(editStart, end), bufferStart + bufferSize);
  }

  /** A rule wants the body of the response; it waits until `endMs` at the latest. */
  protected awaitResponseBody(endMs: number, sizeMin: number): Verdict {
    const connection = this.connection!;
    const { bufferSize, rewriteSize } = this.engine.thread.tuning;
    const { nowMs } = this.engine.loop;
    const isFull = connection.end >= connection.bufferStart + bufferSize - rewriteSize;
    if (isFull || connection.isReadClosed || this.#hasResponseBody(sizeMin)) {
      this.#waitEndMs = -1;
      return Verdict.NEXT;
    }
    if (this.#waitEndMs === -1) this.#waitEndMs = endMs;
    this.state = StreamState.RESPONSE_RULES;
    const { serverMs } = this;
    const leftMs = Math.max(1, this.#waitEndMs - nowMs);
    const isEndless = this.#waitEndMs === NEVER_MS;
    this.armServer(isEndless || (serverMs > 0 && serverMs < leftMs) ? serverMs : leftMs);
    connection.watchReading(true);
    return Verdict.WAIT;
  }

  /** Has the response's body come, or so much of it? What is wrong with it is for others to tell. */
  #hasResponseBody(sizeMin: number): boolean {
    const { bytes } = this.engine.thread.region;
    const { end } = this.connection!;
    this.#awaitedBody ??= new BodyReader();
    const reader = this.#awaitedBody;
    reader.begin(this.responseBody.framing, this.response.contentLength);
    let at = this.response.end;
    while (at < end && !reader.isDone && reader.error === 0) at = reader.payload(bytes, at, end);
    return reader.isDone || reader.error !== 0 || (sizeMin > 0 && reader.payloadSize >= sizeMin);
  }

  /** More of the response has come while rules wait for it. */
  protected onResponseInput(connection: Connection): void {
    const size = connection.receive(this.engine.thread.tuning.rewriteSize);
    if (size === -Errno.EAGAIN) return;
    if (size <= 0) connection.watchReading(false);
    if (this.inspection?.isActive === true) {
      this.onResponseHead(connection);
      return;
    }
    this.state = StreamState.HEADERS;
    this.serverTimer.disarm();
    if (this.passesResponseRules()) this.continueResponse(connection);
  }

  /** The time for the response's body is over. */
  protected failResponseWait(): void {
    if (this.inspection?.isActive === true) {
      // No more will come: the rules decide on what there is.
      this.connection!.isReadClosed = true;
      this.onResponseHead(this.connection!);
      return;
    }
    this.responseMs = -1;
    this.fail(504, Cause.SERVER_TIMEOUT, Phase.REQUEST);
  }

  /**
   * Looks at the framing of what came with the head; false when it is wrong already, so that the
   * client need not see any of it.
   *
   * @hot
   */
  protected beginResponseBody(connection: Connection, framing: Framing): boolean {
    const { response, responseBody, responseRelay } = this;
    responseBody.begin(framing, response.contentLength);
    responseRelay.sendEnd = response.end;
    if (framing !== Framing.CHUNKED || response.end === connection.end) return true;
    const { bytes } = this.engine.thread.region;
    responseRelay.sendEnd = responseBody.pass(bytes, response.end, connection.end);
    return responseBody.error === 0;
  }

  /** Sends the response on: the rules have let it pass. */
  protected abstract continueResponse(connection: Connection): void;
}
