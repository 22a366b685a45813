import type { BalanceStream } from "../balance/algorithm.ts";
import { ObservedLayer } from "../balance/observation.ts";
import type { Server } from "../balance/server.ts";
import { type Observed, reportTraffic } from "../balance/server-observation.ts";
import { leaveQueue, type QueueEntry, type WaitingQueue } from "../balance/waiting-queue.ts";
import type { ByteRange } from "../base/byte-range.ts";
import { CapturedTexts } from "../log/captured-texts.ts";
import type { Charged } from "../loop/profiler.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { Connection } from "../net/connection.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import { SocketOptions, setOption } from "../sys/socket-option.ts";
import type { ClientContext } from "./client-context.ts";
import { Cause, CookieRequest, CookieResponse, Phase } from "./endings.ts";
import type { Engine } from "./engine.ts";
import { splices } from "./proxy-options.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import { Relay } from "./relay.ts";
import type { ResponseInspection } from "./response-inspection.ts";
import type { StreamPolicy } from "./stream-policy.ts";
import { StreamState, StreamTimer } from "./stream-state.ts";
import type { TunnelTimeouts } from "./tunnel.ts";

/**
 * What is known of a stream of either mode: who takes part in it, how far it has come and when. It
 * counts for both of its sides, and knows its timers.
 */
export abstract class StreamBase implements TimerTarget, BalanceStream, Charged {
  readonly engine: Engine;
  /** Used by tunnels alone: HTTP has its session's. */
  readonly clientTimer: Timer;
  readonly serverTimer: Timer;
  readonly requestRelay: Relay;
  readonly responseRelay: Relay;
  state: StreamState = StreamState.FREE;
  context: ClientContext;
  backend: ProxyPlan | null = null;
  server: Server | null = null;
  /** It counts against the limit of its server. */
  holdsSlot = false;
  /** The server that persistence asks for; null when it asks for none. */
  wantedServer: Server | null = null;
  /** `force-persist`: the wanted server is tried whatever its state, and no other one. */
  isForced = false;
  /** The server that should be tried before the algorithm chooses; null for none. */
  preferredServer: Server | null = null;
  /** The connection to the server, while there is one. */
  connection: Connection | null = null;
  /** Bytes that statistics have taken already (`option contstats`). */
  countedIn = 0;
  countedOut = 0;
  /** The connection had served another exchange before. */
  isReused = false;
  /** An idle connection will do. */
  mayReuse = true;
  /** The server was chosen by persistence: another one only after a redispatch. */
  isPersistent = false;
  retriesLeft = 0;
  retries = 0;
  isRedispatched = false;
  /** Ends without a log line: the client will try again by itself. */
  isSilent = false;
  cause: Cause = Cause.NONE;
  phase: Phase = Phase.NONE;
  cookieRequest: CookieRequest = CookieRequest.NOT_USED;
  cookieResponse: CookieResponse = CookieResponse.NOT_USED;
  /** What the frontend's captures kept, by slot: "" where nothing was, no slot without captures. */
  readonly requestCaptures = new CapturedTexts();
  readonly responseCaptures = new CapturedTexts();
  /** How its response passes rules on content; null until a backend has such rules. */
  inspection: ResponseInspection | null = null;
  /** Bytes of the response that came and went nowhere: only the log tells of them. */
  discardedSize = 0;
  /** What rules keep; null for a stream that none has run for. */
  policy: StreamPolicy | null = null;
  /** Times on the loop's clock; -1 while the step was not reached. */
  startMs = 0;
  queueStartMs = -1;
  connectStartMs = -1;
  connectedMs = -1;
  responseMs = -1;
  serverQueuePosition = 0;
  backendQueuePosition = 0;
  // What the queues of the servers keep here.
  waitsIn: WaitingQueue | null = null;
  waitsBefore: QueueEntry | null = null;
  waitsAfter: QueueEntry | null = null;
  waitsAt = 0;
  waitsTicket = 0;
  waitsFrom = 0;
  waitsTime = 0;
  /** How urgent its events are, from -1024 to 1024 (`set-nice`, `nice` of a `bind` line). */
  nice = 0;
  /** How often it was handled, and what that took, in nanoseconds, while work is measured. */
  calls = 0;
  durationNs = 0;
  latencyNs = 0;

