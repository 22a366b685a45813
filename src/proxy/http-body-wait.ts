import { KnownField } from "../http/field-names.ts";
import { Method } from "../http/methods.ts";
import { Verdict } from "../policy/action.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { ListenerCounter } from "../state/listener-state.ts";
import { Cause, NEVER_WHOLE, Phase } from "./endings.ts";
import { HttpResponseRules, NEVER_MS } from "./http-response-rules.ts";
import { captureRequest } from "./stream-log.ts";
import { StreamState } from "./stream-state.ts";

/** What a client is told that waits before it sends its body (RFC 9110 section 10.1.1). */
const CONTINUE = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n", "latin1");

/**
 * How an exchange waits for its request's body before the request goes anywhere: for options, rules,
 * the statistics page or the algorithm that want it. What waits is asked again when more has come.
 */
export abstract class HttpBodyWait extends HttpResponseRules {
  /** When the present wait, for the body or by rules on content, is over; -1 while there was none. */
  protected waitEndMs = -1;
  /** The client ended within a body that was waited for. */
  protected lacksBody = false;
  /** What is waited for is the request's body. */
  protected awaitsBody = false;
  /** The client's time is over: what waits looks a last time. */
  protected isTimeOver = false;
  /** The body decides on the server alone: without it the request is as good. */
  #isForServer = false;

  /** Nothing has been waited for yet. */
  protected beginWaits(): void {
    this.waitEndMs = -1;
    this.lacksBody = false;
    this.awaitsBody = false;
    this.isTimeOver = false;
    this.#isForServer = false;
  }

  /** Does one of the proxies want the whole request (`option http-buffer-request`)? */
  protected buffersRequest(): boolean {
    return this.backend!.options.buffersRequest || this.context.frontend.options.buffersRequest;
  }

  /** Waits for the whole request for as long as the client may take for one. */
  protected hasBody(): boolean {
    const { httpRequestMs } = this.context.frontend.timeouts;
    const endMs = httpRequestMs > 0 ? this.session!.firstByteMs + httpRequestMs : NEVER_MS;
    return this.#awaitsNoBody(endMs, 0);
  }

  /** Waits for a body that decides on the server (`balance url_param ... check_post`). */
  protected hasDecidingBody(): boolean {
    if (this.request.method !== Method.POST) return true;
    this.#isForServer = true;
    const { httpRequestMs, clientMs } = this.context.frontend.timeouts;
    if (httpRequestMs > 0) return this.#awaitsNoBody(this.session!.firstByteMs + httpRequestMs, 0);
    return this.#awaitsNoBody(clientMs > 0 ? this.engine.loop.nowMs + clientMs : NEVER_MS, 0);
  }

  /**
   * Has the request's body come, or as much of it as the buffer takes or is wanted? Else the exchange
   * waits, or ends.
   *
   * @param endMs - When the wait is over; told at its begin.
   * @param sizeMin - How much content is enough; 0 wants all.
   */
  #awaitsNoBody(endMs: number, sizeMin: number): boolean {
    const { backend } = this;
    if (this.#hasEnoughBody(sizeMin)) {
      this.#noteWaitEnd();
      return true;
    }
    if (this.requestBody.error !== 0) {
      this.#noteBrokenBody();
      this.refuseBody();
      return false;
    }
    if (this.isRequestInputOver) {
      this.#noteWaitEnd();
      // There has to be a backend that counts it.
      this.lacksBody = backend === null;
      if (backend === null) return true;
      this.countRequestError();
      this.abortClient();
      return false;
    }
    this.#waitForBody(endMs);
    return false;
  }

  /** Is the body whole, is there no room for more, or has as much come as is wanted? */
  #hasEnoughBody(sizeMin: number): boolean {
    if (this.hasWholeRequest()) return true;
    if (this.requestBody.error !== 0) return false;
    const { client, engine } = this;
    const { bufferSize, rewriteSize } = engine.thread.tuning;
    if (client.end >= client.bufferStart + bufferSize - rewriteSize) return true;
    return sizeMin > 0 && this.bodySize() >= sizeMin;
  }

  /** The time of a request that was waited for lasts until its body came, or until it is given up. */
  #noteWaitEnd(): void {
    if (this.waitEndMs !== -1 || this.lacksBody) this.bodyEndMs = this.engine.loop.nowMs;
  }

  /** A body that will never be whole: neither is its request, unless only its server was to be found. */
  #noteBrokenBody(): void {
    if (!this.#isForServer) this.bodyEndMs = NEVER_WHOLE;
  }

  #waitForBody(endMs: number): void {
    const { engine, context } = this;
    const session = this.session!;
    const { nowMs } = engine.loop;
    const { clientMs } = context.frontend.timeouts;
    if (this.waitEndMs === -1) {
      this.waitEndMs = endMs;
      if (this.request.expectsContinue && !this.#invitesBody()) return;
    } else if (nowMs >= this.waitEndMs || this.isTimeOver) {
      this.#noteBrokenBody();
      this.countRequestError();
      this.fail(408, Cause.CLIENT_TIMEOUT, Phase.REQUEST);
      return;
    }
    this.awaitsBody = true;
    // Without a time for the whole, the client may take its time between its parts.
    const leftMs = this.waitEndMs === NEVER_MS ? clientMs : this.waitEndMs - nowMs;
    session.armClient(Math.max(1, clientMs > 0 ? Math.min(leftMs, clientMs) : leftMs));
    this.client.watchReading(true);
  }

  /** A rule wants the body of the message that it looks at (`wait-for-body`). */
  awaitBodyByRule(waitMs: number, sizeMin: number): Verdict {
    const endMs = waitMs > 0 ? this.engine.loop.nowMs + waitMs : NEVER_MS;
    if (this.responseMs !== -1) return this.awaitResponseBody(endMs, sizeMin);
    if (this.#awaitsNoBody(endMs, sizeMin)) {
      // The next rule that waits has a time of its own.
      this.waitEndMs = -1;
      return Verdict.NEXT;
    }
    return this.state === StreamState.RULES ? Verdict.WAIT : Verdict.DONE;
  }

  /** The client waits to be asked for its body; false when it has gone. */
  #invitesBody(): boolean {
    const { client, engine, request } = this;
    const { outputStart } = engine;
    engine.thread.region.bytes.set(CONTINUE, outputStart);
    request.removeKnown(KnownField.EXPECT);
    request.expectsContinue = false;
    if (client.send(outputStart, CONTINUE.length, false) === CONTINUE.length) return true;
    this.abortClient();
    return false;
  }

  /** Counts a request that did not come as it should, where its frontend and its address are told. */
  protected countRequestError(): void {
    const { frontend, bind } = this.context;
    frontend.frontendState!.counters.values[FrontendCounter.REQUEST_ERRORS]! += 1;
    bind.state.counters.values[ListenerCounter.REQUEST_ERRORS]! += 1;
  }

  /** The framing of the request's body is wrong. */
  protected refuseBody(): void {
    captureRequest(this.session!, this.requestBody.errorAt);
    this.clientKeepsAlive = false;
    this.countRequestError();
    this.fail(400, Cause.PROXY_REFUSED, this.currentPhase());
  }
}
