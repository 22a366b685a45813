import { assert } from "../base/assert.ts";
import type { EventHandler } from "../loop/event-loop.ts";
import type { Charged } from "../loop/profiler.ts";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import { BufferPool } from "./buffer-pool.ts";
import type { Thread } from "./thread.ts";
import { PLAIN_TRANSPORT, type Transport } from "./transport.ts";

/** Whom a connection tells of its events. */
export interface ConnectionOwner {
  /** Whose work the connection's events are, where they are measured. */
  readonly charged?: Charged | null;
  /** Bytes, the peer's end, or an error wait to be read. */
  onReadable(connection: Connection): void;
  /** The kernel takes bytes again, or a connection attempt has ended. */
  onWritable(connection: Connection): void;
  /** The connection is dead, and nobody was reading it. */
  onBroken(connection: Connection): void;
  /** A handler of the owner threw. */
  onFault(error: unknown, connection: Connection): void;
}

/** Reading found no buffer to borrow; the connection waits until one comes back. */
export const NO_BUFFER = -0x1000;
/** Reading found the buffer full: the caller has to consume first. */
export const BUFFER_FULL = -0x1001;

const Flag = { READ_CLOSED: 1, WRITE_CLOSED: 2, CONNECTING: 4, NO_DELAY: 8, PRIVATE: 16 } as const;

const NOBODY: ConnectionOwner = {
  onReadable() {},
  onWritable() {},
  onBroken() {},
  onFault() {},
};

/**
 * One transport connection, to a client or to a server. The object is pooled: its descriptor, its
 * buffer and what it is watched for change from use to use.
 *
 * Received bytes lie in a buffer borrowed from the thread, in `[start, end)` of the thread's region;
 * whoever owns the connection moves `start` on and gives the buffer back when it is empty.
 *
 * ```text
 *   bufferStart      start             end        bufferStart + bufferSize
 *        | consumed    | unread bytes   |    room       |
 * ```
 */
export class Connection implements EventHandler {
  readonly thread: Thread;
  fd = -1;
  owner: ConnectionOwner = NOBODY;
  transport: Transport = PLAIN_TRANSPORT;
  /** What epoll watches the descriptor for. */
  #mask = 0;
  bufferStart = BufferPool.NONE;
  start = 0;
  end = 0;
  /** Bits of {@link Flag}: one field for all of them, since idle connections are many. */
  #flags = 0;
  /** The last failure of a read or write, as a negated errno; 0 while there was none. */
  error = 0;
  /** Exchanges that a connection to a server was chosen for. */
  exchangeCount = 0;

  constructor(thread: Thread) {
    this.thread = thread;
  }

  /**
   * Takes over a descriptor and starts watching it.
   *
   * @hot
   * @param mask - Bits of `Epoll`.
   */
  open(fd: number, owner: ConnectionOwner, mask: number): void {
    assert(this.fd === -1, "a connection is opened once");
    this.fd = fd;
    this.owner = owner;
    this.#mask = mask;
    this.#flags = 0;
    this.error = 0;
    this.exchangeCount = 0;
    this.thread.loop.watch(fd, mask, this);
  }

  /** What the descriptor is watched for: bits of `Epoll`. */
  get mask(): number {
    return this.#mask;
  }

  /** Events are their owner's work. */
  get profiledName(): string {
    return this.owner.constructor.name;
  }

  get charged(): Charged | null {
    return this.owner.charged ?? null;
  }

