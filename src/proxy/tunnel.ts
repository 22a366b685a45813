import type { Timer } from "../loop/timer-wheel.ts";
import type { Connection } from "../net/connection.ts";
import type { Thread } from "../net/thread.ts";
import { Cause } from "./endings.ts";
import { type Relay, RelayResult } from "./relay.ts";

/** Whom a tunnel tells that it is over. */
export interface TunnelOwner {
  /** Both directions have ended, or one has failed. */
  onTunnelEnd(cause: Cause): void;
}

/** The waits of a tunnel, in milliseconds; 0 waits for ever. */
export interface TunnelTimeouts {
  readonly clientMs: number;
  readonly serverMs: number;
  readonly clientFinMs: number;
  readonly serverFinMs: number;
  /** What is sent to a side is no sign of life of that side (`option independent-streams`). */
  readonly isClientIndependent: boolean;
  readonly isServerIndependent: boolean;
}

/** Waits for ever. */
const NO_TIMEOUTS: TunnelTimeouts = {
  clientMs: 0,
  serverMs: 0,
  clientFinMs: 0,
  serverFinMs: 0,
  isClientIndependent: false,
  isServerIndependent: false,
};

/**
 * Bytes in both directions until both sides have ended: a TCP stream, or an HTTP exchange that was
 * upgraded. The end of one side is passed on to the other, and the other direction goes on.
 */
export class Tunnel {
  readonly #thread: Thread;
  readonly #owner: TunnelOwner;
  readonly #clientTimer: Timer;
  readonly #serverTimer: Timer;
  readonly #up: Relay;
  readonly #down: Relay;
  #client: Connection | null = null;
  #server: Connection | null = null;
  #timeouts: TunnelTimeouts = NO_TIMEOUTS;
  #isUpDone = false;
  #isDownDone = false;
  /** Bytes wait for the server, or for the client, to take them. */
  #isUpStalled = false;
  #isDownStalled = false;
  /** What the server says is not passed on yet: its owner reads it. */
  #isDownHeld = false;

  /**
   * @param up - The relay from the client to the server; `down` is the other one.
   */
  constructor(
    thread: Thread,
    owner: TunnelOwner,
    clientTimer: Timer,
    serverTimer: Timer,
    up: Relay,
    down: Relay,
  ) {
    this.#thread = thread;
    this.#owner = owner;
    this.#clientTimer = clientTimer;
    this.#serverTimer = serverTimer;
    this.#up = up;
    this.#down = down;
  }

  /** Has the client's side ended? The log tells a client's end from a server's by it. */
  get isClientDone(): boolean {
    return this.#isUpDone;
  }

  /**
   * Takes both sides; nothing moves before {@link run}.
   *
   * @param maySpliceUp - May requests pass through a kernel pipe? `maySpliceDown`: may responses?
   */
  start(
    client: Connection,
    server: Connection,
    timeouts: TunnelTimeouts,
    maySpliceUp: boolean,
    maySpliceDown: boolean,
  ): void {
    this.#client = client;
    this.#server = server;
    this.#timeouts = timeouts;
    this.#isUpDone = false;
    this.#isDownDone = false;
    this.#isUpStalled = false;
    this.#isDownStalled = false;
    this.#isDownHeld = false;
    this.#prepare(this.#up, client, server, maySpliceUp);
    this.#prepare(this.#down, server, client, maySpliceDown);
  }

  /** Keeps back what the server says, until {@link release}; called before {@link run}. */
  hold(): void {
    this.#isDownHeld = true;
  }

  /** The server's bytes wait in its buffer, and further ones in the kernel. */
  get isHeld(): boolean {
    return this.#isDownHeld;
  }

  /** Bytes of the server have come, and are kept back. */
  noteHeld(): void {
    this.#touchServer();
  }

  /**
   * Passes on what was kept back, and what follows.
   *
   * @param closesServer - Nothing follows: our side of the connection to the server ends.
   */
  release(closesServer: boolean): void {
    const client = this.#client!;
    const server = this.#server!;
    this.#isDownHeld = false;
    if (closesServer) {
      this.#isUpDone = true;
      client.watchReading(false);
      server.watchReading(false);
      server.shutdownWrite();
      server.isReadClosed = true;
    } else server.watchReading(true);
    this.#onDown(this.#down.startAt(server.start, server.end));
  }

