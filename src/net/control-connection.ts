import type { EventHandler } from "../loop/event-loop.ts";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import {
  localAddress,
  peerAddress,
  receive,
  Shutdown,
  send,
  shutdownSocket,
} from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { pendingError, SocketOptions, setLingerZero, setOption } from "../sys/socket-option.ts";
import { type ConnectOptions, connectTo, PLAIN_CONNECT } from "./connector.ts";
import type { Thread } from "./thread.ts";

/** Whom a control connection tells what happens. */
export interface ControlHandler {
  /** The connection is established. Never called for an adopted one. */
  onConnected(connection: ControlConnection): void;
  /** Bytes came; they are valid during the call only. */
  onData(connection: ControlConnection, data: Uint8Array): void;
  /** The peer has ended its side; ours is still open. */
  onEnd(connection: ControlConnection): void;
  /** The connection failed and is closed already. */
  onError(connection: ControlConnection, errno: number): void;
  /** Everything queued has been sent. */
  onDrained?(connection: ControlConnection): void;
}

/**
 * A connection for what is not traffic: health checks, agents, the runtime API. It takes strings and
 * arrays, queues what the kernel refuses, and costs a few objects each: fine for hundreds a second.
 */
export class ControlConnection implements EventHandler {
  readonly #thread: Thread;
  readonly #handler: ControlHandler;
  fd: number;
  #mask: number;
  #isConnecting: boolean;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #closesAfterSend = false;
  #isWriteEnding = false;
  #isReadClosed = false;
  #hasSent = false;
  #isWithoutDelay = false;

