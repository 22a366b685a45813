import type { Server } from "../balance/server.ts";
import { hasLineEnd } from "../h1/head-start.ts";
import { statusOfParseError } from "../h1/parse-error.ts";
import { parseRequest } from "../h1/request-parser.ts";
import type { Task } from "../loop/event-loop.ts";
import type { Charged } from "../loop/profiler.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import {
  BUFFER_FULL,
  type Connection,
  type ConnectionOwner,
  NO_BUFFER,
} from "../net/connection.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { Errno } from "../sys/errno.ts";
import type { AnswerName } from "./answers.ts";
import type { ClientContext } from "./client-context.ts";
import { Cause, Phase } from "./endings.ts";
import type { Engine } from "./engine.ts";
import { ConnectionWish } from "./header-edits.ts";
import type { HttpStream } from "./http-stream.ts";
import { LocalAnswer } from "./local-answer.ts";
import { PrivateConnections } from "./private-connections.ts";
import { captureRequest, logRefusal } from "./stream-log.ts";

/** What a session is doing. */
export const SessionState = {
  /** In the pool. */
  FREE: 0,
  /** Waiting for the first byte of a request. */
  IDLE: 1,
  /** A part of a request's head has come. */
  READING: 2,
  /** A stream is at work. */
  EXCHANGING: 3,
  /** Everything is sent and our side is closed; what the client still sends is thrown away. */
  LINGERING: 4,
} as const;
export type SessionState = (typeof SessionState)[keyof typeof SessionState];

/** How long a client may take to notice that we have closed. */
const LINGER_MS = 1000;
/** What a monitor gets, whatever it says. */
const MONITOR_ANSWER = new TextEncoder().encode("HTTP/1.0 200 OK\r\n\r\n");
/** Reads that throw away what a client has sent before its connection is closed. */
const DISCARD_ROUNDS = 8;

/**
 * The client's side of HTTP/1: one connection with its requests one after another. It reads heads,
 * hands each to a stream, and decides after the exchange whether another may follow.
 *
 * ```text
 *   IDLE -> READING -> EXCHANGING -> IDLE ...
 *                  \-> LINGERING -> FREE
 * ```
 */
export class HttpSession implements ConnectionOwner, TimerTarget, Task {
  readonly engine: Engine;
  readonly timer: Timer;
  client: Connection;
  readonly context: ClientContext;
  stream: HttpStream | null = null;
  state: SessionState = SessionState.FREE;
  /** Where the engine's list of sessions has it. */
  registryIndex = 0;
  /** Requests whose head was read. */
  requestCount = 0;
  /** When the wait for the present request began, on the loop's clock and the wall's. */
  waitStartMs = 0;
  waitStartDateMs = 0;
  /** When its first byte came; -1 while it has not. */
  firstByteMs = -1;
  /** Time that handshakes took before the first request. */
  handshakeMs = 0;
  /** The last request was answered before all of it had come. */
  isRequestCut = false;
  /** Connections to servers that nobody else may use; null until there is one, as few clients have any. */
  ownConnections: PrivateConnections | null = null;
  /** A server asked the client who it is, by a scheme that knows clients by their connection. */
  wasChallenged = false;

  constructor(engine: Engine, client: Connection, context: ClientContext) {
    this.engine = engine;
    this.timer = new Timer(engine.thread.wheel, this, 0);
    this.client = client;
    this.context = context;
  }

  /** What the connection's events mean is mostly its exchange's business. */
  get charged(): Charged | null {
    return this.stream;
  }

  /**
   * Starts serving a connection that is open and owned by this session; `context` tells of it.
   *
   * @hot
   */
  open(client: Connection): void {
    const { context } = this;
    this.client = client;
    this.requestCount = 0;
    this.isRequestCut = false;
    this.waitStartMs = context.acceptMs;
    this.waitStartDateMs = context.acceptDateMs;
    this.handshakeMs = this.engine.loop.nowMs - context.acceptMs;
    this.firstByteMs = -1;
    this.wasChallenged = false;
    this.state = SessionState.IDLE;
    if (context.bind.nice !== 0) this.engine.loop.setNice(client.fd, context.bind.nice);
    const { timeouts, frontendState } = context.frontend;
    frontendState!.h1Connections.add(1);
    frontendState!.counters.values[FrontendCounter.H1_CONNECTIONS]! += 1;
    const waitMs = timeouts.httpRequestMs > 0 ? timeouts.httpRequestMs : timeouts.clientMs;
    this.#arm(waitMs);
    // Bytes may have come behind a PROXY header.
    if (client.unread > 0) this.engine.loop.defer(this);
  }

