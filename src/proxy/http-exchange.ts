import type { Server } from "../balance/server.ts";
import { BodyReader } from "../h1/body-reader.ts";
import { Framing, requestFraming } from "../h1/framing.ts";
import { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import type { Connection } from "../net/connection.ts";
import type { RuleAnswer } from "../policy/stream-control.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { ProcessCounter } from "../state/process-state.ts";
import type { AnswerName } from "./answers.ts";
import type { ClientContext } from "./client-context.ts";
import { authenticatesConnection } from "./connection-authentication.ts";
import { EditOverflow } from "./edit-overflow.ts";
import { Cause, CookieResponse, Phase } from "./endings.ts";
import type { Engine } from "./engine.ts";
import { redirectingAnswer } from "./error-file.ts";
import { ConnectionWish } from "./header-edits.ts";
import type { HttpSession } from "./http-session.ts";
import { LocalAnswer } from "./local-answer.ts";
import type { Monitor } from "./monitor.ts";
import type { PolicyView } from "./policy-view.ts";
import { followProxyFields, isProxied } from "./proxied-request.ts";
import { Reuse } from "./proxy-options.ts";
import { RequestStream } from "./request-stream.ts";
import { countBytes, countTimes } from "./stream-counts.ts";
import { countResponse, logConnect, logHttp } from "./stream-log.ts";
import { StreamState } from "./stream-state.ts";

const ZERO = 0x30;
/** Where a message tells its minor version: `HTTP/1.0`. */
const MINOR_VERSION_AT = 7;

const SLASH = 0x2f;

/**
 * One exchange of HTTP/1, a request and its response: how it begins, what is answered without a
 * server, and how it ends. How its bytes move is the subclass's business.
 */
export abstract class HttpExchange extends RequestStream {
  session: HttpSession | null = null;
  readonly response: Head;
  readonly requestBody = new BodyReader();
  readonly responseBody = new BodyReader();
  isRequestDone = false;
  isResponseDone = false;
  isTunnel = false;
  /** The modes of both proxies together: the server's connection ends after the exchange. */
  closesServer = false;
  /** `option http-tunnel`: what follows this exchange passes unseen. */
  isTunnelMode = false;
  /** Has any byte of a final response gone to the client? */
  hasAnswered = false;
  status = -1;
  /** Bytes of interim responses of our own (`early-hint`). */
  hintSize = 0;
  /** The line was written before the end (`option logasap`). */
  isLogged = false;
  /** When the wait for the request's body was over; -1 without a wait. */
  bodyEndMs = -1;
  /** What answered instead of a server, as logs name it: `<STATS>`; empty for a server. */
  answeredBy = "";
  /** The server that the client's cookie stands for, when it was used. */
  cookieServer: Server | null = null;
  /** What the frontend's `capture` lines kept of the messages. */
  requestCookie = "";
  /** What `unique-id-format` names the request; "" without one. */
  uniqueId = "";
  responseCookie = "";
  /** The dates in the cookie; 0 for none. */
  cookieIdleDate = 0;
  cookieLifeDate = 0;
  /** A rule has chosen the server, or that persistence does not count. */
  ignoresCookie = false;
  clientKeepsAlive = false;
  serverKeepsAlive = false;
  /** Rules on content have let the request in: it counts as one, and its line is told. */
  isEntered = false;
  /** The client sends no more, or there is no room for more: rules need not wait for it. */
  protected isRequestInputOver = false;
  #requestLine: Uint8Array | null = null;
  #local: LocalAnswer | null = null;
  readonly #requestOverflow: EditOverflow;
  readonly #responseOverflow: EditOverflow;

  constructor(engine: Engine, context: ClientContext) {
    super(engine, context);
    this.response = new Head(engine.headLinesMax);
    this.#requestOverflow = new EditOverflow(engine.thread);
    this.#responseOverflow = new EditOverflow(engine.thread);
    this.response.reserve = this.#responseOverflow;
  }

  /** The client's connection. */
  override get client(): Connection {
    return this.session!.client;
  }

  /** Goes back to the pool. */
  protected abstract recycle(): void;

  /**
   * Starts the exchange of the head that the session has just read.
   *
   * @hot
   */
  begin(session: HttpSession, headEnd: number): void {
    const { engine } = this;
    const head = engine.spareRequest;
    engine.spareRequest = this.request;
    this.request = head;
    this.session = session;
    this.context = session.context;
    this.restart();
    this.isRequestDone = false;
    this.isResponseDone = false;
    this.isTunnel = false;
    this.closesServer = false;
    this.isTunnelMode = false;
    this.hasAnswered = false;
    this.status = -1;
    this.hintSize = 0;
    this.cookieServer = null;
    this.ignoresCookie = false;
    this.cookieIdleDate = 0;
    this.cookieLifeDate = 0;
    this.requestCookie = "";
    this.uniqueId = "";
    this.responseCookie = "";
    this.isLogged = false;
    this.bodyEndMs = -1;
    this.answeredBy = "";
    this.serverKeepsAlive = false;
    this.#requestLine = null;
    this.isHeadKept = true;
    this.isEntered = false;
    this.isRequestInputOver = false;
    this.#local = null;
    const client = session.client;
    const { frontend } = this.context;
    frontend.frontendState!.h1Streams.add(1);
    logConnect(engine, this.context, client.fd);
    client.start = headEnd;
    this.requestBody.begin(requestFraming(head), head.contentLength);
    if (frontend.options.usesProxyHeader && isProxied(head)) followProxyFields(head);
    this.clientKeepsAlive = head.isPersistent && !frontend.options.closesClient;
    this.requestRelay.source = client;
    this.requestRelay.body = this.requestBody;
    head.reserve = this.#requestOverflow;
    const editStart =
      client.bufferStart + engine.thread.tuning.bufferSize - engine.thread.tuning.rewriteSize;
    head.setEditArea(
      Math.max(editStart, client.end),
      client.bufferStart + engine.thread.tuning.bufferSize,
    );
    if (frontend.captures !== null) frontend.captures.begin(this);
    this.process();
  }

  /**
   * Lets the request in behind the rules on content; false when it was a monitor's, and is answered.
   *
   * @hot
   */
  protected enter(): boolean {
    const { engine, request } = this;
    const { frontend } = this.context;
    this.isEntered = true;
    frontend.countRequest(engine.loop.nowMs);
    engine.process.counters.values[ProcessCounter.REQUESTS]! += 1;
    if (frontend.monitor?.isAskedBy(request) === true) {
      this.isSilent = true;
      this.answerMonitor(frontend.monitor);
      return false;
    }
    if (frontend.captures !== null) frontend.captures.readRequest(request, this);
    return true;
  }

  /** Takes the request through rules to a server, or to an answer. */
  protected abstract process(): void;

  /** A server may be one that clients go to by themselves: they are told where it is. */
  protected override connect(): void {
    const { redirectPrefix } = this.engine.route(this.server!);
    if (redirectPrefix !== null && this.#mayBeRedirected()) this.#redirect(redirectPrefix);
    else super.connect();
  }

  #mayBeRedirected(): boolean {
    const { method, pathStart, targetEnd, bytes } = this.request;
    if (method !== Method.GET && method !== Method.HEAD) return false;
    return pathStart === targetEnd || bytes[pathStart] === SLASH;
  }

  /** Sends the client to the same path elsewhere (`redir` of a server line). */
  #redirect(prefix: string): void {
    const { request, engine } = this;
    this.connectStartMs = engine.loop.nowMs;
    this.server!.sessionStarted();
    this.cause = Cause.LOCAL;
    this.phase = Phase.CONNECT;
    this.releaseServer(false);
    this.clientKeepsAlive = false;
    this.#noteUnansweredCookie();
    const location = prefix + request.text(request.pathStart, request.targetEnd);
    this.sendLocal(redirectingAnswer(302, location), 302);
  }

  /** No response will tell what was done to the persistence cookie. */
  #noteUnansweredCookie(): void {
    const persistence = this.backend?.persistence ?? null;
    if (persistence !== null && !persistence.isSilent) this.cookieResponse = CookieResponse.NONE;
  }

  /** Answers a request of a monitor: 200, or 503 where `monitor fail` says so. */
  protected answerMonitor(monitor: Monitor): void {
    const { answers, frontendState } = this.context.frontend;
    frontendState!.counters.values[FrontendCounter.INTERCEPTED]! += 1;
    this.cause = Cause.LOCAL;
    this.phase = Phase.REQUEST;
    const answer = answers.find(monitor.fails(this.show()) ? 503 : 200);
    // There is no line for it, but it counts.
    this.status = answer.status;
    countResponse(this);
    this.sendAnswer(answer);
  }

  /** Answers with a message of our own in the place of a server. */
  protected answerLocally(message: Uint8Array): void {
    this.context.frontend.frontendState!.counters.values[FrontendCounter.INTERCEPTED]! += 1;
    this.cause = Cause.LOCAL;
    this.phase = Phase.REQUEST;
    this.sendLocal(message, statusOf(message));
  }

  /**
   * Ends the exchange with an error of our own; where the response has started, with a cut.
   */
  fail(status: AnswerName, cause: Cause, phase: Phase): void {
    if (this.cause === Cause.NONE) {
      this.cause = cause;
      this.phase = phase;
    }
    this.releaseServer(false);
    if (this.hasAnswered || this.client.error !== 0) {
      this.clientKeepsAlive = false;
      this.finish();
      return;
    }
    this.#noteUnansweredCookie();
    this.sendAnswer(this.errorAnswer(status));
  }

  /** What its proxies answer to a status: the backend's word comes before the frontend's. */
  errorAnswer(status: AnswerName): RuleAnswer {
    const front = this.context.frontend.answers;
    return (this.backend?.answers ?? front).findOr(status, front);
  }

  /** Shows the exchange to what is made for it; the request's head is there while it is kept. */
  protected abstract show(): PolicyView;

  /** Sends an answer that is the proxy's own in the end: it has a message for sure. */
  protected sendAnswer(answer: RuleAnswer): void {
    const message = answer.message(this.show())!;
    if (answer.closes) this.clientKeepsAlive = false;
    this.sendLocal(message, answer.status);
  }

  protected sendLocal(message: Uint8Array, status: number): void {
    this.state = StreamState.LOCAL;
    this.status = status;
    this.hasAnswered = true;
    // What follows an unread body could not be told from it.
    if (!this.hasWholeRequest()) this.clientKeepsAlive = false;
    if (message.length === 0) {
      // An empty file in place of an error: the connection closes without a word.
      this.clientKeepsAlive = false;
      this.finish();
      return;
    }
    const isHead = this.request.method === Method.HEAD;
    const version = message[MINOR_VERSION_AT] === ZERO ? 10 : 11;
    this.#local = new LocalAnswer(message, isHead, this.clientWish(version), {
      usesProxyFields: this.request.usesProxyFields,
      fieldCase: this.context.frontend.clientCase,
    });
    this.pumpLocal();
  }

  /** True when the request's body lies in the buffer or there is none. */
  protected hasWholeRequest(): boolean {
    if (this.isRequestDone) return true;
    const { client, requestRelay, requestBody } = this;
    if (requestBody.isDone) {
      if (requestRelay.sendEnd > client.start) client.start = requestRelay.sendEnd;
      return true;
    }
    const { bytes } = this.engine.thread.region;
    const from = Math.max(client.start, requestRelay.sendEnd);
    const passed = requestBody.pass(bytes, from, client.end);
    requestRelay.sendEnd = passed;
    if (!requestBody.isDone) return false;
    client.start = passed;
    return true;
  }

  protected pumpLocal(): void {
    const { client } = this;
    if (this.#local!.pump(client)) {
      this.finish();
      return;
    }
    if (client.error !== 0) {
      this.clientKeepsAlive = false;
      this.finish();
      return;
    }
    client.watchWriting(true);
    this.session!.armClient(this.context.frontend.timeouts.clientMs);
  }

  /** What the client is told about its connection, given the version of the answer. */
  clientWish(version: number): ConnectionWish {
    // HTTP/1.0 closes unless told otherwise.
    if (!this.clientKeepsAlive) return version < 11 ? ConnectionWish.SILENT : ConnectionWish.CLOSE;
    if (this.request.version < 11 || version < 11) return ConnectionWish.KEEP_ALIVE;
    return ConnectionWish.SILENT;
  }

  override get clientFd(): number {
    return this.session!.client.fd;
  }

  protected override get sendsFirst(): boolean {
    return true;
  }

  protected override onConnectionOpened(): void {
    const { state } = this.backend!.servers!;
    state.h1Connections.add(1);
    state.counters.values[BackendCounter.H1_CONNECTIONS]! += 1;
  }

  protected override onConnectionClosed(): void {
    this.backend!.servers!.state.h1Connections.add(-1);
  }

  protected override get requestHead(): Head | null {
    return this.request;
  }

  /**
   * The client's own connection comes first. Others may be used as `http-reuse` says: over one that
   * is just being closed a first request would be lost, as only its client can say whether to repeat
   * it.
   *
   * @hot
   */
  protected override takeIdle(server: Server): Connection | null {
    const session = this.session!;
    const own = session.ownConnections?.take(server, this.#keyOf(server)) ?? null;
    if (own !== null) return own;
    if (this.#isPrivateTo(server)) return null;
    const { idle } = this.engine.route(server);
    if (session.requestCount > 1) return idle.takeFresh() ?? idle.takeProven();
    switch (this.backend!.options.reuse) {
      case Reuse.AGGRESSIVE:
        return idle.takeProven();
      case Reuse.ALWAYS:
        return idle.takeProven() ?? idle.takeFresh();
      default:
        return null;
    }
  }

  /** Which connections outlive the exchange, now that the end of the response is known. */
  protected judgeConnections(framing: Framing): void {
    if (this.request.usesProxyFields) followProxyFields(this.response);
    const isEndless = framing === Framing.UNTIL_CLOSE || framing === Framing.TUNNEL;
    this.serverKeepsAlive = this.response.isPersistent && !isEndless && !this.closesServer;
    if (isEndless || this.engine.isStopping) this.clientKeepsAlive = false;
  }

  /** The client should come back to the server that has asked who it is. */
  protected noteChallenge(connection: Connection): void {
    if (!authenticatesConnection(this.response)) return;
    this.session!.wasChallenged = true;
    connection.isPrivate = true;
  }

  /** Sends the request again after a failure of this kind, where it may be and can be; else false. */
  protected retriesAfter(kind: number): boolean {
    if ((this.backend!.options.retryOn & kind) === 0 || this.retriesLeft <= 0) return false;
    if (!this.requestRelay.keepsSource || this.hasAnswered) return false;
    this.isRequestDone = false;
    this.status = -1;
    this.response.clear();
    this.retryRequest();
    return true;
  }

  /** Keeps a connection that no other client may use, as long as this one stays. */
  #keepOwn(connection: Connection, server: Server): void {
    const { ownConnectionsMax } = this.context.frontend.options;
    if (ownConnectionsMax > 0) {
      this.session!.keepOwn(connection, server, this.#keyOf(server), ownConnectionsMax);
    } else this.engine.route(server).idle.drop(connection);
  }

  /** What connections to a server that is told addresses, or reached by them, differ in. */
  #keyOf(server: Server): string {
    const { isShareable } = this.engine.route(server);
    return isShareable ? "" : this.context.changeKey(this.clientFd);
  }

  /** Does each client have connections of its own to this server? */
  #isPrivateTo(server: Server): boolean {
    return this.backend!.options.reuse === Reuse.NEVER || !this.engine.route(server).isShareable;
  }

  /** @hot */
  protected override keepIdle(connection: Connection, server: Server): void {
    const { engine } = this;
    const { idle, reuseMax, isOfRequest } = engine.route(server);
    if (isOfRequest) idle.drop(connection);
    else if (reuseMax >= 0 && connection.exchangeCount > reuseMax) idle.drop(connection);
    else if (connection.isPrivate || this.#isPrivateTo(server)) {
      if (this.clientKeepsAlive) this.#keepOwn(connection, server);
      else idle.drop(connection);
    } else if (engine.mayKeepIdle) idle.give(connection);
    else idle.drop(connection);
  }

  /** The head's bytes are about to be overwritten by the body: keeps what logs and rules may ask for. */
  protected leaveHead(): void {
    this.isHeadKept = false;
    const { frontend } = this.context;
    const hasRules = frontend.rules !== null || (this.backend?.rules ?? null) !== null;
    if (frontend.logger.isSilent && !hasRules) return;
    const { request } = this;
    const { bytes } = this.engine.thread.region;
    this.#requestLine = bytes.slice(request.start, request.startLineEnd);
  }

  /** The request line for the log: where it lies, without its line end. */
  requestLine(into: {
    requestBytes: Uint8Array;
    requestLineStart: number;
    requestLineEnd: number;
  }): void {
    if (!this.isEntered) {
      into.requestLineStart = 0;
      into.requestLineEnd = 0;
      return;
    }
    if (this.#requestLine !== null) {
      into.requestBytes = this.#requestLine;
      into.requestLineStart = 0;
      into.requestLineEnd = this.#requestLine.length - 2;
      return;
    }
    into.requestBytes = this.engine.thread.region.bytes;
    into.requestLineStart = this.request.start;
    into.requestLineEnd = this.request.startLineEnd - 2;
  }

  /** What the client left in the middle of: its request's body counts as data. */
  protected clientPhase(): Phase {
    const phase = this.currentPhase();
    return phase === Phase.HEADERS && !this.isRequestDone ? Phase.DATA : phase;
  }

  /** The client has gone: the exchange has nobody to go on for. */
  protected abortClient(): void {
    if (this.cause === Cause.NONE) {
      this.cause = Cause.CLIENT_ABORT;
      this.phase = this.clientPhase();
      this.countClientAbort(this.client);
    }
    this.clientKeepsAlive = false;
    if (!this.hasAnswered) this.#noteUnansweredCookie();
    this.releaseServer(false);
    // A client that has only closed its side may still read why it gets nothing else.
    const isTold = this.connectedMs !== -1 && this.requestBody.isDone && !this.hasAnswered;
    if (isTold && this.client.error === 0) {
      this.sendAnswer(this.context.frontend.answers.find(400));
    } else this.finish();
  }

  /** No server took the request. */
  protected override onNoServer(cause: Cause, phase: Phase): void {
    this.fail(503, cause, phase);
  }

  /**
   * Ends the exchange: counts, logs, gives everything back, lets the session go on.
   *
   * @hot
   */
  finish(): void {
    const session = this.session!;
    const { client } = session;
    const { engine } = this;
    const isReusable =
      this.serverKeepsAlive && this.isRequestDone && this.isResponseDone && !this.isTunnel;
    const local = this.#local;
    const localSize = local === null ? 0 : local.sentSize;
    const bytesOut = this.responseRelay.sentCount + localSize + this.hintSize;
    this.inspection?.end();
    countBytes(this, this.requestBytes(), bytesOut);
    countTimes(this);
    if (!this.isSilent) countResponse(this);
    this.#countH1(bytesOut);
    if (!this.isSilent && !this.isLogged) {
      logHttp(engine, this, this.requestBytes(), bytesOut + this.discardedSize);
    }
    this.releaseServer(isReusable);
    this.leaveBackend();
    session.timer.disarm();
    const { nice } = this.context.bind;
    if (this.nice !== nice) engine.loop.setNice(client.fd, nice);
    const keepAlive = this.clientKeepsAlive && client.error === 0;
    session.isRequestCut = !this.isRequestDone && !this.requestBody.isDone;
    this.requestRelay.reset();
    this.responseRelay.reset();
    this.request.clear();
    this.response.clear();
    this.#requestOverflow.release();
    this.#responseOverflow.release();
    this.#local = null;
    this.#requestLine = null;
    if (this.policy !== null) {
      this.policy.end(session.context);
      session.context.restoreAddresses();
    }
    this.policy = null;
    this.session = null;
    this.state = StreamState.FREE;
    this.recycle();
    session.exchangeDone(keepAlive);
  }

  /** Counts the exchange among those of HTTP/1, on both sides. */
  #countH1(bytesOut: number): void {
    const bytesIn = this.requestBytes();
    const spliced = this.responseRelay.splicedCount;
    const front = this.context.frontend.frontendState!;
    front.h1Streams.add(-1);
    const { values } = front.counters;
    values[FrontendCounter.H1_STREAMS]! += 1;
    values[FrontendCounter.H1_BYTES_IN]! += bytesIn;
    values[FrontendCounter.H1_BYTES_OUT]! += bytesOut;
    values[FrontendCounter.H1_SPLICED_BYTES_IN]! += this.requestRelay.splicedCount;
    values[FrontendCounter.H1_SPLICED_BYTES_OUT]! += spliced;
    this.engine.process.counters.values[ProcessCounter.SPLICED_BYTES_OUT]! += spliced;
    if (this.backend === null) return;
    const { state } = this.backend.servers!;
    state.h1Streams.add(-1);
    const back = state.counters.values;
    back[BackendCounter.H1_STREAMS]! += 1;
    back[BackendCounter.H1_BYTES_IN]! += this.responseRelay.sentCount;
    back[BackendCounter.H1_BYTES_OUT]! += this.requestRelay.sentCount;
    back[BackendCounter.H1_SPLICED_BYTES_IN]! += spliced;
    back[BackendCounter.H1_SPLICED_BYTES_OUT]! += this.requestRelay.splicedCount;
  }

  /** Bytes of the request that came from the client. */
  requestBytes(): number {
    const { request, requestRelay } = this;
    return requestRelay.sentCount > 0 ? requestRelay.sentCount : request.end - request.start;
  }
}

/** The status in the first line of a whole message. */
function statusOf(message: Uint8Array): number {
  return Number(Buffer.from(message.subarray(9, 12)).toString("latin1"));
}