  private constructor(thread: Thread, fd: number, handler: ControlHandler, isConnecting: boolean) {
    this.#thread = thread;
    this.#handler = handler;
    this.fd = fd;
    this.#isConnecting = isConnecting;
    this.#mask = isConnecting ? Epoll.OUT : Epoll.IN;
    thread.loop.watch(fd, this.#mask, this);
  }

  /**
   * Starts connecting.
   *
   * @returns The connection, or a negated errno when the attempt failed at once.
   */
  static connect(
    thread: Thread,
    address: SocketAddress,
    handler: ControlHandler,
    options: ConnectOptions = PLAIN_CONNECT,
  ): ControlConnection | number {
    const fd = connectTo(address, options);
    if (fd < 0) return fd;
    return new ControlConnection(thread, fd, handler, true);
  }

  /** Takes over an accepted descriptor. */
  static adopt(thread: Thread, fd: number, handler: ControlHandler): ControlConnection {
    return new ControlConnection(thread, fd, handler, false);
  }

  get isClosed(): boolean {
    return this.fd === -1;
  }

  /** Bytes that the kernel has not taken. */
  get pendingBytes(): number {
    return this.#queuedBytes;
  }

  /** The address at our end. */
  localAddress(): SocketAddress {
    const address = new SocketAddress();
    if (this.fd !== -1) localAddress(this.fd, address);
    return address;
  }

  /** The address at the peer's end. */
  peerAddress(): SocketAddress {
    const address = new SocketAddress();
    if (this.fd !== -1) peerAddress(this.fd, address);
    return address;
  }

  /** Sends bytes, or a string as UTF-8; what the kernel refuses is queued. */
  send(data: Uint8Array | string): void {
    if (this.fd === -1 || this.#isWriteEnding) return;
    const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (!this.#isConnecting) this.#flush();
  }

  /** Ends our side once everything queued is sent. */
  shutdownWrite(): void {
    if (this.#isWriteEnding || this.fd === -1) return;
    this.#isWriteEnding = true;
    if (this.#queuedBytes === 0 && !this.#isConnecting) shutdownSocket(this.fd, Shutdown.WRITE);
  }

  /** Closes once everything queued is sent. */
  closeAfterSend(): void {
    this.#closesAfterSend = true;
    if (this.#queuedBytes === 0) this.close();
  }

  /** Stops or goes on reading: how a slow reader of answers is held back. */
  watchReading(wanted: boolean): void {
    if (this.#isReadClosed && wanted) return;
    this.#setMask(wanted ? this.#mask | Epoll.IN : this.#mask & ~Epoll.IN);
  }

  close(): void {
    if (this.fd === -1) return;
    this.#thread.loop.closeLater(this.fd);
    this.fd = -1;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  /** Gives the descriptor away: it is not watched any more, and the caller's to close; -1 when closed. */
  release(): number {
    const { fd } = this;
    if (fd === -1) return -1;
    this.#thread.loop.forget(fd);
    this.fd = -1;
    this.#queue = [];
    this.#queuedBytes = 0;
    return fd;
  }

  /** Closes with RST. */
  reset(): void {
    if (this.fd !== -1) setLingerZero(this.fd);
    this.close();
  }

  onEvents(_fd: number, events: number): void {
    if (this.#isConnecting) {
      this.#finishConnecting(events);
      return;
    }
    if ((events & Epoll.OUT) !== 0) this.#flush();
    if (this.fd === -1) return;
    if ((events & (Epoll.IN | Epoll.HUP | Epoll.ERR)) !== 0) this.#read();
  }

  onFault(): void {
    // The loop reports the fault itself.
    if (this.fd !== -1) this.#fail(-Errno.EIO);
  }

  #finishConnecting(events: number): void {
    // Only a socket that failed has an error to be asked for.
    const hasFailed = (events & (Epoll.ERR | Epoll.HUP)) !== 0;
    const error = hasFailed ? pendingError(this.fd) : 0;
    if (error < 0) {
      this.#fail(error);
      return;
    }
    // What is sent meanwhile is queued. A check that only connects is over after this call, and has
    // not cost a change of the mask.
    this.#handler.onConnected(this);
    if (this.fd === -1) return;
    this.#isConnecting = false;
    this.#setMask(Epoll.IN);
    if (this.#queuedBytes > 0) this.#flush();
    else if (this.#isWriteEnding) shutdownSocket(this.fd, Shutdown.WRITE);
  }

  #read(): void {
    if (this.#isReadClosed) {
      this.#fail(-Errno.ECONNRESET);
      return;
    }
    const { buffers, region } = this.#thread;
    const size = receive(this.fd, region, buffers.scratchStart, buffers.bufferSize);
    if (size > 0) {
      const start = buffers.scratchStart;
      this.#handler.onData(this, region.bytes.subarray(start, start + size));
    } else if (size === 0) {
      this.#isReadClosed = true;
      this.#setMask(this.#mask & ~Epoll.IN);
      this.#handler.onEnd(this);
    } else if (size !== -Errno.EAGAIN) this.#fail(size);
  }

  #flush(): void {
    const { buffers, region } = this.#thread;
    // Not where reading puts bytes: an answer is sent while its question is still being read.
    const at = buffers.scratchStart + buffers.bufferSize;
    while (this.#queue.length > 0) {
      const first = this.#queue[0]!;
      const piece =
        first.length > buffers.bufferSize ? first.subarray(0, buffers.bufferSize) : first;
      if (this.#hasSent) this.#sendWithoutDelay();
      this.#hasSent = true;
      region.bytes.set(piece, at);
      const sent = send(this.fd, region, at, piece.length);
      if (sent === -Errno.EAGAIN) break;
      if (sent < 0) {
        this.#fail(sent);
        return;
      }
      this.#queuedBytes -= sent;
      if (sent === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(sent);
    }
    this.#afterFlush();
  }

  /** What is sent first goes at once anyway; what follows shall not wait for its acknowledgement. */
  #sendWithoutDelay(): void {
    if (this.#isWithoutDelay) return;
    this.#isWithoutDelay = true;
    setOption(this.fd, SocketOptions.TCP_NO_DELAY, 1);
  }

  #afterFlush(): void {
    if (this.#queuedBytes > 0) {
      this.#setMask(this.#mask | Epoll.OUT);
      return;
    }
    this.#setMask(this.#mask & ~Epoll.OUT);
    if (this.#closesAfterSend) {
      this.close();
      return;
    }
    if (this.#isWriteEnding) shutdownSocket(this.fd, Shutdown.WRITE);
    this.#handler.onDrained?.(this);
  }

  #fail(error: number): void {
    this.close();
    this.#handler.onError(this, -error);
  }

  #setMask(mask: number): void {
    if (mask === this.#mask || this.fd === -1) return;
    this.#mask = mask;
    this.#thread.loop.change(this.fd, mask);
  }
}