  #arm(waitMs: number): void {
    if (waitMs > 0) this.timer.arm(this.engine.loop.nowMs + waitMs);
    else this.timer.disarm();
  }

  /** @hot */
  onReadable(client: Connection): void {
    if (this.state === SessionState.EXCHANGING) {
      this.stream!.onClientReadable();
      return;
    }
    if (this.state === SessionState.LINGERING) {
      if (this.#discard() && (client.isReadClosed || client.error !== 0)) this.close();
      return;
    }
    const before = client.end;
    const size = client.receive(this.engine.thread.tuning.rewriteSize);
    if (size <= 0) this.#onNothingRead(size);
    else if (this.state === SessionState.IDLE || this.#isWorthReading(before)) this.#readHead();
  }

  /** A head that is not whole is looked at again only when another line has ended. */
  #isWorthReading(newStart: number): boolean {
    const { httpRequestMs, clientMs } = this.context.frontend.timeouts;
    // Without a time for the whole head, the client may take its time between its parts.
    if (httpRequestMs === 0) this.#arm(clientMs);
    const { bytes } = this.engine.thread.region;
    return hasLineEnd(bytes, newStart, this.client.end) || this.#isFull();
  }

  #isFull(): boolean {
    const { tuning } = this.engine.thread;
    const { client } = this;
    return client.end >= client.bufferStart + tuning.bufferSize - tuning.rewriteSize;
  }

  #onNothingRead(size: number): void {
    const { client } = this;
    if (size === -Errno.EAGAIN) {
      if (client.unread === 0) client.returnBuffer();
      return;
    }
    if (size === NO_BUFFER) {
      this.engine.waitForBuffer(client);
      return;
    }
    if (size === BUFFER_FULL) {
      this.#readHead();
      return;
    }
    this.#onClientGone();
  }

  /** The client closed or reset its connection before a request was complete. */
  #onClientGone(): void {
    const isFirst = this.requestCount === 0;
    if (this.client.unread === 0 && !isFirst) {
      this.close();
      return;
    }
    if (this.client.unread === 0 && this.context.frontend.options.ignoresProbes) {
      this.close();
      return;
    }
    this.refuse(400, Cause.CLIENT_ABORT);
  }

  /**
   * Reads the head at the start of the unread bytes and starts its stream.
   *
   * @hot
   */
  #readHead(): void {
    const { client, engine } = this;
    const { region } = engine.thread;
    if (this.firstByteMs === -1) this.#noteFirstByte();
    const head = engine.spareRequest;
    // The head is everybody's: what it remembers of an earlier look may be of another client.
    head.clear();
    const { requestOptions } = this.context.frontend;
    const end = parseRequest(
      region.bytes,
      region.view,
      client.start,
      client.end,
      head,
      requestOptions,
    );
    if (end > 0) {
      // A body that is known to be wrong takes its head with it: no server sees it.
      const errorAt =
        end < client.end ? engine.bodyStart.errorAt(head, client.end, region.bytes) : -1;
      if (errorAt === -1) {
        this.#startStream(end);
        return;
      }
      captureRequest(this, errorAt);
      this.refuse(400, Cause.PROXY_REFUSED);
      return;
    }
    if (end < 0) {
      captureRequest(this, head.errorAt);
      this.refuse(statusOfParseError(end) as AnswerName, Cause.PROXY_REFUSED);
      return;
    }
    if (this.#isFull()) {
      if (client.start > client.bufferStart) {
        client.compact();
        return;
      }
      captureRequest(this, client.end);
      this.refuse(400, Cause.PROXY_REFUSED);
    }
  }

  #noteFirstByte(): void {
    this.firstByteMs = this.engine.loop.nowMs;
    this.state = SessionState.READING;
    const { timeouts } = this.context.frontend;
    // Between requests the wait was for keep-alive; now the head's own time runs.
    if (this.requestCount > 0 && timeouts.httpRequestMs > 0) this.#arm(timeouts.httpRequestMs);
    else if (this.requestCount > 0) this.#arm(timeouts.clientMs);
  }

  #startStream(headEnd: number): void {
    this.requestCount++;
    this.timer.disarm();
    this.state = SessionState.EXCHANGING;
    const stream = this.engine.takeHttpStream(this.context);
    this.stream = stream;
    stream.begin(this, headEnd);
  }

  /** @hot */
  onWritable(): void {
    if (this.state === SessionState.EXCHANGING) this.stream!.onClientWritable();
    else this.client.watchWriting(false);
  }

  onBroken(): void {
    if (this.state === SessionState.EXCHANGING) this.stream!.onClientBroken();
    else this.close();
  }

  /** Something in our own code failed: the exchange ends here, nothing else. */
  onFault(_error: unknown): void {
    if (this.state === SessionState.FREE) return;
    if (this.stream !== null) this.stream.onFault();
    else this.close();
  }

  onTimer(): void {
    switch (this.state) {
      case SessionState.EXCHANGING:
        this.stream!.onClientTimeout();
        return;
      case SessionState.IDLE:
        if (this.requestCount === 0 && !this.context.frontend.options.ignoresProbes) break;
        this.close();
        return;
      case SessionState.READING:
        break;
      default:
        this.close();
        return;
    }
    this.refuse(408, Cause.CLIENT_TIMEOUT);
  }

  /** Arms the client's inactivity timeout; 0 disarms. */
  armClient(timeoutMs: number): void {
    this.#arm(timeoutMs);
  }

  /**
   * Ends the connection before any stream was made: sends an error, writes its log line, closes.
   */
  refuse(status: AnswerName, cause: Cause): void {
    const { client } = this;
    const message = this.context.frontend.answers.earlyBytes(status);
    logRefusal(this, status, cause, Phase.REQUEST, client.unread);
    if (message.length > 0 && client.error === 0) {
      new LocalAnswer(message, false, ConnectionWish.SILENT).pump(client);
    }
    this.lingerClose();
  }

  /** Tells a monitor that somebody is here, without a log line, and closes. */
  answerMonitor(): void {
    new LocalAnswer(MONITOR_ANSWER, false, ConnectionWish.SILENT).pump(this.client);
    this.isRequestCut = true;
    this.lingerClose();
  }

  /**
   * After an exchange: goes on with the next request, or closes.
   * The bytes behind the request, if any, are the unread ones of the client's connection.
   *
   * @hot
   */
  exchangeDone(keepAlive: boolean): void {
    this.stream = null;
    const { client, engine } = this;
    if (!keepAlive || client.isReadClosed || engine.isStopping) {
      this.#closeAfterExchange();
      return;
    }
    const { loop } = engine;
    this.state = SessionState.IDLE;
    this.waitStartMs = loop.nowMs;
    this.waitStartDateMs = loop.dateMs();
    this.handshakeMs = 0;
    this.firstByteMs = -1;
    client.watchWriting(false);
    client.watchReading(true);
    if (client.bufferStart !== BufferPool.NONE) {
      if (client.start < client.end) {
        loop.defer(this);
        return;
      }
      client.returnBuffer();
    }
    const { timeouts } = this.context.frontend;
    const waitMs = timeouts.httpKeepAliveMs > 0 ? timeouts.httpKeepAliveMs : timeouts.httpRequestMs;
    this.#arm(waitMs > 0 ? waitMs : timeouts.clientMs);
  }

  #closeAfterExchange(): void {
    // A client that still sends would see its answer cut off by a reset.
    if (this.client.unread > 0 || this.isRequestCut) this.lingerClose();
    else this.close();
  }

  /** A pipelined request waits in the buffer: its turn comes after everybody's events. */
  run(): void {
    if (this.state !== SessionState.IDLE || this.client.unread === 0) return;
    this.client.compact();
    this.#readHead();
  }

  /**
   * Closes so that the client gets all that was sent: closing with bytes unread would reset the
   * connection. What has come is thrown away; a client that is still sending gets a little time to
   * notice that we have closed our side.
   */
  lingerClose(): void {
    const { client } = this;
    client.returnBuffer();
    if (client.error === 0 && !client.isReadClosed && (this.isRequestCut || !this.#discard())) {
      client.shutdownWrite();
      client.watchWriting(false);
      client.watchReading(true);
      this.state = SessionState.LINGERING;
      this.timer.arm(this.engine.loop.nowMs + LINGER_MS);
      return;
    }
    this.close();
  }

  /** Throws away what the client has sent; true when nothing is left, or nothing more will come. */
  #discard(): boolean {
    const { client } = this;
    for (let round = 0; round < DISCARD_ROUNDS; round++) {
      const size = client.receive(0);
      client.returnBuffer();
      if (size <= 0) return true;
    }
    return false;
  }

  /** Keeps a connection to a server for this client alone, of at most `countMax`. */
  keepOwn(connection: Connection, server: Server, key: string, countMax: number): void {
    this.ownConnections ??= new PrivateConnections(this.engine);
    this.ownConnections.keep(connection, server, key, countMax);
  }

  /** Ends the session from outside (`shutdown session`). */
  kill(cause: Cause = Cause.KILLED): void {
    if (this.stream !== null) this.stream.kill(cause);
    else this.close();
  }

  /**
   * Ends the session and gives everything back.
   *
   * @hot
   */
  close(): void {
    if (this.state === SessionState.FREE) return;
    this.state = SessionState.FREE;
    this.context.frontend.frontendState!.h1Connections.add(-1);
    this.timer.disarm();
    if (this.ownConnections !== null) this.ownConnections.clear();
    this.client.close();
    this.engine.giveHttpSession(this);
  }
}
