import { assert } from "../base/assert.ts";
import { CR, hexadecimalDigit, LF, SPACE, TAB } from "../http/octets.ts";
import { Framing } from "./framing.ts";
import { ParseError } from "./parse-error.ts";
import { TrailerChecker } from "./trailer-checker.ts";

/** Where a chunked body stands (RFC 9112 section 7.1). */
const ChunkState = {
  SIZE_START: 0,
  SIZE: 1,
  /** Blanks behind the size: only an extension or the line's end may follow. */
  SIZE_BLANK: 2,
  EXTENSION: 3,
  SIZE_LF: 4,
  DATA: 5,
  DATA_CR: 6,
  DATA_LF: 7,
  TRAILER: 8,
} as const;
type ChunkState = (typeof ChunkState)[keyof typeof ChunkState];

const SEMICOLON = 0x3b;
/** Digits of the largest exact size, 2^53 - 1, in hexadecimal: more are padding. */
const DIGITS_MAX = 14;
/** Bytes of padding and extensions that a body may hold whatever its size; beyond, its payload's. */
const OVERHEAD_SIZE_MAX = 16_384;

const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/**
 * Follows the body of one message, wherever its bytes are cut. Use one of two ways for a message:
 * `pass` to send bytes on with their framing, `payload` to get the content alone. Pooled: `begin`
 * starts it anew.
 *
 * Chunk lines end in CRLF only, sizes are exact to 2^53 - 1, extensions hold no control octets and
 * together are no larger than the payload or 16 KiB; trailer lines are checked as field lines are.
 */
export class BodyReader {
  framing: Framing = Framing.NONE;
  /** The message has ended: what follows is the next one. */
  isDone = true;
  /** 0, or the {@link ParseError} that makes the body unusable; `errorAt` is its place. */
  error = 0;
  errorAt = 0;
  /** Content bytes gone through so far, without framing. */
  payloadSize = 0;
  /** The content that the last `payload()` found; empty when it found none. */
  segmentStart = 0;
  segmentEnd = 0;

  #state: ChunkState = ChunkState.SIZE_START;
  /** Bytes of content left: of the body, or of the chunk. */
  #left = 0;
  #digitCount = 0;
  #overheadSize = 0;
  readonly #trailer = new TrailerChecker();

  /**
   * Starts a message.
   *
   * @hot
   * @param contentLength - Meant with `Framing.LENGTH` only.
   */
  begin(framing: Framing, contentLength: number): void {
    this.framing = framing;
    this.isDone = framing === Framing.NONE;
    this.error = 0;
    this.payloadSize = 0;
    this.segmentStart = 0;
    this.segmentEnd = 0;
    this.#state = ChunkState.SIZE_START;
    this.#left = 0;
    this.#overheadSize = 0;
    if (framing === Framing.LENGTH) {
      assert(contentLength > 0, "a body with a length has at least a byte");
      this.#left = contentLength;
    } else if (framing >= Framing.UNTIL_CLOSE) {
      this.#left = UNBOUNDED;
    }
  }

