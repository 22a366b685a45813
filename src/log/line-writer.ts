import { assert } from "../base/assert.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import type { LogEnvironment } from "./environment.ts";
import { FieldFlag } from "./field.ts";

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HASH = 0x23;
const PERCENT = 0x25;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const DELETE = 0x7f;
const HEX_DIGITS = 0x10;

/** 1 for each byte that needs its hexadecimal code to stand in a line. */
const ENCODED = new Uint8Array(256);
ENCODED.fill(1, 0, 0x20);
ENCODED.fill(1, 0x7f, 0x100);
for (const character of '"#') ENCODED[character.charCodeAt(0)] = 1;
/** The same where captured headers are listed between braces. */
const ENCODED_IN_BRACES = ENCODED.slice();
for (const character of "{|}") ENCODED_IN_BRACES[character.charCodeAt(0)] = 1;
/** 1 for each byte that may not stand in a message. */
const CONTROLS = ENCODED.map((_, code) => {
  const isPlain = (code >= SPACE && code !== DELETE) || code === TAB;
  return isPlain ? 0 : 1;
});
/** Where a run of plain bytes of a word stops. */
const STOPS = ENCODED.slice();
STOPS[SPACE] = 1;

const HEX = new Uint8Array(HEX_DIGITS);
for (let digit = 0; digit < HEX_DIGITS; digit++) HEX[digit] = "0123456789ABCDEF".charCodeAt(digit);

/**
 * Writes one log line into a fixed range of bytes. Everything that does not fit is left out, so a
 * line is cut at its limit and never grows. Texts are latin1: one character is one byte.
 *
 * Source: HAProxy configuration manual, section 8.6, for what is written as `#XX`.
 */
export class LineWriter {
  bytes: Uint8Array;
  readonly environment: LogEnvironment;
  /** Where the line starts. */
  start: number;
  /** Where the next byte goes. */
  end: number;
  /** The line may hold bytes up to here. */
  limit: number;
  /** Where there is nothing, lines of logs have a `-`; texts that rules make have nothing either. */
  marksNothing = true;

  /** @param size - The most that a line may hold, in bytes. */
  constructor(bytes: Uint8Array, start: number, size: number, environment: LogEnvironment) {
    assert(start >= 0 && size > 0 && start + size <= bytes.length, "the line lies in its bytes");
    this.bytes = bytes;
    this.environment = environment;
    this.start = start;
    this.end = start;
    this.limit = start + size;
  }

  /** @hot */
  restart(): void {
    this.end = this.start;
  }

  /**
   * Starts a line elsewhere.
   *
   * @hot
   * @param limit - Just past the last byte that the line may hold.
   */
  restartAt(bytes: Uint8Array, start: number, limit: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = start;
    this.limit = limit;
  }

  /** @hot */
  byte(code: number): void {
    if (this.end < this.limit) this.bytes[this.end++] = code;
  }

  /**
   * Writes a text as it is.
   *
   * @hot
   */
  text(text: string): void {
    const bytes = this.bytes;
    let at = this.end;
    const room = this.limit - at;
    const count = text.length < room ? text.length : room;
    for (let index = 0; index < count; index++) bytes[at++] = text.charCodeAt(index);
    this.end = at;
  }

  /**
   * Writes a text in the manner that a field's flags ask for; an empty one is `""` in quotes, else `-`
   * where nothing is marked.
   *
   * @hot
   */
  flagged(text: string, flags: number): void {
    if ((flags & FieldFlag.BINARY) !== 0) {
      this.text(text);
      return;
    }
    const isQuoted = (flags & FieldFlag.QUOTE) !== 0;
    if (text.length === 0 && !isQuoted) {
      if (this.marksNothing) this.byte(DASH);
      return;
    }
    if (isQuoted) this.byte(QUOTE);
    if ((flags & FieldFlag.ESCAPE) === 0) {
      this.text(text);
    } else {
      for (let index = 0; index < text.length; index++) this.#escaped(text.charCodeAt(index));
    }
    if (isQuoted) this.byte(QUOTE);
  }

