import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import {
  BUFFER_FULL,
  type Connection,
  type ConnectionOwner,
  NO_BUFFER,
} from "../net/connection.ts";
import { readProxyHeader } from "../net/proxy-protocol.ts";
import { ProxyHeader } from "../net/proxy-protocol-header.ts";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { ClientContext } from "./client-context.ts";
import type { Engine } from "./engine.ts";
import { serve } from "./serve.ts";
import { logHandshakeFailure } from "./stream-log.ts";

/**
 * Reads the PROXY header that a client's connection starts with, then hands the connection on with
 * the addresses that it tells. A connection without a proper header is closed and logged.
 *
 * Source: HAProxy configuration manual, section 5.1 ("accept-proxy"); the PROXY protocol.
 */
export class ProxyHandshake implements ConnectionOwner, TimerTarget {
  readonly #engine: Engine;
  readonly #context: ClientContext;
  readonly #connection: Connection;
  readonly #header = new ProxyHeader();
  readonly #timer: Timer;

  /** @param context - What is known of the connection; copied. */
  constructor(engine: Engine, context: ClientContext, connection: Connection, fd: number) {
    this.#engine = engine;
    this.#connection = connection;
    this.#context = new ClientContext(context.frontend, context.bind, context.gate);
    this.#context.copyFrom(context);
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
      this.#fail("Connection closed while waiting for PROXY protocol header");
      return;
    }
    const { region, tuning } = this.#engine.thread;
    const sizeMax = tuning.bufferSize - tuning.rewriteSize;
    const end = readProxyHeader(
      region.bytes,
      connection.start,
      connection.end,
      this.#header,
      sizeMax,
    );
    if (end > 0) this.#finish(end);
    else if (end < 0)
      this.#fail("Received something which does not look like a PROXY protocol header");
    else if (size === BUFFER_FULL) this.#fail("PROXY protocol header is too large");
  }

  #finish(end: number): void {
    const connection = this.#connection;
    const header = this.#header;
    this.#timer.discard();
    connection.start = end;
    if (header.hasAddresses) {
      this.#context.source.copyFrom(header.source);
      this.#context.setDestination(header.destination);
    }
    if (connection.unread === 0) connection.returnBuffer();
    serve(this.#engine, this.#context, connection, -1);
  }

  #fail(text: string): void {
    this.#timer.discard();
    logHandshakeFailure(this.#engine, this.#context, text, this.#connection.unread);
    this.#connection.close();
    this.#engine.connections.give(this.#connection);
    this.#context.gate.leave(this.#context.bind);
  }

  onTimer(): void {
    this.#fail("Timeout while waiting for PROXY protocol header");
  }

  onBroken(): void {
    this.#fail("Connection closed while waiting for PROXY protocol header");
  }

  onWritable(connection: Connection): void {
    connection.watchWriting(false);
  }

  onFault(): void {
    this.#fail("Internal error while reading PROXY protocol header");
  }
}
