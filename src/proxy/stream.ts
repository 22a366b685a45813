import { Assigned, type Backend } from "../balance/backend.ts";
import { PortRule, type Server } from "../balance/server.ts";
import { Observed } from "../balance/server-observation.ts";
import type { Head } from "../http/head.ts";
import type { Task } from "../loop/event-loop.ts";
import type { Connection } from "../net/connection.ts";
import { type ConnectOptions, inNamespace } from "../net/connector.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { pendingError } from "../sys/socket-option.ts";
import { Cause, CookieRequest, Phase } from "./endings.ts";
import type { HttpProcessing } from "./http-processing.ts";
import { presentSource } from "./present-source.ts";
import { NO_REDISPATCH } from "./proxy-options.ts";
import { RetryOn } from "./retry-on.ts";
import type { ServerRoute } from "./server-route.ts";
import type { PresentedSource } from "./server-source.ts";
import { type SocksClient, SocksHandshake } from "./socks-handshake.ts";
import { StreamBase } from "./stream-base.ts";
import { countBytes } from "./stream-counts.ts";
import { StreamState } from "./stream-state.ts";

/** The longest pause before the same server is tried again. */
const PAUSE_MAX_MS = 1000;

/**
 * What the streams of both modes have in common: the way to a server (choice, queue, connection,
 * retries), its counters and its times. A subclass knows what is carried.
 *
 * ```text
 *            .--------------- PAUSE <-----------.
 *            v                                  | failed, retries left
 *   assign -> QUEUE -> CONNECT -----------------+--> ready
 *                \________________\_____________\--> no server: 503
 * ```
 */
export abstract class Stream extends StreamBase implements SocksClient, Task {
  /** The retry that looks for a server has been counted. */
  #isRetryCounted = false;

  /** The connection to the server is there, or will be in a moment: send. */
  protected abstract onServerReady(): void;
  /** Counts a client that has gone. One that leaves a queue in good order is no failure. */
  protected countClientAbort(client: Connection): void {
    if (this.state === StreamState.QUEUE && client.error === 0) return;
    this.count(BackendCounter.CLIENT_ABORTS, ServerCounter.CLIENT_ABORTS);
  }

  /** No server took the stream; the cause and the phase are those of the log. */
  protected abstract onNoServer(cause: Cause, phase: Phase): void;
  /** Adds the bytes that have passed by now to the statistics (`option contstats`). */
  countSoFar(): void {
    countBytes(this, this.requestRelay.sentCount, this.responseRelay.sentCount);
  }

  /** The exchange that it is; null for a stream of bytes. */
  get asExchange(): HttpProcessing | null {
    return null;
  }

  /** A rule ends the stream without an answer. */
  abstract rejectByRule(): void;
  /** The same, and its client is not told. */
  abstract dropByRule(): void;
  abstract onReadable(connection: Connection): void;
  abstract onWritable(connection: Connection): void;
  abstract onBroken(connection: Connection): void;
  /** Takes an idle connection of the server that may be used, or null. */
  protected abstract takeIdle(server: Server): Connection | null;
  /** Keeps a connection in good order for another exchange, or closes it. */
  protected abstract keepIdle(connection: Connection, server: Server): void;

  /**
   * Looks for a server: the one that persistence wants, or the algorithm's choice.
   *
   * @hot
   * @param avoid - A server that just failed the stream, or null.
   */
  protected findServer(avoid: Server | null): void {
    if (this.queueStartMs === -1) this.queueStartMs = this.engine.loop.nowMs;
    this.state = StreamState.QUEUE;
    const servers = this.backend!.servers!;
    const wanted = this.wantedServer;
    this.wantedServer = null;
    let result = wanted !== null ? servers.assignTo(wanted, this) : this.#choose(servers, avoid);
    if (result === Assigned.QUEUE_FULL && this.backend!.options.redispatch !== NO_REDISPATCH) {
      // A full queue binds nobody then: another server may have room.
      if (wanted !== null) wanted.state.counters.values[ServerCounter.REDISPATCHES]! += 1;
      this.#noteMove();
      result = servers.assign(this, wanted ?? avoid);
    }
    if (avoid !== null) this.#judgeMove(avoid, result);
    switch (result) {
      case Assigned.SERVER:
        this.holdsSlot = true;
        this.connect();
        return;
      case Assigned.QUEUED: {
        const { queueMs, connectMs } = this.backend!.timeouts;
        this.armServer(queueMs > 0 ? queueMs : connectMs);
        return;
      }
      case Assigned.QUEUE_FULL:
        this.onNoServer(Cause.SERVER_ABORT, Phase.QUEUE);
        return;
      default:
        servers.state.counters.values[BackendCounter.CONNECTION_ERRORS]! += 1;
        this.onNoServer(Cause.SERVER_ABORT, Phase.CONNECT);
    }
  }

