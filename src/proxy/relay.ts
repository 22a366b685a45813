import type { BodyReader } from "../h1/body-reader.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import { BUFFER_FULL, type Connection, NO_BUFFER } from "../net/connection.ts";
import type { Thread } from "../net/thread.ts";
import { Errno } from "../sys/errno.ts";
import type { Pipe } from "../sys/splice.ts";

/** How far a relay has come; what it waits for. */
export const RelayResult = {
  /** More bytes have to come from the source. */
  WAIT_SOURCE: 0,
  /** The sink takes no more just now. */
  WAIT_SINK: 1,
  /** The message has passed whole. */
  DONE: 2,
  /** The source ended before its message did. */
  SOURCE_ENDED: 3,
  /** Reading failed: `source.error` tells why. */
  SOURCE_BROKEN: 4,
  /** Writing failed: `sink.error` tells why. */
  SINK_BROKEN: 5,
  /** The framing of the message is wrong. */
  MALFORMED: 6,
  /** The thread has no buffer to lend. */
  NO_BUFFER: 7,
} as const;
export type RelayResult = (typeof RelayResult)[keyof typeof RelayResult];

/** Rounds of reading and writing an event may use before others get their turn. */
const ROUNDS_MAX = 16;
/** From this many bytes on, a body is worth a pipe: it costs a few calls to set up. */
const SPLICE_FROM = 65536;
/** The most to ask of one splice. */
const SPLICE_MAX = 1 << 20;
/** A raw stream is worth a pipe once so many reads in a row have filled the buffer. */
const FULL_READS_FOR_SPLICE = 3;

/**
 * Moves one direction of an exchange: from the buffer of the source to the sink, first a head that
 * was written elsewhere, then what the body's framing allows, and through a kernel pipe where that
 * pays. It watches nothing itself: its owner asks for readiness as the result says.
 *
 * ```text
 *   source buffer:  | sent ..... | allowed to pass | not looked at |   room
 *                           sendStart           sendEnd        source.end
 * ```
 */
export class Relay {
  readonly #thread: Thread;
  source: Connection | null = null;
  sink: Connection | null = null;
  /** Framing of what passes; null for a raw stream, which ends when its source does. */
  body: BodyReader | null = null;
  /** The source's buffer from here on waits to be sent. */
  sendStart = 0;
  /** The source's buffer up to here may be sent. */
  sendEnd = 0;
  /** Bytes that the sink took, head included. */
  sentCount = 0;
  /** Those of them that passed through a kernel pipe. */
  splicedCount = 0;
  /** May bytes pass through a kernel pipe? */
  maySplice = false;
  /** The sink never sees the body: it is read and thrown away. */
  isDraining = false;
  /**
   * What the source sent stays in its buffer, so that the message can be sent again. Ends by itself
   * when the buffer is full.
   */
  keepsSource = false;
  #headBuffer = BufferPool.NONE;
  #headStart = 0;
  #headEnd = 0;
  #pipe: Pipe | null = null;
  #fullReads = 0;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** @hot */
  reset(): void {
    this.source = null;
    this.sink = null;
    this.body = null;
    this.sendStart = 0;
    this.sendEnd = 0;
    this.sentCount = 0;
    this.splicedCount = 0;
    this.maySplice = false;
    this.isDraining = false;
    this.keepsSource = false;
    this.#fullReads = 0;
    if (this.#headBuffer !== BufferPool.NONE) this.#dropHead();
    if (this.#pipe !== null) this.#dropPipe();
  }

  /**
   * Makes ready to start the same message again: all that was read of it is still in the buffer, and
   * what the framing allowed stays allowed.
   */
  rewind(): void {
    const { source, body, maySplice, sendEnd, keepsSource } = this;
    this.reset();
    this.keepsSource = keepsSource;
    this.source = source;
    this.body = body;
    this.maySplice = maySplice;
    this.sendEnd = sendEnd;
  }

  #dropHead(): void {
    this.#thread.buffers.give(this.#headBuffer);
    this.#headBuffer = BufferPool.NONE;
    this.#headStart = 0;
    this.#headEnd = 0;
  }

  #dropPipe(): void {
    this.#thread.pipes.give(this.#pipe!);
    this.#pipe = null;
  }