  /**
   * Writes bytes as they are, but for what a field's flags ask for.
   *
   * @hot
   */
  plainBytes(bytes: Uint8Array, start: number, end: number, flags = 0): void {
    if ((flags & FieldFlag.ESCAPE) !== 0) {
      for (let at = start; at < end; at++) this.#escaped(bytes[at]!);
      return;
    }
    const size = end - start < this.limit - this.end ? end - start : this.limit - this.end;
    const into = this.bytes;
    let at = this.end;
    for (let index = 0; index < size; index++) into[at++] = bytes[start + index]!;
    this.end = at;
  }

  /**
   * Writes bytes for a message: control characters but tabs become `%XX`, so that none ends a line.
   *
   * @hot
   */
  printableBytes(bytes: Uint8Array, start: number, end: number, flags = 0): void {
    const isEscaped = (flags & FieldFlag.ESCAPE) !== 0;
    let at = start;
    while (at < end) {
      if (!isEscaped) at = this.#plainRun(bytes, at, end, CONTROLS);
      if (at === end || this.end === this.limit) return;
      const code = bytes[at++]!;
      if (CONTROLS[code] === 0) {
        this.#escaped(code);
        continue;
      }
      this.byte(PERCENT);
      this.hexOctet(code);
    }
  }

  /**
   * Writes bytes that a peer sent; what could confuse a reader of logs becomes `#XX`.
   *
   * @hot
   */
  encodedBytes(bytes: Uint8Array, start: number, end: number, flags: number): void {
    if ((flags & FieldFlag.BINARY) !== 0) this.plainBytes(bytes, start, end);
    else this.#encoded(bytes, start, end, flags, ENCODED);
  }

  /**
   * Writes bytes that a peer sent, like {@link encodedBytes}, up to the first blank; returns where
   * that is, or the end.
   *
   * @hot
   */
  encodedWord(bytes: Uint8Array, start: number, end: number, flags: number): number {
    const isEscaped = (flags & FieldFlag.ESCAPE) !== 0;
    let at = start;
    while (at < end) {
      if (!isEscaped) {
        at = this.#plainRun(bytes, at, end, STOPS);
        if (at === end) break;
      }
      const code = bytes[at]!;
      if (code === SPACE || code === TAB) break;
      if (ENCODED[code] !== 0) this.#special(code, flags);
      else if (isEscaped) this.#escaped(code);
      else this.byte(code);
      at++;
    }
    return at;
  }

