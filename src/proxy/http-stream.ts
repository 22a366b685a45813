import { Observed } from "../balance/server-observation.ts";
import { Framing, responseFraming } from "../h1/framing.ts";
import { writeHead } from "../h1/head-writer.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import { BUFFER_FULL, type Connection, NO_BUFFER } from "../net/connection.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Errno } from "../sys/errno.ts";
import type { ClientContext } from "./client-context.ts";
import { Cause, Phase } from "./endings.ts";
import type { Engine } from "./engine.ts";
import { applyResponseEdits, applyTunnelEdits, finishRequest } from "./http-edits.ts";
import { HttpProcessing } from "./http-processing.ts";
import { writeProxyHeader } from "./proxy-header.ts";
import { RelayResult } from "./relay.ts";
import { ResponseReader, ResponseResult } from "./response-reader.ts";
import { RetryOn, retryBitOf } from "./retry-on.ts";
import { countAbort, countInternalError } from "./stream-counts.ts";
import { captureResponse, countInterim, countServerResponse, logHttp } from "./stream-log.ts";
import { StreamState, StreamTimer } from "./stream-state.ts";
import { Tunnel, type TunnelOwner } from "./tunnel.ts";

/**
 * Moves the bytes of an exchange: the request to the server, the response to the client. The two are
 * relays that run at the same time; each has its connection to wait for, its timeout, and its own
 * end. The exchange is over when both are.
 */
export class HttpStream extends HttpProcessing implements TunnelOwner {
  readonly #tunnel: Tunnel;
  readonly #reader: ResponseReader;
  /** An interim response (1xx) is on its way; the final one follows. */
  #isInterim = false;