  constructor(engine: Engine, context: ClientContext) {
    this.engine = engine;
    this.context = context;
    this.clientTimer = new Timer(engine.thread.wheel, this, StreamTimer.CLIENT);
    this.serverTimer = new Timer(engine.thread.wheel, this, StreamTimer.SERVER);
    this.requestRelay = new Relay(engine.thread);
    this.responseRelay = new Relay(engine.thread);
  }

  abstract onSlot(): void;
  abstract onServerLost(): void;
  abstract onTimer(kind: number): void;
  abstract onFault(error: unknown, connection?: Connection): void;

  /** @hot */
  protected restart(): void {
    this.backend = null;
    this.server = null;
    this.holdsSlot = false;
    this.wantedServer = null;
    this.isForced = false;
    this.preferredServer = null;
    this.connection = null;
    this.countedIn = 0;
    this.countedOut = 0;
    this.isReused = false;
    this.mayReuse = true;
    this.isPersistent = false;
    this.retries = 0;
    this.isRedispatched = false;
    this.isSilent = false;
    this.cause = Cause.NONE;
    this.phase = Phase.NONE;
    this.cookieRequest = CookieRequest.NOT_USED;
    this.cookieResponse = CookieResponse.NOT_USED;
    this.requestCaptures.clear();
    this.responseCaptures.clear();
    this.discardedSize = 0;
    this.startMs = this.engine.loop.nowMs;
    this.queueStartMs = -1;
    this.connectStartMs = -1;
    this.connectedMs = -1;
    this.responseMs = -1;
    this.serverQueuePosition = 0;
    this.backendQueuePosition = 0;
    this.nice = this.context.bind.nice;
    const { profiler } = this.engine.loop;
    this.calls = 1;
    this.durationNs = 0;
    this.latencyNs = profiler === null ? 0 : profiler.latencyNs;
  }

  get charged(): Charged {
    return this;
  }

  noteCall(latencyNs: number): void {
    this.calls++;
    this.latencyNs += latencyNs;
  }

  noteDuration(durationNs: number): void {
    this.durationNs += durationNs;
  }

  get priorityClass(): number {
    return this.policy === null ? 0 : this.policy.priorityClass;
  }

  get priorityOffset(): number {
    return this.policy === null ? 0 : this.policy.priorityOffset;
  }

  /** `set-timeout server`, in milliseconds; -1 without it. */
  get ownServerMs(): number {
    return this.policy === null ? -1 : this.policy.serverMs;
  }

  /** `set-timeout tunnel`, in milliseconds; -1 without it. */
  get ownTunnelMs(): number {
    return this.policy === null ? -1 : this.policy.tunnelMs;
  }

  /** How long the server may take to send or to receive, in milliseconds; 0 is for ever. */
  get serverMs(): number {
    const { ownServerMs } = this;
    return ownServerMs === -1 ? this.backend!.timeouts.serverMs : ownServerMs;
  }

  /** How long a tunnel may be silent; 0 leaves it to the times of its sides. */
  get tunnelMs(): number {
    const { ownTunnelMs } = this;
    if (ownTunnelMs !== -1) return ownTunnelMs;
    const { tunnelMs } = this.backend!.timeouts;
    return tunnelMs > 0 ? tunnelMs : this.context.frontend.timeouts.tunnelMs;
  }

  /** A rule says how urgent the events of both its connections are, until it ends. */
  setNice(nice: number): void {
    this.nice = nice;
    const { loop } = this.engine;
    loop.setNice(this.clientFd, nice);
    if (this.connection !== null) loop.setNice(this.connection.fd, nice);
  }

  /** @hot */
  protected enterBackend(backend: ProxyPlan): void {
    this.backend = backend;
    this.retriesLeft = backend.options.retries;
    backend.servers!.state.sessionStarted(this.engine.loop.nowMs);
  }

  /** @hot */
  protected leaveBackend(): void {
    if (this.backend !== null) this.backend.servers!.state.sessionEnded();
    this.backend = null;
    this.server = null;
  }

  /** Where the client connected to. */
  get destination(): SocketAddress {
    return this.context.resolveDestination(this.clientFd);
  }

  get clientAddress(): SocketAddress {
    return this.context.source;
  }

  // A stream has none of these unless its mode knows better.

  findTarget(_found: ByteRange): boolean {
    return false;
  }