  /**
   * Starts moving bytes. What lies in the scratch memory goes first, to the server from `upStart` to
   * `upEnd` or to the client from `downStart` to `downEnd`, never both; then what lies in the buffers
   * of both connections.
   */
  run(upStart: number, upEnd: number, downStart: number, downEnd: number): void {
    const client = this.#client!;
    const server = this.#server!;
    this.#touch();
    client.watchReading(true);
    server.watchReading(true);
    if (downEnd > downStart) {
      this.#onDown(this.#down.startWith(downStart, downEnd, server.start));
      if (this.#client !== null) this.#onUp(this.#up.startAt(client.start, client.end));
      return;
    }
    if (upEnd > upStart) this.#onUp(this.#up.startWith(upStart, upEnd, client.start));
    else this.#onUp(this.#up.startAt(client.start, client.end));
    if (this.#server !== null && !this.#isDownHeld)
      this.#onDown(this.#down.startAt(server.start, server.end));
  }

  #prepare(relay: Relay, source: Connection, sink: Connection, maySplice: boolean): void {
    relay.source = source;
    relay.sink = sink;
    relay.body = null;
    relay.sendEnd = source.start;
    relay.isDraining = false;
    relay.maySplice = maySplice;
  }

  /** Forgets the connections; the owner closes them. */
  stop(): void {
    this.#isDownHeld = false;
    this.#client = null;
    this.#server = null;
    this.#clientTimer.disarm();
    this.#serverTimer.disarm();
  }

  /** Activity in either direction starts both waits anew. */
  #touch(): void {
    this.#touchClient();
    this.#touchServer();
  }

  /**
   * A side is waited for while it may still send, or has bytes to take. Once it has been told that
   * nothing more comes, it is waited for as long as a connection that is half closed may last.
   */
  #touchClient(): void {
    const { clientMs, clientFinMs } = this.#timeouts;
    const isAwaited = !this.#isUpDone || this.#isDownStalled;
    const waitMs = this.#isDownDone && clientFinMs > 0 ? clientFinMs : clientMs;
    if (waitMs <= 0) return;
    if (isAwaited) this.#clientTimer.arm(this.#thread.loop.nowMs + waitMs);
    else this.#clientTimer.disarm();
  }

  #touchServer(): void {
    const { serverMs, serverFinMs } = this.#timeouts;
    const isAwaited = !this.#isDownDone || this.#isUpStalled;
    const waitMs = this.#isUpDone && serverFinMs > 0 ? serverFinMs : serverMs;
    if (waitMs <= 0) return;
    if (isAwaited) this.#serverTimer.arm(this.#thread.loop.nowMs + waitMs);
    else this.#serverTimer.disarm();
  }

  /** @hot */
  onClientReadable(): void {
    if (this.#isUpDone) this.#client!.watchReading(false);
    else this.#onUp(this.#up.onReadable());
  }

  /** @hot */
  onServerReadable(): void {
    if (this.#isDownDone) this.#server!.watchReading(false);
    else this.#onDown(this.#down.onReadable());
  }

  /** @hot */
  onClientWritable(): void {
    this.#onDown(this.#down.pump());
  }

  /** @hot */
  onServerWritable(): void {
    this.#onUp(this.#up.pump());
  }

  #onUp(result: RelayResult): void {
    this.#isUpStalled = result === RelayResult.WAIT_SINK;
    this.#touchClient();
    if (!this.#timeouts.isServerIndependent) this.#touchServer();
    const client = this.#client!;
    const server = this.#server!;
    switch (result) {
      case RelayResult.WAIT_SOURCE:
        server.watchWriting(false);
        client.watchReading(true);
        return;
      case RelayResult.WAIT_SINK:
        client.watchReading(false);
        server.watchWriting(true);
        return;
      case RelayResult.DONE:
        this.#isUpDone = true;
        client.watchReading(false);
        server.watchWriting(false);
        server.shutdownWrite();
        this.#endIfDone();
        return;
      case RelayResult.SINK_BROKEN:
        this.#end(Cause.SERVER_ABORT);
        return;
      case RelayResult.NO_BUFFER:
        this.#end(Cause.RESOURCE);
        return;
      default:
        this.#end(Cause.CLIENT_ABORT);
    }
  }

  #onDown(result: RelayResult): void {
    this.#isDownStalled = result === RelayResult.WAIT_SINK;
    this.#touchServer();
    if (!this.#timeouts.isClientIndependent) this.#touchClient();
    const client = this.#client!;
    const server = this.#server!;
    switch (result) {
      case RelayResult.WAIT_SOURCE:
        client.watchWriting(false);
        server.watchReading(true);
        return;
      case RelayResult.WAIT_SINK:
        server.watchReading(false);
        client.watchWriting(true);
        return;
      case RelayResult.DONE:
        this.#isDownDone = true;
        server.watchReading(false);
        client.watchWriting(false);
        client.shutdownWrite();
        this.#endIfDone();
        return;
      case RelayResult.SINK_BROKEN:
        this.#end(Cause.CLIENT_ABORT);
        return;
      case RelayResult.NO_BUFFER:
        this.#end(Cause.RESOURCE);
        return;
      default:
        this.#end(Cause.SERVER_ABORT);
    }
  }

  #endIfDone(): void {
    if (this.#isUpDone && this.#isDownDone) this.#end(Cause.NONE);
    else this.#touch();
  }

  #end(cause: Cause): void {
    this.stop();
    this.#owner.onTunnelEnd(cause);
  }
}