  /** The peer has ended its side. */
  get isReadClosed(): boolean {
    return (this.#flags & Flag.READ_CLOSED) !== 0;
  }

  set isReadClosed(value: boolean) {
    this.#setFlag(Flag.READ_CLOSED, value);
  }

  /** We have ended ours. */
  get isWriteClosed(): boolean {
    return (this.#flags & Flag.WRITE_CLOSED) !== 0;
  }

  /** Made by `connect` and not known to be established. */
  get isConnecting(): boolean {
    return (this.#flags & Flag.CONNECTING) !== 0;
  }

  set isConnecting(value: boolean) {
    this.#setFlag(Flag.CONNECTING, value);
  }

  /** TCP_NODELAY was set on it; clients inherit it from their listener. */
  get isNoDelay(): boolean {
    return (this.#flags & Flag.NO_DELAY) !== 0;
  }

  set isNoDelay(value: boolean) {
    this.#setFlag(Flag.NO_DELAY, value);
  }

  /** It belongs to one client: nobody else's requests may come over it. */
  get isPrivate(): boolean {
    return (this.#flags & Flag.PRIVATE) !== 0;
  }

  set isPrivate(value: boolean) {
    this.#setFlag(Flag.PRIVATE, value);
  }

  #setFlag(flag: number, value: boolean): void {
    this.#flags = value ? this.#flags | flag : this.#flags & ~flag;
  }

  get isOpen(): boolean {
    return this.fd !== -1;
  }

  /** Unread bytes in the buffer. */
  get unread(): number {
    return this.end - this.start;
  }

  /** @hot */
  onEvents(_fd: number, events: number): void {
    if ((events & (Epoll.IN | Epoll.HUP | Epoll.ERR)) !== 0) {
      if ((this.#mask & Epoll.IN) !== 0) this.owner.onReadable(this);
      else if ((events & Epoll.OUT) === 0 || (this.#mask & Epoll.OUT) === 0) {
        this.owner.onBroken(this);
        return;
      }
    }
    if ((events & Epoll.OUT) !== 0 && this.fd === _fd && (this.#mask & Epoll.OUT) !== 0) {
      this.owner.onWritable(this);
    }
  }

  /** An owner that cannot even end what it was doing loses the connection. */
  onFault(error: unknown): void {
    try {
      this.owner.onFault(error, this);
    } catch (second) {
      this.close();
      throw second;
    }
  }

  /** @hot */
  watchReading(wanted: boolean): void {
    const mask = wanted ? this.#mask | Epoll.IN : this.#mask & ~Epoll.IN;
    if (mask !== this.#mask) this.#setMask(mask);
  }

  /** @hot */
  watchWriting(wanted: boolean): void {
    const mask = wanted ? this.#mask | Epoll.OUT : this.#mask & ~Epoll.OUT;
    if (mask !== this.#mask) this.#setMask(mask);
  }

  /** True while readable events are asked for. */
  get watchesReading(): boolean {
    return (this.#mask & Epoll.IN) !== 0;
  }

  #setMask(mask: number): void {
    this.#mask = mask;
    if (this.fd !== -1) this.thread.loop.change(this.fd, mask);
  }

  /**
   * Reads what has come behind the unread bytes, borrowing a buffer when there is none.
   *
   * @hot
   * @param reserve - Bytes at the end of the buffer that stay free.
   * @returns Bytes read; 0 when the peer has closed; a negated errno; `NO_BUFFER` or `BUFFER_FULL`.
   */
  receive(reserve: number): number {
    if (this.bufferStart === BufferPool.NONE && !this.borrowBuffer()) return NO_BUFFER;
    const limit = this.bufferStart + this.thread.tuning.bufferSize - reserve;
    if (this.end >= limit) return BUFFER_FULL;
    const size = this.transport.receive(this, this.end, limit - this.end);
    if (size > 0) this.end += size;
    else if (size === 0) this.isReadClosed = true;
    else if (size !== -Errno.EAGAIN) this.error = size;
    return size;
  }

  /**
   * Writes bytes of the thread's region. Returns the bytes taken: 0 when the kernel takes none just
   * now, a negated errno when the connection is broken.
   *
   * @hot
   */
  send(offset: number, size: number, more: boolean): number {
    const sent = this.transport.send(this, offset, size, more);
    if (sent >= 0) return sent;
    if (sent === -Errno.EAGAIN) return 0;
    this.error = sent;
    return sent;
  }

  /**
   * Borrows a buffer; false when the thread has none left.
   *
   * @hot
   */
  borrowBuffer(): boolean {
    const buffer = this.thread.buffers.take();
    if (buffer === BufferPool.NONE) return false;
    this.bufferStart = buffer;
    this.start = buffer;
    this.end = buffer;
    return true;
  }

  /**
   * Gives the buffer back; what was unread is lost.
   *
   * @hot
   */
  returnBuffer(): void {
    if (this.bufferStart === BufferPool.NONE) return;
    this.thread.buffers.give(this.bufferStart);
    this.bufferStart = BufferPool.NONE;
    this.start = 0;
    this.end = 0;
  }

  /**
   * Moves the unread bytes to the start of the buffer, so that all the rest is room.
   *
   * @hot
   */
  compact(): void {
    if (this.start === this.bufferStart || this.bufferStart === BufferPool.NONE) return;
    this.thread.region.bytes.copyWithin(this.bufferStart, this.start, this.end);
    this.end -= this.start - this.bufferStart;
    this.start = this.bufferStart;
  }

  /** Tells the peer that nothing follows; reading goes on. */
  shutdownWrite(): void {
    if (this.isWriteClosed || this.fd === -1) return;
    this.#flags |= Flag.WRITE_CLOSED;
    this.transport.shutdownWrite(this);
  }

  /**
   * Closes in order: what the kernel holds is still delivered. The buffer goes back.
   *
   * @hot
   */
  close(): void {
    this.returnBuffer();
    if (this.fd === -1) return;
    const fd = this.fd;
    this.fd = -1;
    this.#mask = 0;
    this.owner = NOBODY;
    this.thread.loop.closeLater(fd);
  }

  /** Closes with RST: what the kernel holds is dropped. */
  reset(): void {
    if (this.fd !== -1) setLingerZero(this.fd);
    this.close();
  }
}