  constructor(engine: Engine, context: ClientContext) {
    super(engine, context);
    this.#reader = new ResponseReader(this.responseRelay, this.responseBody);
    this.#tunnel = new Tunnel(
      engine.thread,
      this,
      // The session's timer is the client's; tunnels of a stream use one of their own.
      this.clientTimer,
      this.serverTimer,
      this.requestRelay,
      this.responseRelay,
    );
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
    requestRelay.maySplice = this.mayPipeRequests;
    // What is kept for another attempt is what the first one begins with.
    if (this.retries === 0 && this.policy?.allowsRetry !== false) {
      requestRelay.keepsSource = (this.backend!.options.retryOn & ~RetryOn.CONNECT) !== 0;
    }
    const wantsNoDelay = !this.requestBody.isDone || this.isWithoutDelay;
    if (wantsNoDelay && !connection.isNoDelay) this.setNoDelay(connection);
    if (!finishRequest(this)) {
      this.fail(500, Cause.PROXY_REFUSED, Phase.REQUEST);
      return;
    }
    // The PROXY header is the first of a connection, once.
    const route = this.isReused ? null : engine.route(this.server!);
    const prefixEnd = writeProxyHeader(this, route, this.client.fd, engine.outputStart);
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
    if (this.state === StreamState.HEADERS) this.beginInspection();
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
        // Behind a whole request only the client's end can come, which some want to know of.
        if (!this.requestBody.isDone) this.client.watchReading(false);
        this.connection!.watchWriting(true);
        if (!this.connection!.isConnecting) this.armServer(this.serverMs);
        return;
      case RelayResult.SINK_BROKEN:
        this.onServerBroken();
        return;
      case RelayResult.MALFORMED:
        this.refuseBody();
        return;
      case RelayResult.NO_BUFFER:
        this.fail(500, Cause.RESOURCE, this.currentPhase());
        return;
      default:
        this.abortClient();
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
      this.armServer(this.serverMs);
    }
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
    if (this.state === StreamState.RULES) {
      this.onRequestInput();
      return;
    }
    const isUploading =
      !this.isRequestDone &&
      !this.requestBody.isDone &&
      (this.state === StreamState.HEADERS ||
        this.state === StreamState.DATA ||
        this.state === StreamState.LAST);
    if (!isUploading) {
      this.#readAhead();
      return;
    }
    if (this.isHeadKept) this.leaveHead();
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
    if (size < 0 || this.#mindsClientEnd()) this.abortClient();
  }

  /** Does a client that closed its side while it waits want no answer any more? */
  #mindsClientEnd(): boolean {
    const aborts = this.backend?.options.abortsOnClose ?? false;
    if (this.state > StreamState.HEADERS) return aborts && this.state === StreamState.DATA;
    if (!this.requestBody.isDone && !this.isRequestDone && !this.hasWholeRequest()) return true;
    return aborts;
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
      case StreamState.RESPONSE_RULES:
        this.onResponseInput(connection);
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
    else this.onServerBroken();
  }

  #parseResponse(connection: Connection): void {
    const { client, request } = this;
    const options = this.backend!.responseOptions;
    const reader = this.#reader;
    reader.fieldCase = this.context.frontend.clientCase;
    const result = reader.read(connection, client, this.response, options, request.version >= 11);
    if (reader.interimCount > 0) countInterim(this.server!, reader.interimCount);
    switch (result) {
      case ResponseResult.FINAL:
        this.onResponseHead(connection);
        return;
      case ResponseResult.WAIT_CLIENT:
        this.#isInterim = true;
        connection.watchReading(false);
        client.watchWriting(true);
        this.session!.armClient(this.context.frontend.timeouts.clientMs);
        return;
      case ResponseResult.MALFORMED:
        this.observe(Observed.INVALID);
        this.#refuseResponse(reader.reason);
        return;
      case ResponseResult.CLIENT_BROKEN:
        this.abortClient();
        return;
      default:
        this.noteConnected();
    }
  }

  protected override onResponseHead(connection: Connection): void {
    const { engine, response, request } = this;
    this.noteConnected();
    if (!this.passesInspection()) return;
    this.responseMs = engine.loop.nowMs;
    this.status = response.status;
    const framing = responseFraming(response, request.method, request.asksForUpgrade);
    if (framing < 0) {
      this.#refuseResponse(0);
      return;
    }
    const { status } = response;
    if (this.requestRelay.keepsSource && this.retriesAfter(retryBitOf(status))) return;
    if (!this.beginResponseBody(connection, framing as Framing)) {
      this.#refuseResponseAt(this.responseBody.errorAt);
      return;
    }
    this.judgeConnections(framing as Framing);
    this.beginResponseRules(connection);
    this.context.frontend.captures?.readResponse(response, this);
    countServerResponse(this.server!, status);
    if (this.passesResponseRules()) this.continueResponse(connection);
  }

  /** @hot */
  protected override continueResponse(connection: Connection): void {
    if (!this.passesCacheCheck()) return;
    const { engine, response } = this;
    const { status, end } = response;
    const isTunnel = this.responseBody.framing === Framing.TUNNEL;
    if (!(isTunnel ? applyTunnelEdits(this) : applyResponseEdits(this))) {
      this.#refuseResponse(0);
      return;
    }
    if (status === 401 || status === 407) this.noteChallenge(connection);
    this.state = StreamState.DATA;
    this.hasAnswered = true;
    if (this.context.frontend.logger.isAsSoonAsPossible) {
      this.isLogged = true;
      logHttp(engine, this, this.requestBytes(), end - connection.start, true);
    }
    if (isTunnel || this.isTunnelMode) {
      this.#startTunnel(connection, end);
      return;
    }
    const { start } = connection;
    connection.start = end;
    const relay = this.responseRelay;
    relay.source = connection;
    relay.sink = this.client;
    relay.body = this.responseBody;
    relay.maySplice = this.mayPipeResponses;
    this.#onResponseResult(this.#startResponse(start, end));
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
        this.armServer(this.serverMs);
        return;
      case RelayResult.WAIT_SINK:
        connection.watchReading(false);
        this.client.watchWriting(true);
        this.serverTimer.disarm();
        this.session!.armClient(this.context.frontend.timeouts.clientMs);
        return;
      case RelayResult.SINK_BROKEN:
        this.abortClient();
        return;
      case RelayResult.MALFORMED:
        captureResponse(this, this.responseBody.errorAt);
        this.#cutResponse(Cause.SERVER_ABORT);
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
      this.countCut();
    }
    this.cause = cause;
    this.phase = Phase.DATA;
    this.clientKeepsAlive = false;
    this.releaseServer(false);
    this.finish();
  }

  #refuseResponse(reason: number): void {
    this.#refuseResponseAt(reason < 0 ? this.response.errorAt : this.connection!.end);
  }

  #refuseResponseAt(position: number): void {
    captureResponse(this, position);
    this.responseMs = -1;
    this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
    if (this.retriesAfter(RetryOn.JUNK)) return;
    this.status = -1;
    this.fail(502, Cause.PROXY_REFUSED, Phase.HEADERS);
  }

  /** The server closed or reset its connection, or refused our bytes, before a response. */
  protected override onServerBroken(): void {
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
    const isPartial = connection.unread > 0;
    if (this.retriesAfter(isPartial ? RetryOn.EMPTY | RetryOn.JUNK : RetryOn.EMPTY)) return;
    // Nobody can tell whether the server saw the request of a connection that it was closing: the
    // client may try again itself, as it must on a persistent connection (RFC 9112 section 9.3.1).
    if (this.session!.requestCount > 1) {
      this.isSilent = true;
      this.clientKeepsAlive = false;
      this.releaseServer(false);
      this.finish();
      return;
    }
    this.observe(connection.error === 0 ? Observed.CLOSED : Observed.READ_ERROR);
    this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
    this.fail(502, Cause.SERVER_ABORT, Phase.HEADERS);
  }

  // ---- Both ways --------------------------------------------------------------------------

  /** The head, which opens the tunnel, is the first of its bytes. */
  #startTunnel(connection: Connection, headEnd: number): void {
    this.isTunnel = true;
    if (this.isHeadKept) this.leaveHead();
    this.session!.timer.disarm();
    const { client, requestRelay } = this;
    // What has been sent of a body that is still on its way is not sent again.
    if (!this.isRequestDone && client.bufferStart !== BufferPool.NONE) {
      client.start = Math.max(client.start, requestRelay.sendStart);
    }
    if (!connection.isNoDelay) this.setNoDelay(connection);
    this.#tunnel.start(
      client,
      connection,
      this.tunnelTimeouts(),
      this.mayPipeRequests,
      this.mayPipeResponses,
    );
    const { engine, response } = this;
    const { outputStart } = engine;
    let outputEnd = outputStart;
    if (!response.isUntouched) {
      const { bytes } = engine.thread.region;
      outputEnd = writeHead(response, bytes, outputStart, engine.outputEnd);
      connection.start = headEnd;
    }
    this.#tunnel.run(0, 0, outputStart, outputEnd);
  }

  onTunnelEnd(cause: Cause): void {
    this.cause = cause;
    this.phase = cause === Cause.NONE ? Phase.NONE : Phase.DATA;
    countAbort(this, cause);
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
      this.pumpLocal();
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
      this.abortClient();
      return;
    }
    this.connection!.watchReading(true);
    this.#parseResponse(this.connection!);
  }

  onClientBroken(): void {
    this.abortClient();
  }

  override onBroken(connection: Connection): void {
    connection.error = connection.error === 0 ? -Errno.ECONNRESET : connection.error;
    if (this.isTunnel) this.onTunnelEnd(Cause.SERVER_ABORT);
    else if (this.state === StreamState.CONNECT) this.onConnectResult(connection);
    else this.onServerBroken();
  }

  /** The session's timer struck: the client was to send or to take bytes. */
  onClientTimeout(): void {
    if (this.state === StreamState.RULES) {
      this.resumeRules();
      return;
    }
    this.clientKeepsAlive = false;
    if (this.cause === Cause.NONE) {
      this.cause = Cause.CLIENT_TIMEOUT;
      this.phase = this.clientPhase();
    }
    if (this.hasAnswered) {
      this.releaseServer(false);
      this.finish();
      return;
    }
    this.fail(408, Cause.CLIENT_TIMEOUT, this.clientPhase());
  }

  override onTimer(kind: number): void {
    if (this.isTunnel) {
      this.#tunnel.stop();
      const isClient = kind === StreamTimer.CLIENT;
      this.onTunnelEnd(isClient ? Cause.CLIENT_TIMEOUT : Cause.SERVER_TIMEOUT);
      return;
    }
    if (this.onServerTimer()) return;
    if (this.state === StreamState.RESPONSE_RULES) {
      this.failResponseWait();
      return;
    }
    if (this.state === StreamState.HEADERS) {
      this.observe(Observed.TIMED_OUT);
      if (this.retriesAfter(RetryOn.TIMEOUT)) return;
    }
    if (this.state === StreamState.HEADERS) {
      this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
      this.fail(504, Cause.SERVER_TIMEOUT, Phase.HEADERS);
      return;
    }
    this.count(BackendCounter.SERVER_ABORTS, ServerCounter.SERVER_ABORTS);
    this.#cutResponse(Cause.SERVER_TIMEOUT);
  }

  /** Ends the exchange from outside: a client that waits for the server's response is told so. */
  kill(cause: Cause = Cause.KILLED): void {
    this.#tunnel.stop();
    const phase = this.currentPhase();
    this.cause = cause;
    this.clientKeepsAlive = false;
    if (phase === Phase.HEADERS || phase === Phase.DATA) this.phase = phase;
    if (phase === Phase.HEADERS) {
      this.fail(502, cause, phase);
      return;
    }
    this.releaseServer(false);
    this.finish();
  }

  /** Something in our own code failed: this exchange ends with a 500, and nothing else does. */
  override onFault(): void {
    if (this.session === null) return;
    this.#tunnel.stop();
    countInternalError(this);
    this.cause = Cause.INTERNAL;
    this.phase = this.currentPhase();
    this.clientKeepsAlive = false;
    this.fail(500, Cause.INTERNAL, this.phase);
  }

  protected override recycle(): void {
    this.engine.giveHttpStream(this);
  }
}