  /**
   * Copies bytes up to the first of those that stop it, or the limit; returns where it stopped.
   *
   * @hot
   */
  #plainRun(bytes: Uint8Array, start: number, end: number, stops: Uint8Array): number {
    const own = this.bytes;
    let to = this.end;
    const room = this.limit - to;
    const stop = end - start < room ? end : start + room;
    let at = start;
    while (at < stop) {
      const code = bytes[at]!;
      if (stops[code] !== 0) break;
      own[to++] = code;
      at++;
    }
    this.end = to;
    return at;
  }

  /**
   * Writes a captured header: like {@link encodedBytes}, and the braces and bars that delimit
   * captures are encoded too.
   *
   * @hot
   */
  encodedCapture(bytes: Uint8Array, start: number, end: number, flags: number): void {
    this.#encoded(bytes, start, end, flags, ENCODED_IN_BRACES);
  }

  /**
   * Writes bytes of a peer, of which some have to be encoded. They rarely hold any of these: runs of
   * others are copied.
   *
   * @hot
   */
  #encoded(bytes: Uint8Array, start: number, end: number, flags: number, stops: Uint8Array): void {
    const isEscaped = (flags & FieldFlag.ESCAPE) !== 0;
    let at = start;
    while (at < end) {
      if (!isEscaped) {
        at = this.#plainRun(bytes, at, end, stops);
        if (at === end || this.end === this.limit) return;
      }
      const code = bytes[at]!;
      if (stops[code] !== 0) this.#special(code, flags);
      else this.#escaped(code);
      at++;
    }
  }

  /** @hot */
  #special(code: number, flags: number): void {
    if ((flags & FieldFlag.BINARY) !== 0) {
      this.byte(code);
      return;
    }
    this.byte(HASH);
    this.hexOctet(code);
  }

  /**
   * Writes the two hexadecimal digits of an octet.
   *
   * @hot
   */
  hexOctet(code: number): void {
    this.byte(HEX[code >> 4]!);
    this.byte(HEX[code & 15]!);
  }

  /** @hot */
  #escaped(code: number): void {
    if (code === QUOTE || code === BACKSLASH || code === 0x5d) this.byte(BACKSLASH);
    this.byte(code);
  }

  /**
   * Writes an integer below 2^53 in decimal.
   *
   * @hot
   */
  decimal(value: number): void {
    let rest = value;
    if (rest < 0) {
      this.byte(DASH);
      rest = -rest;
    }
    if (rest < 10) {
      this.byte(ZERO + rest);
      return;
    }
    let size = 2;
    for (let bound = 100; rest >= bound; bound *= 10) size++;
    this.padded(rest, size);
  }

  /**
   * Writes the last `size` decimal digits of a number, zeros in front.
   *
   * @hot
   */
  padded(value: number, size: number): void {
    let at = this.end + size;
    const next = at;
    if (next > this.limit) {
      this.text(String(value).padStart(size, "0"));
      return;
    }
    let rest = value;
    // Whole numbers of 32 bits are divided faster.
    while (rest > 0x7fff_ffff && at > this.end) {
      const tens = Math.floor(rest / 10);
      this.bytes[--at] = ZERO + (rest - tens * 10);
      rest = tens;
    }
    let small = rest | 0;
    while (at > this.end) {
      const tens = (small / 10) | 0;
      this.bytes[--at] = ZERO + small - tens * 10;
      small = tens;
    }
    this.end = next;
  }

  /**
   * Writes an integer below 2^53 in hexadecimal, zeros in front up to `sizeMin` digits.
   *
   * @hot
   */
  hexadecimal(value: number, sizeMin: number): void {
    let size = 1;
    for (let bound = 16; value >= bound; bound *= 16) size++;
    if (size < sizeMin) size = sizeMin;
    let divisor = 1;
    for (let digit = 1; digit < size; digit++) divisor *= 16;
    let rest = value;
    for (let digit = 0; digit < size; digit++) {
      const code = Math.floor(rest / divisor);
      this.byte(HEX[code]!);
      rest -= code * divisor;
      divisor /= 16;
    }
  }

  /**
   * Writes a count or a port: decimal, or at least four hexadecimal digits if its flags say so.
   *
   * @hot
   */
  count(value: number, flags: number): void {
    if ((flags & FieldFlag.HEXADECIMAL) === 0) this.decimal(value);
    else this.hexadecimal(value, 4);
  }

  /**
   * Writes the address part of a socket address: `127.0.0.1`, `::1`, `unix`, or `-` for none.
   * Quotes are for the readable form alone.
   *
   * @hot
   */
  address(address: SocketAddress, flags: number): void {
    const isHexadecimal = (flags & FieldFlag.HEXADECIMAL) !== 0;
    const isQuoted = (flags & FieldFlag.QUOTE) !== 0 && !isHexadecimal;
    if (!isQuoted || address.family === AddressFamily.NONE) {
      this.#bareAddress(address, flags, isHexadecimal);
      return;
    }
    this.byte(QUOTE);
    this.#bareAddress(address, flags, isHexadecimal);
    this.byte(QUOTE);
  }

  /** @hot */
  #bareAddress(address: SocketAddress, flags: number, isHexadecimal: boolean): void {
    if (address.family === AddressFamily.INET) {
      if (isHexadecimal) this.hexadecimal(address.word3, 8);
      else this.#dotted(address.word3);
    } else if (address.family === AddressFamily.INET6) {
      if (isHexadecimal) this.#words(address);
      else this.text(address.host());
    } else if (address.family === AddressFamily.UNIX) {
      this.text("unix");
    } else {
      this.flagged("", flags);
    }
  }

  /** @hot */
  #dotted(word: number): void {
    this.decimal(word >>> 24);
    this.byte(DOT);
    this.decimal((word >>> 16) & 0xff);
    this.byte(DOT);
    this.decimal((word >>> 8) & 0xff);
    this.byte(DOT);
    this.decimal(word & 0xff);
  }

  /** @hot */
  #words(address: SocketAddress): void {
    this.hexadecimal(address.word0 >>> 0, 8);
    this.hexadecimal(address.word1 >>> 0, 8);
    this.hexadecimal(address.word2 >>> 0, 8);
    this.hexadecimal(address.word3 >>> 0, 8);
  }
}