  findPath(_found: ByteRange): boolean {
    return false;
  }

  findHeader(_name: Uint8Array, _found: ByteRange): boolean {
    return false;
  }

  findBody(_found: ByteRange): boolean {
    return false;
  }

  findClientBytes(_found: ByteRange): boolean {
    return false;
  }

  /** The value of the backend's expression, of what the view shows. */
  protected evaluateHashKey(found: ByteRange): boolean {
    const { hashKey } = this.backend!;
    if (hashKey === null) return false;
    const { view } = this.engine;
    const { sample } = view;
    if (!hashKey.evaluate(sample, view)) return false;
    found.set(sample.bytes, sample.start, sample.end);
    return true;
  }

  abstract findHashKey(found: ByteRange): boolean;

  /**
   * Gives the slot back, or the place in a queue.
   *
   * @hot
   */
  protected releaseSlot(): void {
    if (this.waitsIn !== null) leaveQueue(this);
    if (!this.holdsSlot) return;
    this.holdsSlot = false;
    this.server!.giveSlot();
  }

  /** The descriptor of the client's connection. */
  abstract get clientFd(): number;

  /**
   * Tells what the exchange says of the server's health, where that is wanted (`observe`).
   *
   * @hot
   */
  protected observe(observed: Observed): void {
    const { server } = this;
    if (server !== null && server.observation.layer !== ObservedLayer.NONE) {
      reportTraffic(server, observed);
    }
  }

  /** @hot */
  protected armServer(timeoutMs: number): void {
    if (timeoutMs > 0) this.serverTimer.arm(this.engine.loop.nowMs + timeoutMs);
    else this.serverTimer.disarm();
  }

  protected setNoDelay(connection: Connection): void {
    connection.isNoDelay = true;
    setOption(connection.fd, SocketOptions.TCP_NO_DELAY, 1);
  }

  /** May bytes of requests go through a kernel pipe (`option splice-request`)? */
  protected get mayPipeRequests(): boolean {
    const front = this.context.frontend.options.splicesRequests;
    return splices(front, this.backend!.options.splicesRequests);
  }

  /** May bytes of responses go through a kernel pipe (`option splice-response`)? */
  protected get mayPipeResponses(): boolean {
    const front = this.context.frontend.options.splicesResponses;
    return splices(front, this.backend!.options.splicesResponses);
  }

  /** `option http-no-delay` of either side. */
  protected get isWithoutDelay(): boolean {
    return this.context.frontend.options.isWithoutDelay || this.backend!.options.isWithoutDelay;
  }

  /** The waits of a tunnel between this stream's two sides. */
  protected tunnelTimeouts(): TunnelTimeouts {
    const front = this.context.frontend.timeouts;
    const back = this.backend!.timeouts;
    const { tunnelMs } = this;
    return {
      clientMs: tunnelMs > 0 ? tunnelMs : front.clientMs,
      serverMs: tunnelMs > 0 ? tunnelMs : this.serverMs,
      clientFinMs: front.clientFinMs,
      serverFinMs: back.serverFinMs,
      isClientIndependent: this.context.frontend.options.hasIndependentStreams,
      isServerIndependent: this.backend!.options.hasIndependentStreams,
    };
  }

  /** The letter of what the stream is doing. */
  protected currentPhase(): Phase {
    switch (this.state) {
      case StreamState.QUEUE:
        return Phase.QUEUE;
      case StreamState.PAUSE:
      case StreamState.CONNECT:
        return Phase.CONNECT;
      case StreamState.HEADERS:
        return this.connection?.isConnecting === true ? Phase.CONNECT : Phase.HEADERS;
      case StreamState.RESPONSE_RULES:
        return this.inspection?.isActive === true ? Phase.HEADERS : Phase.REQUEST;
      case StreamState.DATA:
      case StreamState.LAST:
        return Phase.DATA;
      default:
        return Phase.REQUEST;
    }
  }

  /**
   * Counts one event of the backend and of the server, where there are any.
   *
   * @hot
   */
  count(backendIndex: number, serverIndex: number): void {
    const { backend, server } = this;
    if (backend !== null) backend.servers!.state.counters.values[backendIndex]! += 1;
    if (server !== null) server.state.counters.values[serverIndex]! += 1;
  }
}
