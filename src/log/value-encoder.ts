import { isUtf8 } from "node:buffer";
import type { LineWriter } from "./line-writer.ts";

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const SPACE = 0x20;
const DELETE = 0x7f;
const LOWER_HEX = Uint8Array.from(Buffer.from("0123456789abcdef"));

/** What JSON writes behind a backslash, by the character it stands for. */
const SHORT_ESCAPES = new Uint8Array(128);
SHORT_ESCAPES[0x08] = "b".charCodeAt(0);
SHORT_ESCAPES[0x09] = "t".charCodeAt(0);
SHORT_ESCAPES[0x0a] = "n".charCodeAt(0);
SHORT_ESCAPES[0x0c] = "f".charCodeAt(0);
SHORT_ESCAPES[0x0d] = "r".charCodeAt(0);
SHORT_ESCAPES[QUOTE] = QUOTE;
SHORT_ESCAPES[BACKSLASH] = BACKSLASH;

/**
 * Writes typed values into a line so that machines read them: `%{+json}` and `%{+cbor}` of a format.
 * With it on the whole format, a line is one map of the named items.
 *
 * Source: HAProxy 3.0 configuration manual, section 8.2.6 (custom log format).
 */
export interface ValueEncoder {
  /** Starts the map. */
  open(line: LineWriter): void;
  /** Ends it. */
  close(line: LineWriter): void;
  /** Writes the name of the value that follows. */
  name(line: LineWriter, name: Uint8Array, isFirst: boolean): void;
  nothing(line: LineWriter): void;
  boolean(line: LineWriter, value: boolean): void;
  integer(line: LineWriter, value: bigint): void;
  /** A text of a peer or a name: any bytes, UTF-8 most of the time. */
  text(line: LineWriter, bytes: Uint8Array, start: number, end: number): void;
}

/** RFC 8259. */
class JsonEncoder implements ValueEncoder {
  open(line: LineWriter): void {
    line.text("{");
  }

  close(line: LineWriter): void {
    line.text("}");
  }

  name(line: LineWriter, name: Uint8Array, isFirst: boolean): void {
    if (!isFirst) line.text(", ");
    this.text(line, name, 0, name.length);
    line.text(": ");
  }

  nothing(line: LineWriter): void {
    line.text("null");
  }

  boolean(line: LineWriter, value: boolean): void {
    line.text(value ? "true" : "false");
  }

  integer(line: LineWriter, value: bigint): void {
    line.text(String(value));
  }

  text(line: LineWriter, bytes: Uint8Array, start: number, end: number): void {
    // A text that is not UTF-8 is taken for latin1, so that no byte is lost.
    const isPlain = isUtf8(bytes.subarray(start, end));
    line.byte(QUOTE);
    for (let at = start; at < end; at++) {
      const code = bytes[at]!;
      if (code < 0x80) writeAscii(line, code);
      else if (isPlain) line.byte(code);
      else writeEscape(line, code);
    }
    line.byte(QUOTE);
  }
}

function writeAscii(line: LineWriter, code: number): void {
  const short = SHORT_ESCAPES[code]!;
  if (short !== 0) {
    line.byte(BACKSLASH);
    line.byte(short);
  } else if (code < SPACE || code === DELETE) writeEscape(line, code);
  else line.byte(code);
}

function writeEscape(line: LineWriter, code: number): void {
  line.text("\\u00");
  line.byte(LOWER_HEX[code >> 4]!);
  line.byte(LOWER_HEX[code & 15]!);
}

/** Major types and simple values of RFC 8949. */
const Cbor = {
  UNSIGNED: 0x00,
  NEGATIVE: 0x20,
  BYTES: 0x40,
  TEXT: 0x60,
  OPEN_MAP: 0xbf,
  FALSE: 0xf4,
  TRUE: 0xf5,
  NULL: 0xf6,
  BREAK: 0xff,
} as const;

/** RFC 8949: raw, or in hexadecimal digits, which every log server takes. */
class CborEncoder implements ValueEncoder {
  readonly #isRaw: boolean;

  constructor(isRaw: boolean) {
    this.#isRaw = isRaw;
  }

  open(line: LineWriter): void {
    this.#octet(line, Cbor.OPEN_MAP);
  }

  close(line: LineWriter): void {
    this.#octet(line, Cbor.BREAK);
  }

  name(line: LineWriter, name: Uint8Array): void {
    this.text(line, name, 0, name.length);
  }

  nothing(line: LineWriter): void {
    this.#octet(line, Cbor.NULL);
  }

  boolean(line: LineWriter, value: boolean): void {
    this.#octet(line, value ? Cbor.TRUE : Cbor.FALSE);
  }

  integer(line: LineWriter, value: bigint): void {
    if (value >= 0n) this.#head(line, Cbor.UNSIGNED, value);
    else this.#head(line, Cbor.NEGATIVE, -1n - value);
  }

  text(line: LineWriter, bytes: Uint8Array, start: number, end: number): void {
    const kind = isUtf8(bytes.subarray(start, end)) ? Cbor.TEXT : Cbor.BYTES;
    this.#head(line, kind, BigInt(end - start));
    for (let at = start; at < end; at++) this.#octet(line, bytes[at]!);
  }

  /** A major type with its number, in as few bytes as it fits in. */
  #head(line: LineWriter, kind: number, value: bigint): void {
    if (value < 24n) {
      this.#octet(line, kind | Number(value));
      return;
    }
    const power = value < 0x100n ? 0 : value < 0x1_0000n ? 1 : value < 0x1_0000_0000n ? 2 : 3;
    this.#octet(line, kind | (24 + power));
    for (let shift = 8n * BigInt((1 << power) - 1); shift >= 0n; shift -= 8n) {
      this.#octet(line, Number((value >> shift) & 0xffn));
    }
  }

  #octet(line: LineWriter, code: number): void {
    if (this.#isRaw) line.byte(code);
    else line.hexOctet(code);
  }
}

/** `%{+json}`. */
export const JSON_ENCODER: ValueEncoder = new JsonEncoder();
/** `%{+cbor}`. */
export const CBOR_ENCODER: ValueEncoder = new CborEncoder(false);
/** `%{+cbor,+bin}`. */
export const RAW_CBOR_ENCODER: ValueEncoder = new CborEncoder(true);
