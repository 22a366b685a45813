import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import {
  BUFFER_FULL,
  type Connection,
  type ConnectionOwner,
  NO_BUFFER,
} from "../net/connection.ts";
import { readNetscalerHeader } from "../net/netscaler-header.ts";
import { readProxyHeader } from "../net/proxy-protocol.ts";
import { ProxyError, ProxyHeader } from "../net/proxy-protocol-header.ts";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import type { Namespace } from "../sys/namespace.ts";
import { ClientContext } from "./client-context.ts";
import { ConnectionError } from "./connection-error.ts";
import type { Engine } from "./engine.ts";
import { ExpectedHeader } from "./expected-headers.ts";
import { serve } from "./serve.ts";
import { logHandshakeFailure } from "./stream-log.ts";

/**
 * Reads the PROXY or NetScaler header that a client's connection starts with, then hands the
 * connection on with the addresses that it tells. With both, the NetScaler header comes first and the
 * PROXY header has the last word. A connection without a proper header is closed and logged.
 *
 * Source: HAProxy configuration manual, section 5.1 ("accept-proxy", "accept-netscaler-cip") and 4.2
 * ("tcp-request connection expect-proxy"); the PROXY protocol.
 */
export class ProxyHandshake implements ConnectionOwner, TimerTarget {
  readonly #engine: Engine;
  readonly #context: ClientContext;
  readonly #connection: Connection;
  readonly #header = new ProxyHeader();
  readonly #timer: Timer;
  /** The NetScaler header is next. */
  #isNetscaler: boolean;
  /** There is a PROXY header as well, or alone. */
  readonly #isProxy: boolean;

  /**
   * @param context - What is known of the connection; copied.
   * @param headers - Which headers it begins with: bits of {@link ExpectedHeader}.
   */
  constructor(
    engine: Engine,
    context: ClientContext,
    connection: Connection,
    fd: number,
    headers: number,
  ) {
    this.#engine = engine;
    this.#connection = connection;
    this.#context = new ClientContext(context.frontend, context.bind, context.gate);
    this.#context.copyFrom(context);
    this.#isNetscaler = (headers & ExpectedHeader.NETSCALER) !== 0;
    this.#isProxy = (headers & ExpectedHeader.PROXY) !== 0;
    this.#timer = new Timer(engine.thread.wheel, this, 0);
    const { httpRequestMs, clientMs } = context.frontend.timeouts;
    const waitMs = httpRequestMs > 0 ? httpRequestMs : clientMs;
    if (waitMs > 0) this.#timer.arm(engine.loop.nowMs + waitMs);
    connection.open(fd, this, Epoll.IN);
  }

  onReadable(connection: Connection): void {
    const size = connection.receive(this.#engine.thread.tuning.rewriteSize);
    if (size === -Errno.EAGAIN) return;
    if (size === NO_BUFFER) {
      this.#engine.waitForBuffer(connection);
      return;
    }
    if (size <= 0 && size !== BUFFER_FULL) {
      this.#onClosed();
      return;
    }
    this.#readHeader(size === BUFFER_FULL);
  }

  #readHeader(isFull: boolean): void {
    const { region, tuning } = this.#engine.thread;
    const { bytes } = region;
    const { start, end } = this.#connection;
    const sizeMax = tuning.bufferSize - tuning.rewriteSize;
    const { netscalerMagic } = this.#context.bind;
    const after = this.#isNetscaler
      ? readNetscalerHeader(bytes, start, end, this.#header, netscalerMagic, sizeMax)
      : readProxyHeader(bytes, start, end, this.#header, sizeMax);
    if (after > 0) this.#finish(after);
    else if (after < 0) this.#failAs(proxyError(after as ProxyError), netscalerError(after));
    else if (isFull) {
      this.#failAs(ConnectionError.PROXY_INVALID, ConnectionError.NETSCALER_PROTOCOL);
    }
  }

  #finish(end: number): void {
    const connection = this.#connection;
    const header = this.#header;
    connection.start = end;
    const namespace = this.#findNamespace();
    if (!this.#isNetscaler) {
      this.#context.noteHeader(this.#engine.thread.region.bytes, header, namespace ?? null);
    }
    if (namespace === undefined) {
      this.#failAs(ConnectionError.PROXY_INVALID, ConnectionError.NETSCALER_PROTOCOL);
      return;
    }
    if (header.hasAddresses) {
      this.#context.source.copyFrom(header.source);
      this.#context.setDestination(header.destination);
    }
    if (this.#isNetscaler && this.#isProxy) {
      this.#isNetscaler = false;
      this.#readHeader(false);
      return;
    }
    this.#timer.discard();
    if (connection.unread === 0) connection.returnBuffer();
    serve(this.#engine, this.#context, connection, -1);
  }

  /**
   * Where the header says that the connection belongs; null where it does not say. Only what the
   * configuration lists may be: anything else is undefined.
   */
  #findNamespace(): Namespace | null | undefined {
    const { namespaceStart, namespaceEnd } = this.#header;
    if (namespaceEnd === namespaceStart) return null;
    const { bytes } = this.#engine.thread.region;
    const name = Buffer.from(bytes.subarray(namespaceStart, namespaceEnd)).toString("latin1");
    return this.#engine.namespaces.get(name);
  }

  #onClosed(): void {
    if (this.#connection.unread > 0) this.#onCut();
    else this.#failAs(ConnectionError.PROXY_CLOSED, ConnectionError.NETSCALER_CLOSED);
  }

  /** A part of a header has come, and nothing behind it. */
  #onCut(): void {
    this.#failAs(ConnectionError.PROXY_CUT, ConnectionError.NETSCALER_CUT);
  }

  /** Closes with the error of the header that is waited for. */
  #failAs(ofProxy: ConnectionError, ofNetscaler: ConnectionError): void {
    this.#timer.discard();
    const { fd, unread } = this.#connection;
    const error = this.#isNetscaler ? ofNetscaler : ofProxy;
    logHandshakeFailure(this.#engine, this.#context, fd, error, unread);
    this.#connection.close();
    this.#engine.connections.give(this.#connection);
    this.#context.end();
  }

  onTimer(): void {
    if (this.#connection.unread > 0) this.#onCut();
    else this.#failAs(ConnectionError.PROXY_TIMEOUT, ConnectionError.NETSCALER_TIMEOUT);
  }

  onBroken(): void {
    this.#onClosed();
  }

  onWritable(connection: Connection): void {
    connection.watchWriting(false);
  }

  onFault(): void {
    this.#failAs(ConnectionError.PROXY_FAILED, ConnectionError.NETSCALER_FAILED);
  }
}

function proxyError(reason: ProxyError): ConnectionError {
  if (reason === ProxyError.NO_HEADER) return ConnectionError.PROXY_OTHER;
  if (reason === ProxyError.PROTOCOL) return ConnectionError.PROXY_PROTOCOL;
  return ConnectionError.PROXY_INVALID;
}

function netscalerError(reason: number): ConnectionError {
  const isOther = reason === ProxyError.NO_HEADER;
  return isOther ? ConnectionError.NETSCALER_MAGIC : ConnectionError.NETSCALER_PROTOCOL;
}