  /** True while bytes that were accepted for sending have not been sent. */
  get hasPending(): boolean {
    if (this.#headEnd > this.#headStart || this.sendStart < this.sendEnd) return true;
    return this.#pipe !== null && this.#pipe.filled > 0;
  }

  /**
   * Starts with bytes that lie in the thread's scratch memory, such as an edited head, and goes on
   * with the source's buffer from `bodyStart` on. What the sink does not take at once is kept.
   *
   * @hot
   */
  startWith(headStart: number, headEnd: number, bodyStart: number): RelayResult {
    const source = this.source!;
    this.sendStart = bodyStart;
    // A message that is sent again was looked at before.
    if (this.sendEnd < bodyStart) this.sendEnd = bodyStart;
    if (!this.#allow(source)) return RelayResult.MALFORMED;
    // One call sends head and body together when there is room behind the head.
    const bodySize = this.sendEnd - this.sendStart;
    const headSize = headEnd - headStart;
    let end = headEnd;
    if (bodySize > 0 && headEnd + bodySize <= this.#thread.buffers.scratchEnd) {
      this.#thread.region.bytes.copyWithin(headEnd, this.sendStart, this.sendEnd);
      end += bodySize;
    }
    const sent = this.sink!.send(headStart, end - headStart, end === headEnd && bodySize > 0);
    if (sent < 0) return RelayResult.SINK_BROKEN;
    this.sentCount += sent;
    if (sent >= headSize) this.sendStart += sent - headSize;
    else if (!this.#keepHead(headStart + sent, headEnd)) return RelayResult.NO_BUFFER;
    return this.pump();
  }

  #keepHead(start: number, end: number): boolean {
    const buffer = this.#thread.buffers.take();
    if (buffer === BufferPool.NONE) return false;
    this.#thread.region.bytes.copyWithin(buffer, start, end);
    this.#headBuffer = buffer;
    this.#headStart = buffer;
    this.#headEnd = buffer + (end - start);
    return true;
  }

  /**
   * Starts with the source's buffer as it is: `start` is where an untouched head begins, `bodyStart`
   * where its body does.
   *
   * @hot
   */
  startAt(start: number, bodyStart: number): RelayResult {
    this.sendStart = start;
    if (this.sendEnd < bodyStart) this.sendEnd = bodyStart;
    return this.pump();
  }

  /**
   * Lets pass what the framing allows of the bytes that have come.
   *
   * @hot
   */
  #allow(source: Connection): boolean {
    if (this.sendEnd >= source.end) return true;
    if (this.body === null) {
      this.sendEnd = source.end;
      return true;
    }
    if (this.body.isDone) return true;
    const { bytes } = this.#thread.region;
    this.sendEnd = this.body.pass(bytes, this.sendEnd, source.end);
    return this.body.error === 0;
  }

  /**
   * Sends what may be sent, reading nothing.
   *
   * @hot
   */
  pump(): RelayResult {
    const source = this.source!;
    if (!this.#allow(source)) return RelayResult.MALFORMED;
    if (this.#headEnd > this.#headStart) {
      const result = this.#sendHead(this.sink!);
      if (result !== RelayResult.DONE) return result;
    }
    if (this.sendStart < this.sendEnd) {
      const result = this.#sendBody();
      if (result !== RelayResult.DONE) return result;
    }
    if (this.#pipe !== null && this.#pipe.filled > 0) return this.#drainPipe();
    return this.#afterSending(source);
  }

  #sendBody(): RelayResult {
    if (this.isDraining) {
      this.sendStart = this.sendEnd;
      return RelayResult.DONE;
    }
    const sent = this.sink!.send(this.sendStart, this.sendEnd - this.sendStart, false);
    if (sent < 0) return RelayResult.SINK_BROKEN;
    this.sendStart += sent;
    this.sentCount += sent;
    return this.sendStart < this.sendEnd ? RelayResult.WAIT_SINK : RelayResult.DONE;
  }

  #sendHead(sink: Connection): RelayResult {
    const more = this.sendStart < this.sendEnd;
    const sent = sink.send(this.#headStart, this.#headEnd - this.#headStart, more);
    if (sent < 0) return RelayResult.SINK_BROKEN;
    this.#headStart += sent;
    this.sentCount += sent;
    if (this.#headStart < this.#headEnd) return RelayResult.WAIT_SINK;
    this.#dropHead();
    return RelayResult.DONE;
  }

  /** Everything that came has been sent: is that all? */
  #afterSending(source: Connection): RelayResult {
    const body = this.body;
    if (body?.isDone) return RelayResult.DONE;
    if (source.isReadClosed) {
      if (body === null) return RelayResult.DONE;
      return body.finish() ? RelayResult.DONE : RelayResult.SOURCE_ENDED;
    }
    if (source.error !== 0) return RelayResult.SOURCE_BROKEN;
    return RelayResult.WAIT_SOURCE;
  }

  /**
   * Reads what the source has and sends it on, a bounded number of rounds.
   *
   * @hot
   */
  onReadable(): RelayResult {
    // What lies in the pipe came first: reading on would overtake it.
    if (this.#pipe !== null && this.#pipe.filled > 0) return this.pump();
    const source = this.source!;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (this.#splices()) return this.#splice();
      const size = this.#receive(source);
      if (size < 0 && size !== BUFFER_FULL) return this.#afterFailedRead(source, size);
      const isFull = source.end === source.bufferStart + this.#thread.tuning.bufferSize;
      this.#fullReads = isFull ? this.#fullReads + 1 : 0;
      const result = this.pump();
      if (result !== RelayResult.WAIT_SOURCE) return result;
      this.#returnEmptyBuffer(source);
      // A read that left room has taken all there was: epoll tells when more comes.
      if (!isFull) return result;
    }
    return RelayResult.WAIT_SOURCE;
  }

  #receive(source: Connection): number {
    const hadBuffer = source.bufferStart !== BufferPool.NONE;
    if (this.keepsSource && hadBuffer) {
      // The end of the buffer belongs to the edits of the head, which is written anew as well.
      const size = source.receive(this.#thread.tuning.rewriteSize);
      if (size !== BUFFER_FULL) return size;
      this.keepsSource = false;
    }
    if (hadBuffer && this.sendStart === source.end) {
      // All of it is sent: the whole buffer is room again.
      source.start = source.bufferStart;
      source.end = source.bufferStart;
      this.sendStart = source.start;
      this.sendEnd = source.start;
    }
    const size = source.receive(0);
    if (!hadBuffer && source.bufferStart !== BufferPool.NONE) {
      this.sendStart = source.bufferStart;
      this.sendEnd = source.bufferStart;
    }
    return size;
  }

  #afterFailedRead(source: Connection, error: number): RelayResult {
    if (error === NO_BUFFER) return RelayResult.NO_BUFFER;
    if (error === -Errno.EAGAIN) {
      this.#returnEmptyBuffer(source);
      return this.hasPending ? RelayResult.WAIT_SINK : RelayResult.WAIT_SOURCE;
    }
    return RelayResult.SOURCE_BROKEN;
  }

  /** A relay that waits holds no buffer unless bytes wait in it. */
  #returnEmptyBuffer(source: Connection): void {
    if (this.keepsSource) return;
    if (this.sendStart !== source.end || source.bufferStart === BufferPool.NONE) return;
    source.returnBuffer();
    this.sendStart = 0;
    this.sendEnd = 0;
  }

  /** True when the next bytes should go through a pipe. */
  #splices(): boolean {
    if (!this.maySplice || this.isDraining || this.keepsSource || this.hasPending) return false;
    const source = this.source!;
    if (this.sendStart !== source.end || !this.#isWorthPipe()) {
      // What comes next is short, or framing that has to be read.
      if (this.#pipe !== null) this.#dropPipe();
      return false;
    }
    if (this.#pipe !== null) return true;
    if (!source.transport.canSplice || !this.sink!.transport.canSplice) return false;
    this.#pipe = this.#thread.pipes.take();
    if (this.#pipe === null) this.maySplice = false;
    else this.#returnEmptyBuffer(source);
    return this.#pipe !== null;
  }

  #isWorthPipe(): boolean {
    const isSplicing = this.#pipe !== null;
    if (this.body === null) return isSplicing || this.#fullReads >= FULL_READS_FOR_SPLICE;
    return this.body.remaining >= (isSplicing ? 1 : SPLICE_FROM);
  }

  #splice(): RelayResult {
    const pipe = this.#pipe!;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const wanted = this.body === null ? SPLICE_MAX : Math.min(this.body.remaining, SPLICE_MAX);
      // The chunk is through: what follows is framing, which has to be read.
      if (wanted === 0) return this.onReadable();
      const moved = this.#fillPipe(pipe, wanted);
      if (moved < 0 && moved !== -Errno.EAGAIN) {
        return moved === -Errno.EINVAL ? this.#stopSplicing() : RelayResult.SOURCE_BROKEN;
      }
      const result = this.#drainPipe();
      if (result !== RelayResult.WAIT_SOURCE || moved < Math.min(wanted, pipe.size)) return result;
    }
    return RelayResult.WAIT_SOURCE;
  }

  #fillPipe(pipe: Pipe, wanted: number): number {
    const source = this.source!;
    const moved = pipe.fill(source.fd, wanted);
    if (moved > 0) this.body?.skip(moved);
    else if (moved === 0) source.isReadClosed = true;
    else if (moved !== -Errno.EAGAIN && moved !== -Errno.EINVAL) source.error = moved;
    return moved;
  }

  /** The kernel will not splice this socket: go on with buffers. */
  #stopSplicing(): RelayResult {
    this.maySplice = false;
    this.#dropPipe();
    return this.onReadable();
  }

  #drainPipe(): RelayResult {
    const pipe = this.#pipe!;
    const sink = this.sink!;
    while (pipe.filled > 0) {
      const moved = pipe.drain(sink.fd, pipe.filled, false);
      if (moved === -Errno.EAGAIN) return RelayResult.WAIT_SINK;
      if (moved < 0) {
        sink.error = moved;
        return RelayResult.SINK_BROKEN;
      }
      this.sentCount += moved;
      this.splicedCount += moved;
    }
    const result = this.#afterSending(this.source!);
    // A message that goes on keeps its pipe; one that is through gives it back.
    if (result !== RelayResult.WAIT_SOURCE) this.#dropPipe();
    return result;
  }
}