  /**
   * Content bytes that come next without any framing between them: all that is left of a body with
   * a length, the rest of the current chunk, or 2^53 - 1 when only the connection's end tells. The
   * caller may splice that many past this reader, and account for them by `skip`.
   */
  get remaining(): number {
    if (this.framing === Framing.CHUNKED && this.#state !== ChunkState.DATA) return 0;
    return this.#left;
  }

  /**
   * Accounts for content that went by without being looked at.
   *
   * @hot
   */
  skip(size: number): void {
    assert(size >= 0 && size <= this.remaining, "only content is spliced");
    this.payloadSize += size;
    if (this.framing >= Framing.UNTIL_CLOSE) return;
    this.#left -= size;
    if (this.#left === 0) this.#endContent();
  }

  /**
   * Goes through received bytes and returns the offset up to which they belong to this message and
   * may be sent on as they are. Look at `isDone` and `error` afterwards; bytes before an error's
   * place have been found good.
   *
   * @hot
   */
  pass(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.isDone && this.error === 0) {
      if (this.remaining > 0) {
        const size = Math.min(this.#left, end - at);
        this.skip(size);
        at += size;
      } else {
        at = this.#frame(bytes, at, end);
      }
    }
    return at;
  }

  /**
   * Goes through received bytes up to the end of the next run of content, which lies in
   * `[segmentStart, segmentEnd)` (empty when there is only framing), and returns the offset from
   * which to go on. Call until it returns `end`, `isDone` is set or `error` is not 0.
   *
   * @hot
   */
  payload(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    this.segmentStart = start;
    this.segmentEnd = start;
    while (at < end && !this.isDone && this.error === 0) {
      if (this.remaining > 0) {
        const size = Math.min(this.#left, end - at);
        this.skip(size);
        this.segmentStart = at;
        this.segmentEnd = at + size;
        // Framing behind it is taken along, so that the last call already tells the end.
        return this.#frame(bytes, at + size, end);
      }
      at = this.#frame(bytes, at, end);
    }
    return at;
  }

  /**
   * Tells the reader that the peer has closed, and returns whether the message may end so.
   */
  finish(): boolean {
    if (this.framing >= Framing.UNTIL_CLOSE) this.isDone = true;
    return this.isDone;
  }

  #endContent(): void {
    if (this.framing === Framing.LENGTH) this.isDone = true;
    else this.#state = ChunkState.DATA_CR;
  }

  /** Goes through chunk lines and trailers up to the next content, and returns the offset reached. */
  #frame(bytes: Uint8Array, start: number, end: number): number {
    if (this.framing !== Framing.CHUNKED) return start;
    let at = start;
    while (at < end && this.#state !== ChunkState.DATA && !this.isDone) {
      if (this.#state === ChunkState.TRAILER) return this.#passTrailer(bytes, at, end);
      const reason = this.#step(bytes[at]!);
      if (reason < 0) {
        this.error = reason;
        this.errorAt = at;
        return at;
      }
      at++;
    }
    return at;
  }

  #passTrailer(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#trailer.pass(bytes, start, end);
    if (this.#trailer.isDone) this.isDone = true;
    else if (this.#trailer.isRefused) {
      this.error = ParseError.TRAILER;
      this.errorAt = at;
    }
    return at;
  }

  /** Takes one octet of a chunk's lines; 0 or a reason. */
  #step(octet: number): number {
    switch (this.#state) {
      case ChunkState.SIZE_START:
        this.#left = 0;
        this.#digitCount = 0;
        this.#state = ChunkState.SIZE;
        return hexadecimalDigit(octet) < 0
          ? ParseError.CHUNK_SIZE
          : this.#addDigit(hexadecimalDigit(octet));
      case ChunkState.SIZE:
        if (hexadecimalDigit(octet) >= 0) return this.#addDigit(hexadecimalDigit(octet));
        return this.#endSize(octet);
      case ChunkState.SIZE_BLANK:
        return this.#endSize(octet);
      case ChunkState.EXTENSION:
        if (octet === CR) this.#state = ChunkState.SIZE_LF;
        else if ((octet < SPACE && octet !== TAB) || octet === 0x7f) {
          return ParseError.CHUNK_EXTENSION;
        } else return this.#addOverhead();
        return 0;
      case ChunkState.SIZE_LF:
        if (octet !== LF) return ParseError.CHUNK_SIZE;
        this.#startChunk();
        return 0;
      case ChunkState.DATA_CR:
        this.#state = ChunkState.DATA_LF;
        return octet === CR ? 0 : ParseError.CHUNK_END;
      default:
        this.#state = ChunkState.SIZE_START;
        return octet === LF ? 0 : ParseError.CHUNK_END;
    }
  }

  #addDigit(digit: number): number {
    this.#left = this.#left * 16 + digit;
    if (this.#left > Number.MAX_SAFE_INTEGER) return ParseError.CHUNK_SIZE;
    this.#digitCount++;
    return this.#digitCount > DIGITS_MAX ? this.#addOverhead() : 0;
  }

  #endSize(octet: number): number {
    if (octet === CR) this.#state = ChunkState.SIZE_LF;
    else if (octet === SEMICOLON) this.#state = ChunkState.EXTENSION;
    else if (octet === SPACE || octet === TAB) this.#state = ChunkState.SIZE_BLANK;
    else return ParseError.CHUNK_SIZE;
    return octet === CR ? 0 : this.#addOverhead();
  }

  /** Counts a byte that carries nothing, and refuses a body that consists of such. */
  #addOverhead(): number {
    this.#overheadSize++;
    const isTooMuch =
      this.#overheadSize > OVERHEAD_SIZE_MAX && this.#overheadSize > this.payloadSize;
    return isTooMuch ? ParseError.CHUNK_EXTENSION : 0;
  }

  #startChunk(): void {
    if (this.#left > 0) {
      this.#state = ChunkState.DATA;
      return;
    }
    this.#state = ChunkState.TRAILER;
    this.#trailer.begin();
  }
}
