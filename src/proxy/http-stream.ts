import type { Server } from "../balance/server.ts";
import { BodyReader } from "../h1/body-reader.ts";
import { Framing, requestFraming, responseFraming } from "../h1/framing.ts";
import { writeHead } from "../h1/head-writer.ts";
import { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import { BUFFER_FULL, type Connection, NO_BUFFER } from "../net/connection.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Errno } from "../sys/errno.ts";
import type { AnswerName } from "./answers.ts";
import type { ClientContext } from "./client-context.ts";
import { Cause, Phase } from "./endings.ts";
import type { Engine } from "./engine.ts";
import { ConnectionWish } from "./header-edits.ts";
import { applyRequestEdits, applyResponseEdits } from "./http-edits.ts";
import type { HttpSession } from "./http-session.ts";
import { LocalAnswer } from "./local-answer.ts";
import { writeProxyHeader } from "./proxy-header.ts";
import { Reuse } from "./proxy-options.ts";
import { RelayResult } from "./relay.ts";
import { ResponseReader, ResponseResult } from "./response-reader.ts";
import { SendsProxy } from "./server-route.ts";
import { Stream, StreamState, StreamTimer } from "./stream.ts";
import { captureRequest, captureResponse, countResponse, logHttp } from "./stream-log.ts";
import { Tunnel, type TunnelOwner } from "./tunnel.ts";

/**
 * One exchange of HTTP/1: a request and its response. The session hands it a parsed head; it finds
 * a server, sends the request there and the response back, and writes the log line.
 *
 * Request and response are two relays that run at the same time. Each has its connection to wait
 * for, its timeout, and its own end; the exchange is over when both are.
 */
export class HttpStream extends Stream implements TunnelOwner {
  session: HttpSession | null = null;
  /** Swapped with the spare heads of the engine, so that no head is copied. */
  request: Head;
  response: Head;
  readonly requestBody = new BodyReader();
  readonly responseBody = new BodyReader();
  readonly #tunnel: Tunnel;
  isRequestDone = false;
  isResponseDone = false;
  isTunnel = false;
  /** An interim response (1xx) is on its way; the final one follows. */
  #isInterim = false;
  readonly #reader: ResponseReader;
  /** Has any byte of a final response gone to the client? */
  hasAnswered = false;
  status = -1;
  /** The server that the client's cookie stands for, when it was used. */
  cookieServer: Server | null = null;
  clientKeepsAlive = false;
  serverKeepsAlive = false;
  /** The buffer that holds the request's head is about to be used for its body. */
  #requestLine: Uint8Array | null = null;
  #isHeadKept = true;
  #local: LocalAnswer | null = null;

  constructor(engine: Engine, context: ClientContext) {
    super(engine, context);
    this.request = new Head(engine.headLinesMax);
    this.response = new Head(engine.headLinesMax);
    const { thread } = engine;
    this.#reader = new ResponseReader(this.responseRelay, this.responseBody);
    this.#tunnel = new Tunnel(
      thread,
      this,
      // The session's timer is the client's; tunnels of a stream use one of their own.
      this.clientTimer,
      this.serverTimer,
      this.requestRelay,
      this.responseRelay,
    );
  }

  /** The client's connection. */
  get client(): Connection {
    return this.session!.client;
  }

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
    this.#isInterim = false;
    this.hasAnswered = false;
    this.status = -1;
    this.cookieServer = null;
    this.serverKeepsAlive = false;
    this.#requestLine = null;
    this.#isHeadKept = true;
    this.#local = null;
    const client = session.client;
    const { frontend } = this.context;
    frontend.countRequest(this.startMs);
    client.start = headEnd;
    this.requestBody.begin(requestFraming(head), head.contentLength);
    this.clientKeepsAlive = head.isPersistent && !frontend.options.closesClient;
    this.requestRelay.source = client;
    this.requestRelay.body = this.requestBody;
    const editStart =
      client.bufferStart + engine.thread.tuning.bufferSize - engine.thread.tuning.rewriteSize;
    head.setEditArea(
      Math.max(editStart, client.end),
      client.bufferStart + engine.thread.tuning.bufferSize,
    );
    this.#process();
  }

  #process(): void {
    const { frontend } = this.context;
    const own = frontend.ownAnswer(this);
    if (own !== null) {
      this.#answerLocally(own);
      return;
    }
    const backend = frontend.chooseBackend();
    if (backend === null) {
      this.fail(503, Cause.SERVER_ABORT, Phase.CONNECT);
      return;
    }
    this.enterBackend(backend);
    if (backend !== frontend) {
      const answer = backend.ownAnswer(this);
      if (answer !== null) {
        this.#answerLocally(answer);
        return;
      }
    }
    if (backend.options.closesClient) this.clientKeepsAlive = false;
    if (!applyRequestEdits(this)) {
      this.fail(500, Cause.PROXY_REFUSED, Phase.REQUEST);
      return;
    }
    this.findServer(null);
  }

  #answerLocally(message: Uint8Array): void {
    this.context.frontend.frontendState!.counters.values[FrontendCounter.INTERCEPTED]! += 1;
    this.cause = Cause.LOCAL;
    this.phase = Phase.REQUEST;
    this.#sendLocal(message);
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
    const front = this.context.frontend.answers;
    this.#sendLocal((this.backend?.answers ?? front).bytesOr(status, front));
  }

  #sendLocal(message: Uint8Array): void {
    this.state = StreamState.LOCAL;
    this.status = Number(Buffer.from(message.subarray(9, 12)).toString("latin1"));
    this.hasAnswered = true;
    // What follows an unread body could not be told from it.
    if (!this.#hasWholeRequest()) this.clientKeepsAlive = false;
    const isHead = this.request.method === Method.HEAD;
    this.#local = new LocalAnswer(message, isHead, this.clientWish(11));
    this.#pumpLocal();
  }

  /** True when the request's body lies in the buffer or there is none. */
  #hasWholeRequest(): boolean {
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

  #pumpLocal(): void {
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
    if (!this.clientKeepsAlive) return ConnectionWish.CLOSE;
    if (this.request.version < 11 || version < 11) return ConnectionWish.KEEP_ALIVE;
    return ConnectionWish.SILENT;
  }

  protected override get clientFd(): number {
    return this.session!.client.fd;
  }

  protected override get sendsFirst(): boolean {
    return true;
  }

  protected override mayReuse(server: Server): boolean {
    if (this.engine.route(server).sendsProxy !== SendsProxy.NONE) return false;
    switch (this.backend!.options.reuse) {
      case Reuse.NEVER:
        return false;
      case Reuse.SAFE:
        // A client's first request must not be lost: only it can say whether to repeat it.
        return this.session!.requestCount > 1;
      default:
        return true;
    }
  }

  // ---- The request's way ------------------------------------------------------------------

  /**
   * Sends the request: the connection is there, or is about to be.
   *
   * @hot
   */
  protected override onServerReady(): void {
    this.state = StreamState.HEADERS;
    const connection = this.connection!;
    const { request, requestRelay, engine } = this;
    requestRelay.sink = connection;
    const { frontend } = this.context;
    requestRelay.maySplice = frontend.options.splicesRequests;
    if (!this.requestBody.isDone && !connection.isNoDelay) this.setNoDelay(connection);
    const { sendsProxy } = engine.route(this.server!);
    const prefixEnd = writeProxyHeader(this, sendsProxy, this.client.fd, engine.outputStart);
    let result: RelayResult;
    if (prefixEnd === engine.outputStart && request.isUntouched) {
      result = requestRelay.startAt(request.start, request.end);
    } else {
      const { bytes } = engine.thread.region;
      const end = writeHead(request, bytes, prefixEnd, engine.outputEnd);
      if (end < 0) {
        this.fail(500, Cause.PROXY_REFUSED, Phase.REQUEST);
        return;
      }
      result = requestRelay.startWith(engine.outputStart, end, request.end);
    }
    this.#onRequestResult(result);
  }

  /** @hot */
  #onRequestResult(result: RelayResult): void {
    switch (result) {
      case RelayResult.DONE:
        this.#onRequestDone();
        return;
      case RelayResult.WAIT_SOURCE:
        this.noteConnected();
        this.connection?.watchWriting(false);
        this.client.watchReading(true);
        this.session!.armClient(this.context.frontend.timeouts.clientMs);
        return;
      case RelayResult.WAIT_SINK:
        this.client.watchReading(false);
        this.connection!.watchWriting(true);
        if (!this.connection!.isConnecting) this.armServer(this.backend!.timeouts.serverMs);
        return;
      case RelayResult.SINK_BROKEN:
        this.#onServerBroken();
        return;
      case RelayResult.MALFORMED:
        this.#onMalformedBody();
        return;
      case RelayResult.NO_BUFFER:
        this.fail(500, Cause.RESOURCE, this.currentPhase());
        return;
      default:
        this.#abortClient();
    }
  }

  #onRequestDone(): void {
    const { client, requestRelay } = this;
    this.isRequestDone = true;
    this.noteConnected();
    if (client.bufferStart !== BufferPool.NONE) client.start = requestRelay.sendEnd;
    if (this.isResponseDone) {
      this.finish();
      return;
    }
    this.connection!.watchWriting(false);
    if (this.state === StreamState.HEADERS) {
      this.session!.timer.disarm();
      this.armServer(this.backend!.timeouts.serverMs);
    }
  }

  #onMalformedBody(): void {
    captureRequest(this.session!, this.requestBody.errorAt);
    this.clientKeepsAlive = false;
    this.context.frontend.frontendState!.counters.values[FrontendCounter.REQUEST_ERRORS]! += 1;
    this.fail(400, Cause.PROXY_REFUSED, this.currentPhase());
  }

  /**
   * The client's connection is readable while the exchange is running.
   *
   * @hot
   */
  onClientReadable(): void {
    if (this.isTunnel) {
      this.#tunnel.onClientReadable();
      return;
    }
    const isUploading =
      !this.isRequestDone &&
      (this.state === StreamState.HEADERS ||
        this.state === StreamState.DATA ||
        this.state === StreamState.LAST);
    if (!isUploading) {
      this.#readAhead();
      return;
    }
    if (this.#isHeadKept) this.#leaveHead();
    this.#onRequestResult(this.requestRelay.onReadable());
  }

  /** Bytes behind the request, or the client's end: noticed, and kept while there is room. */
  #readAhead(): void {
    const { client } = this;
    const size = client.receive(this.engine.thread.tuning.rewriteSize);
    if (size > 0 || size === -Errno.EAGAIN) return;
    if (size === NO_BUFFER || size === BUFFER_FULL) {
      client.watchReading(false);
      return;
    }
    client.watchReading(false);
    if (size < 0 || this.#mindsClientEnd()) this.#abortClient();
  }

  /** Does a client that closed its side while it waits want no answer any more? */
  #mindsClientEnd(): boolean {
    if (this.state > StreamState.HEADERS) return false;
    if (!this.requestBody.isDone && !this.isRequestDone && !this.#hasWholeRequest()) return true;
    return this.backend?.options.abortsOnClose ?? false;
  }

  /** The head's bytes are about to be overwritten by the body: keeps what the log will ask for. */
  #leaveHead(): void {
    this.#isHeadKept = false;
    if (this.context.frontend.logger.isSilent) return;
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

  // ---- The response's way -----------------------------------------------------------------

  /** @hot */
  override onReadable(connection: Connection): void {
    if (this.isTunnel) {
      this.#tunnel.onServerReadable();
      return;
    }
    switch (this.state) {
      case StreamState.HEADERS:
        this.#readResponse(connection);
        return;
      case StreamState.DATA:
        this.#onResponseResult(this.responseRelay.onReadable());
        return;
      default:
        this.#onServerAfterResponse(connection);
    }
  }

  /** The response is through, and the request is not: what the server still says is of no use. */
  #onServerAfterResponse(connection: Connection): void {
    const size = connection.receive(0);
    if (size === -Errno.EAGAIN) return;
    this.#drainRequest();
  }

  /** The rest of the request has nowhere to go, but the client may need it to have gone. */
  #drainRequest(): void {
    this.requestRelay.isDraining = true;
    this.serverKeepsAlive = false;
    this.releaseServer(false);
    this.#onRequestResult(this.requestRelay.pump());
  }

  #readResponse(connection: Connection): void {
    const size = connection.receive(this.engine.thread.tuning.rewriteSize);
    if (size > 0) {
      this.#parseResponse(connection);
      return;
    }
    if (size === -Errno.EAGAIN) return;
    if (size === NO_BUFFER) {
      this.engine.waitForBuffer(connection);
      return;
    }
    if (size === BUFFER_FULL) this.#refuseResponse(0);
    else this.#onServerBroken();
  }

  #parseResponse(connection: Connection): void {
    const { client, request } = this;
    const options = this.backend!.responseOptions;
    const reader = this.#reader;
    const result = reader.read(connection, client, this.response, options, request.version >= 11);
    switch (result) {
      case ResponseResult.FINAL:
        this.#onResponseHead(connection, reader.end);
        return;
      case ResponseResult.WAIT_CLIENT:
        this.#isInterim = true;
        connection.watchReading(false);
        client.watchWriting(true);
        this.session!.armClient(this.context.frontend.timeouts.clientMs);
        return;
      case ResponseResult.MALFORMED:
        this.#refuseResponse(reader.reason);
        return;
      case ResponseResult.CLIENT_BROKEN:
        this.#abortClient();
        return;
      default:
        this.noteConnected();
    }
  }

  #onResponseHead(connection: Connection, end: number): void {
    const { engine, response, request } = this;
    this.noteConnected();
    this.responseMs = engine.loop.nowMs;
    this.status = response.status;
    const framing = responseFraming(response, request.method, request.hasUpgrade);
    if (framing < 0) {
      this.#refuseResponse(0);
      return;
    }
    this.responseBody.begin(framing as Framing, response.contentLength);
    this.#judgeConnections(framing as Framing);
    const { bufferSize } = engine.thread.tuning;
    response.setEditArea(connection.end, connection.bufferStart + bufferSize);
    if (framing !== Framing.TUNNEL && !applyResponseEdits(this)) {
      this.#refuseResponse(0);
      return;
    }
    countResponse(this, response.status);
    this.state = StreamState.DATA;
    this.hasAnswered = true;
    if (framing === Framing.TUNNEL) {
      this.#startTunnel(connection);
      return;
    }
    const { start } = connection;
    connection.start = end;
    const relay = this.responseRelay;
    relay.source = connection;
    relay.sink = this.client;
    relay.body = this.responseBody;
    relay.sendEnd = end;
    relay.maySplice = this.backend!.options.splicesResponses;
    this.#onResponseResult(this.#startResponse(start, end));
  }

  /** Which connections outlive the exchange, now that the end of the response is known. */
  #judgeConnections(framing: Framing): void {
    const isEndless = framing === Framing.UNTIL_CLOSE || framing === Framing.TUNNEL;
    const closes = this.backend!.options.closesServer || this.context.frontend.options.closesServer;
    this.serverKeepsAlive = this.response.isPersistent && !isEndless && !closes;
    if (isEndless || this.engine.isStopping) this.clientKeepsAlive = false;
  }

  #startResponse(start: number, end: number): RelayResult {
    const { engine, response, responseRelay } = this;
    if (response.isUntouched) return responseRelay.startAt(start, end);
    const { outputStart, outputEnd } = engine;
    const headEnd = writeHead(response, engine.thread.region.bytes, outputStart, outputEnd);
    // A head fits its buffer with all its edits, and the output has room for two.
    return responseRelay.startWith(outputStart, headEnd, end);
  }

  /** @hot */
  #onResponseResult(result: RelayResult): void {
    const connection = this.connection!;
    switch (result) {
      case RelayResult.DONE:
        this.#onResponseDone();
        return;
      case RelayResult.WAIT_SOURCE:
        this.client.watchWriting(false);
        connection.watchReading(true);
        if (this.isRequestDone) this.session!.timer.disarm();
        this.armServer(this.backend!.timeouts.serverMs);
        return;
      case RelayResult.WAIT_SINK:
        connection.watchReading(false);
        this.client.watchWriting(true);
        this.serverTimer.disarm();
        this.session!.armClient(this.context.frontend.timeouts.clientMs);
        return;
      case RelayResult.SINK_BROKEN:
        this.#abortClient();
        return;
      case RelayResult.MALFORMED:
        captureResponse(this, this.responseBody.errorAt);
        this.#cutResponse(Cause.PROXY_REFUSED);
        return;
      case RelayResult.NO_BUFFER:
        this.#cutResponse(Cause.RESOURCE);
        return;
      default:
        this.#cutResponse(Cause.SERVER_ABORT);
    }
  }

  #onResponseDone(): void {
    const connection = this.connection!;
    this.isResponseDone = true;
    this.client.watchWriting(false);
    if (connection.bufferStart !== BufferPool.NONE) connection.start = this.responseRelay.sendEnd;
    if (this.isRequestDone) {
      this.finish();
      return;
    }
    this.state = StreamState.LAST;
    if (!this.serverKeepsAlive || connection.isReadClosed) this.#drainRequest();
    else this.session!.armClient(this.context.frontend.timeouts.clientMs);
  }

  /** The response cannot go on: the client sees it end too early. */
  #cutResponse(cause: Cause): void {
    if (cause === Cause.SERVER_ABORT) {
      this.count(BackendCounter.SERVER_ABORTS, ServerCounter.SERVER_ABORTS);
      this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
    }
    this.cause = cause;
    this.phase = Phase.DATA;
    this.clientKeepsAlive = false;
    this.releaseServer(false);
    this.finish();
  }

  #refuseResponse(reason: number): void {
    captureResponse(this, reason < 0 ? this.response.errorAt : this.connection!.end);
    this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
    this.status = -1;
    this.fail(502, Cause.PROXY_REFUSED, Phase.HEADERS);
  }

  /** The server closed or reset its connection, or refused our bytes, before a response. */
  #onServerBroken(): void {
    const connection = this.connection!;
    if (connection.isConnecting) {
      this.onConnectFailed(connection.error);
      return;
    }
    // It may have answered before it stopped reading: that answer counts.
    if (this.state === StreamState.HEADERS && connection.error !== 0 && !connection.isReadClosed) {
      const size = connection.receive(this.engine.thread.tuning.rewriteSize);
      if (size > 0) {
        this.requestRelay.isDraining = true;
        this.#parseResponse(connection);
        return;
      }
    }
    if (this.hasAnswered) {
      if (this.isResponseDone || this.state === StreamState.DATA) {
        this.#drainRequest();
        return;
      }
      this.#cutResponse(Cause.SERVER_ABORT);
      return;
    }
    // Nobody can tell whether the server saw the request of a connection that it was closing: the
    // client may try again itself, as it must on a persistent connection (RFC 9112 section 9.3.1).
    if (this.session!.requestCount > 1 && connection.unread === 0) {
      this.isSilent = true;
      this.clientKeepsAlive = false;
      this.releaseServer(false);
      this.finish();
      return;
    }
    this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
    this.count(BackendCounter.SERVER_ABORTS, ServerCounter.SERVER_ABORTS);
    this.fail(502, Cause.SERVER_ABORT, Phase.HEADERS);
  }

  // ---- Both ways --------------------------------------------------------------------------

  /** The head, which opens the tunnel, is the first of its bytes. */
  #startTunnel(connection: Connection): void {
    this.isTunnel = true;
    if (this.#isHeadKept) this.#leaveHead();
    this.session!.timer.disarm();
    const { client } = this;
    if (!connection.isNoDelay) this.setNoDelay(connection);
    const options = this.backend!.options;
    this.#tunnel.start(
      client,
      connection,
      this.tunnelTimeouts(),
      options.splicesRequests,
      options.splicesResponses,
    );
  }

  onTunnelEnd(cause: Cause): void {
    this.cause = cause;
    this.phase = cause === Cause.NONE ? Phase.NONE : Phase.DATA;
    this.countAbort(cause);
    this.clientKeepsAlive = false;
    this.isRequestDone = true;
    this.isResponseDone = true;
    this.finish();
  }

  /** @hot */
  override onWritable(connection: Connection): void {
    if (this.state === StreamState.CONNECT) {
      this.onConnectResult(connection);
      return;
    }
    if (this.isTunnel) this.#tunnel.onServerWritable();
    else this.#onRequestResult(this.requestRelay.pump());
  }

  /** @hot */
  onClientWritable(): void {
    if (this.isTunnel) {
      this.#tunnel.onClientWritable();
      return;
    }
    if (this.state === StreamState.LOCAL) {
      this.client.watchWriting(false);
      this.#pumpLocal();
      return;
    }
    const result = this.responseRelay.pump();
    if (!this.#isInterim) {
      this.#onResponseResult(result);
      return;
    }
    if (result === RelayResult.WAIT_SINK) return;
    this.#isInterim = false;
    this.client.watchWriting(false);
    if (result !== RelayResult.DONE) {
      this.#abortClient();
      return;
    }
    this.connection!.watchReading(true);
    this.#parseResponse(this.connection!);
  }

  onClientBroken(): void {
    this.#abortClient();
  }

  override onBroken(connection: Connection): void {
    connection.error = connection.error === 0 ? -Errno.ECONNRESET : connection.error;
    if (this.isTunnel) this.onTunnelEnd(Cause.SERVER_ABORT);
    else if (this.state === StreamState.CONNECT) this.onConnectResult(connection);
    else this.#onServerBroken();
  }

  #abortClient(): void {
    if (this.cause === Cause.NONE) {
      this.cause = Cause.CLIENT_ABORT;
      this.phase = this.currentPhase();
      this.count(BackendCounter.CLIENT_ABORTS, ServerCounter.CLIENT_ABORTS);
    }
    if (!this.hasAnswered && this.client.error === 0) {
      this.releaseServer(false);
      this.clientKeepsAlive = false;
      this.#sendLocal(this.context.frontend.answers.bytes(400));
      return;
    }
    this.clientKeepsAlive = false;
    this.releaseServer(false);
    this.finish();
  }

  /** The session's timer struck: the client was to send or to take bytes. */
  onClientTimeout(): void {
    this.clientKeepsAlive = false;
    if (this.cause === Cause.NONE) {
      this.cause = Cause.CLIENT_TIMEOUT;
      this.phase = this.currentPhase();
    }
    if (this.hasAnswered) {
      this.releaseServer(false);
      this.finish();
      return;
    }
    this.fail(408, Cause.CLIENT_TIMEOUT, this.currentPhase());
  }

  override onTimer(kind: number): void {
    if (this.isTunnel) {
      this.#tunnel.stop();
      const isClient = kind === StreamTimer.CLIENT;
      this.onTunnelEnd(isClient ? Cause.CLIENT_TIMEOUT : Cause.SERVER_TIMEOUT);
      return;
    }
    if (this.onServerTimer()) return;
    this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
    if (this.state === StreamState.HEADERS) {
      this.fail(504, Cause.SERVER_TIMEOUT, Phase.HEADERS);
      return;
    }
    this.#cutResponse(Cause.SERVER_TIMEOUT);
  }

  /** No server took the request. */
  protected override onNoServer(cause: Cause, phase: Phase): void {
    this.fail(503, cause, phase);
  }

  /** Something in our own code failed: this exchange ends with a 500, and nothing else does. */
  override onFault(): void {
    if (this.state === StreamState.FREE) return;
    this.#tunnel.stop();
    this.cause = Cause.INTERNAL;
    this.phase = this.currentPhase();
    this.clientKeepsAlive = false;
    this.fail(500, Cause.INTERNAL, this.phase);
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
    const bytesOut = this.responseRelay.sentCount + (local === null ? 0 : local.sentSize);
    this.settle(this.requestBytes(), bytesOut);
    if (!this.isSilent) logHttp(engine, this, this.requestBytes(), bytesOut);
    this.releaseServer(isReusable);
    this.leaveBackend();
    session.timer.disarm();
    const keepAlive = this.clientKeepsAlive && client.error === 0;
    session.isRequestCut = !this.isRequestDone && !this.requestBody.isDone;
    this.requestRelay.reset();
    this.responseRelay.reset();
    this.request.clear();
    this.response.clear();
    this.#local = null;
    this.#requestLine = null;
    this.session = null;
    this.state = StreamState.FREE;
    engine.giveHttpStream(this);
    session.exchangeDone(keepAlive);
  }

  /** Bytes of the request that came from the client. */
  requestBytes(): number {
    const { request, requestRelay } = this;
    return requestRelay.sentCount > 0 ? requestRelay.sentCount : request.end - request.start;
  }
}