  /** Takes the preferred server where it has room: it is no server that the stream is bound to. */
  #choose(servers: Backend, avoid: Server | null): Assigned {
    const preferred = this.preferredServer;
    if (preferred === null) return servers.assign(this, avoid);
    this.preferredServer = null;
    const { keepAliveQueueMax } = this.backend!.options;
    const isCrowded =
      preferred.isFull &&
      keepAliveQueueMax >= 0 &&
      preferred.state.queued.get() >= keepAliveQueueMax;
    if (!preferred.isUsable || isCrowded) return servers.assign(this, avoid);
    const result = servers.assignTo(preferred, this);
    this.isPersistent = false;
    return result;
  }

  /** A slot was passed on to this stream while another one ended: goes on in its own time. */
  onSlot(): void {
    this.holdsSlot = true;
    this.engine.loop.defer(this);
  }

  /** The server that it waited for has gone. */
  onServerLost(): void {
    this.engine.loop.defer(this);
  }

  /** Goes on after the wait in a queue. The stream may have ended meanwhile, and begun another time. */
  run(): void {
    if (this.state !== StreamState.QUEUE || this.waitsIn !== null) return;
    this.serverTimer.disarm();
    if (this.holdsSlot) {
      this.connect();
      return;
    }
    this.#leaveWanted();
    this.findServer(null);
  }

  /** The server of the client's cookie is no choice any more: the log tells of the move. */
  #noteMove(): void {
    this.isRedispatched = true;
    if (this.cookieRequest === CookieRequest.VALID) this.cookieRequest = CookieRequest.DOWN;
  }

  #leaveWanted(): void {
    this.#noteMove();
    this.count(BackendCounter.REDISPATCHES, ServerCounter.REDISPATCHES);
  }

  /**
   * Connects to the server that was assigned.
   *
   * @hot
   */
  protected connect(): void {
    const server = this.server!;
    const { engine } = this;
    this.state = StreamState.CONNECT;
    this.connectStartMs = engine.loop.nowMs;
    server.sessionStarted();
    const idle = this.mayReuse ? this.takeIdle(server) : null;
    if (idle !== null) this.#reuse(server, idle);
    else this.#open(server);
  }

  #reuse(server: Server, idle: Connection): void {
    this.isReused = true;
    this.connectedMs = this.engine.loop.nowMs;
    idle.owner = this;
    idle.exchangeCount++;
    this.connection = idle;
    if (this.nice !== 0) this.engine.loop.setNice(idle.fd, this.nice);
    this.count(BackendCounter.REUSES, ServerCounter.REUSES);
    this.engine.route(server).idle.noteUse();
    this.onServerReady();
  }

  #open(server: Server): void {
    const { engine } = this;
    this.isReused = false;
    this.count(BackendCounter.CONNECTIONS, ServerCounter.CONNECTIONS);
    const route = engine.route(server);
    const address = this.serverAddress;
    if (this.context.leadsBack && this.#followsClient(server)) {
      this.#giveUp(Cause.SERVER_ABORT);
      return;
    }
    const { socks, presented } = route;
    let options = presented === null ? route.connectOptions : this.#optionsOf(route, presented);
    if (route.followsNamespace) options = inNamespace(options, this.context.namespace);
    const fd = engine.connect(socks ?? address, options);
    if (fd < 0) {
      this.onConnectFailed(fd);
      return;
    }
    engine.makeRoom();
    const connection = engine.connections.take();
    this.connection = connection;
    this.onConnectionOpened();
    route.idle.noteUse();
    const connectMs = this.backend!.timeouts.connectMs;
    if (connectMs > 0) this.serverTimer.arm(engine.loop.nowMs + connectMs);
    if (socks !== null) {
      connection.open(fd, new SocksHandshake(this, address, engine.outputStart), Epoll.OUT);
      if (this.nice !== 0) engine.loop.setNice(fd, this.nice);
      connection.isConnecting = true;
      return;
    }
    // A connection within the machine is there at once: sending right away spares two calls. Any
    // other tells when it is there.
    const isLocal = address.isLoopback && this.sendsFirst;
    connection.open(fd, this, isLocal ? Epoll.IN : Epoll.OUT);
    if (this.nice !== 0) engine.loop.setNice(fd, this.nice);
    connection.isConnecting = true;
    connection.exchangeCount = 1;
    if (isLocal) this.onServerReady();
  }

  /** The SOCKS proxy has connected to the server. */
  onTunnel(connection: Connection): void {
    connection.watchWriting(false);
    connection.watchReading(true);
    this.noteConnected();
    this.onServerReady();
  }

  onTunnelFailed(error: number): void {
    this.onConnectFailed(error);
  }

  /** The request's head, where there is one. */
  protected get requestHead(): Head | null {
    return null;
  }

  /** With `usesrc`: the connection comes from an address that is not ours. */
  #optionsOf(route: ServerRoute, presented: PresentedSource): ConnectOptions {
    const { presentedAddress } = route;
    const { source } = this.context;
    const isThere = presentSource(presented, source, this.requestHead, presentedAddress);
    const fits = presentedAddress.family === this.server!.address.family;
    return isThere && fits ? route.presentedOptions : route.connectOptions;
  }

  /** Where the server listens; without a port of its own, on the one that the client came to. */
  get serverAddress(): SocketAddress {
    const server = this.server!;
    const isFixed = server.portRule === PortRule.FIXED;
    // A wildcard stands for the address that the client wanted to reach.
    const isAnywhere = server.address.isUnspecified && server.address.family !== AddressFamily.UNIX;
    if (isFixed && !isAnywhere) return server.address;
    const { address } = this.engine.route(server);
    const { context, clientFd } = this;
    const destination = this.#followsClient(server)
      ? context.resolveOriginal(clientFd)
      : context.resolveDestination(clientFd);
    address.copyFrom(isAnywhere ? destination : server.address);
    address.port = isFixed ? server.address.port : destination.port + server.portOffset;
    return address;
  }

  /** `option transparent`: the client's own destination takes the place of a server. */
  #followsClient(server: Server): boolean {
    return server === this.backend!.servers!.direct && server.portRule === PortRule.RELATIVE;
  }

  /** A connection to the server was made, or is gone: for whoever counts them by protocol. */
  protected abstract onConnectionOpened(): void;
  protected abstract onConnectionClosed(): void;

  /** Has the stream something to send as soon as it is connected? */
  protected abstract get sendsFirst(): boolean;

  /** The attempt to connect has come to an end. */
  protected onConnectResult(connection: Connection): void {
    const error = connection.error !== 0 ? connection.error : pendingError(connection.fd);
    if (error < 0) {
      this.onConnectFailed(error);
      return;
    }
    connection.watchWriting(false);
    connection.watchReading(true);
    this.noteConnected();
    this.onServerReady();
  }

  /**
   * The connection is known to be established.
   *
   * @hot
   */
  protected noteConnected(): void {
    const connection = this.connection;
    if (connection === null || !connection.isConnecting) return;
    connection.isConnecting = false;
    this.connectedMs = this.engine.loop.nowMs;
    this.serverTimer.disarm();
    this.observe(Observed.CONNECTED);
  }

  /** A connection attempt failed: tries again, elsewhere, or gives up. */
  protected onConnectFailed(error: number): void {
    this.#dropConnection(true);
    this.requestRelay.rewind();
    const isTimeout = error === -Errno.ETIMEDOUT;
    // Without its source a connection fails as if the server refused it.
    const isSourced = this.engine.route(this.server!).connectOptions.source !== null;
    if (isResourceError(error, isSourced)) {
      this.#giveUp(Cause.RESOURCE);
      return;
    }
    this.observe(Observed.NOT_CONNECTED);
    if (this.retriesLeft <= 0 || (this.backend!.options.retryOn & RetryOn.CONNECT) === 0) {
      this.#giveUp(isTimeout ? Cause.SERVER_TIMEOUT : Cause.SERVER_ABORT);
      return;
    }
    this.retriesLeft--;
    this.retries++;
    if (this.#redispatches()) {
      this.#redispatch(false);
      return;
    }
    this.count(BackendCounter.RETRIES, ServerCounter.RETRIES);
    if (isTimeout) {
      this.connect();
      return;
    }
    // A server that restarts refuses for a moment: pause before asking it again.
    const { connectMs } = this.backend!.timeouts;
    const pauseMs = connectMs > 0 ? Math.min(connectMs, PAUSE_MAX_MS) : PAUSE_MAX_MS;
    this.state = StreamState.PAUSE;
    this.serverTimer.arm(this.engine.loop.nowMs + pauseMs);
  }

  /**
   * Sends the request again after the server failed it: to another server where that is wanted,
   * over a connection of its own.
   */
  protected retryRequest(): void {
    this.retriesLeft--;
    this.retries++;
    this.count(BackendCounter.RETRIES, ServerCounter.RETRIES);
    this.#dropConnection(!this.connection!.isReadClosed);
    this.requestRelay.rewind();
    this.serverTimer.disarm();
    this.connectedMs = -1;
    this.responseMs = -1;
    this.mayReuse = false;
    const isMoved = this.#hasOtherServer() || !this.server!.isUsable;
    if (isMoved && this.backend!.options.redispatch !== NO_REDISPATCH) {
      this.#redispatch(true);
    } else this.connect();
  }

  /** Is there another server than the one that failed, as far as one can choose? */
  #hasOtherServer(): boolean {
    const { members } = this.backend!.servers!;
    return members.length > 1 || (members.length === 1 && members[0] !== this.server);
  }

  #giveUp(cause: Cause): void {
    this.count(BackendCounter.CONNECTION_ERRORS, ServerCounter.CONNECTION_ERRORS);
    this.releaseSlot();
    this.onNoServer(cause, Phase.CONNECT);
  }

  /** Does this retry go to another server (`option redispatch`)? */
  #redispatches(): boolean {
    const { redispatch, retries } = this.backend!.options;
    if (redispatch === 0 || this.isForced) return false;
    if (this.server === this.backend!.servers!.direct) return false;
    if (!this.server!.isUsable) return true;
    if (!this.#hasOtherServer()) return false;
    if (redispatch > 0) return this.retries % redispatch === 0;
    return (retries + 1 - this.retries) % -redispatch === 0;
  }

  /** A redispatch that leads to the server that has failed (a hash may) is no more than a retry. */
  #judgeMove(failed: Server, result: Assigned): void {
    const { state } = this.backend!.servers!;
    if (result === Assigned.SERVER && this.server === failed) {
      if (!this.#isRetryCounted) this.count(BackendCounter.RETRIES, ServerCounter.RETRIES);
      this.backend!.servers!.uncountChoice(failed);
      return;
    }
    this.#noteMove();
    state.counters.values[BackendCounter.REDISPATCHES]! += 1;
    failed.state.counters.values[ServerCounter.REDISPATCHES]! += 1;
  }

  #redispatch(isRetryCounted: boolean): void {
    this.#isRetryCounted = isRetryCounted;
    this.isPersistent = false;
    this.releaseSlot();
    const failed = this.server;
    this.server = null;
    this.findServer(failed);
  }

  /**
   * Parts with the connection to the server and the slot on it.
   *
   * @hot
   * @param isReusable - The connection may serve another exchange.
   */
  protected releaseServer(isReusable: boolean): void {
    const { connection, server } = this;
    if (connection !== null) {
      if (isReusable && this.#isClean(connection)) {
        this.connection = null;
        connection.returnBuffer();
        if (this.nice !== 0) this.engine.loop.setNice(connection.fd, 0);
        server!.state.usedConnections.add(-1);
        this.keepIdle(connection, server!);
      } else this.#dropConnection(!connection.isReadClosed);
    }
    this.serverTimer.disarm();
    this.releaseSlot();
  }

  /** Nothing is left over on the connection, and nothing went wrong with it. */
  #isClean(connection: Connection): boolean {
    return (
      connection.unread === 0 &&
      connection.error === 0 &&
      !connection.isReadClosed &&
      !connection.isWriteClosed &&
      !connection.isConnecting
    );
  }

  /**
   * @param resets - Drop what the server may still send: a plain close would leave the port waiting
   *   for minutes, and whoever closes many connections would run out of them.
   */
  #dropConnection(resets: boolean): void {
    const { connection } = this;
    if (connection === null) return;
    this.connection = null;
    this.onConnectionClosed();
    this.server!.state.usedConnections.add(-1);
    if (resets && !connection.isConnecting) connection.reset();
    else connection.close();
    this.engine.connections.give(connection);
  }

  /**
   * Handles the waits that end before a server has the stream; false when it has.
   */
  protected onServerTimer(): boolean {
    switch (this.state) {
      case StreamState.QUEUE:
        this.count(BackendCounter.CONNECTION_ERRORS, ServerCounter.CONNECTION_ERRORS);
        this.releaseSlot();
        this.onNoServer(Cause.SERVER_TIMEOUT, Phase.QUEUE);
        return true;
      case StreamState.PAUSE:
        this.connect();
        return true;
      case StreamState.CONNECT:
        this.onConnectFailed(-Errno.ETIMEDOUT);
        return true;
      default:
        if (this.connection?.isConnecting !== true) return false;
        this.onConnectFailed(-Errno.ETIMEDOUT);
        return true;
    }
  }
}

/** Did we fail for want of our own means, not for the server's? */
function isResourceError(error: number, isSourced: boolean): boolean {
  switch (-error) {
    case Errno.EMFILE:
    case Errno.ENFILE:
    case Errno.ENOBUFS:
    case Errno.ENOMEM:
      return true;
    case Errno.EADDRNOTAVAIL:
    case Errno.EADDRINUSE:
      return !isSourced;
    default:
      return false;
  }
}
