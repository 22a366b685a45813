import { int, oneOf } from "../../config/arg.ts";
import { octets, optionalPlace } from "../args.ts";
import { type Convert, defineConverter } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { BINARY, STRING, INTEGER } = SampleType;
const HEX_DIGITS = "0123456789ABCDEF";
const PLUS = 0x2b;
const PERCENT = 0x25;
const QUESTION_MARK = 0x3f;
const SPACE = 0x20;

/** The value of each hexadecimal digit; -1 for other octets. */
const DIGITS = new Int8Array(256).fill(-1);
for (const [value, digit] of [...HEX_DIGITS].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toLowerCase().charCodeAt(0)] = value;
}

/** Results are made one after the other; nothing of one is kept for the next. */
const out = new ScratchText();

function bufferOf({ bytes, start, end }: Sample): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Encoding by the runtime: its result is text. */
function encoder(encoding: "base64" | "base64url"): Convert {
  return (sample, view) => {
    const size = Math.ceil((sample.end - sample.start) / 3) * 4;
    if (size > view.scratch.slotSize) return false;
    out.begin(view);
    out.addText(bufferOf(sample).toString(encoding));
    return out.finish(sample, STRING);
  };
}

const BASE64_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const PADDING = 0x3d;

/** The value of each digit of base64; -1 for other octets. */
function base64Digits(lastTwo: string): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (const [value, digit] of [...`${BASE64_LETTERS}${lastTwo}`].entries()) {
    values[digit.charCodeAt(0)] = value;
  }
  return values;
}

const PLAIN_DIGITS = base64Digits("+/");
const URL_DIGITS = base64Digits("-_");

/**
 * Decodes groups of four digits into `out`. The plain alphabet wants each group whole, if need be with
 * padding; that of URLs may end with a group of two or three digits.
 *
 * @hot
 */
function decodeBase64(
  bytes: Uint8Array,
  start: number,
  end: number,
  digits: Int8Array,
  wantsPadding: boolean,
): boolean {
  if (wantsPadding && (end - start) % 4 !== 0) return false;
  for (let at = start; at < end; at += 4) {
    let stop = end - at < 4 ? end : at + 4;
    while (stop > at && bytes[stop - 1] === PADDING) stop--;
    if (!decodeGroup(bytes, at, stop, digits)) return false;
  }
  return true;
}

/**
 * Decodes two, three or four digits into `out`.
 *
 * @hot
 */
function decodeGroup(bytes: Uint8Array, start: number, end: number, digits: Int8Array): boolean {
  const size = end - start;
  if (size < 2) return false;
  let bits = 0;
  for (let at = start; at < end; at++) {
    const digit = digits[bytes[at]!]!;
    if (digit === -1) return false;
    bits = (bits << 6) | digit;
  }
  bits <<= 6 * (4 - size);
  out.byte((bits >> 16) & 0xff);
  if (size > 2) out.byte((bits >> 8) & 0xff);
  if (size > 3) out.byte(bits & 0xff);
  return true;
}

export const base64 = defineConverter({
  name: "base64",
  summary: "Encodes bytes in base64",
  source: SOURCE,
  input: BINARY,
  output: STRING,
  args: [],
  examples: [
    { input: "Hello", expression: "base64", output: "SGVsbG8=" },
    { input: "a>?", expression: "base64", output: "YT4/" },
    { input: "a", expression: "base64", output: "YQ==" },
    { input: "", expression: "base64,length", output: "0" },
  ],
  compile: () => encoder("base64"),
});

export const b64dec = defineConverter({
  name: "b64dec",
  summary: "Decodes base64",
  source: SOURCE,
  input: STRING,
  output: BINARY,
  args: [],
  examples: [
    { input: "SGVsbG8=", expression: "b64dec", output: "Hello" },
    { input: "SGVsbG8", expression: "b64dec", output: null },
    { input: "SGVsbA==", expression: "b64dec", output: "Hell" },
    { input: "SGVs====", expression: "b64dec", output: null },
    { input: "SGVs bG8=", expression: "b64dec", output: null },
    { input: "-_-_", expression: "b64dec", output: null },
    { input: "SG==SGVs", expression: "b64dec,hex", output: "4848656C" },
    { input: "", expression: "b64dec,length", output: "0" },
  ],
  compile: () => (sample, view) => {
    out.begin(view);
    const { bytes, start, end } = sample;
    return decodeBase64(bytes, start, end, PLAIN_DIGITS, true) && out.finish(sample, BINARY);
  },
});

export const ub64enc = defineConverter({
  name: "ub64enc",
  summary: "Encodes bytes in base64 for URLs, without padding",
  source: SOURCE,
  input: BINARY,
  output: STRING,
  args: [],
  examples: [{ input: "a>?x", expression: "ub64enc", output: "YT4_eA" }],
  compile: () => encoder("base64url"),
});

export const ub64dec = defineConverter({
  name: "ub64dec",
  summary: "Decodes base64 for URLs",
  source: SOURCE,
  input: STRING,
  output: BINARY,
  args: [],
  examples: [
    { input: "YT4_eA", expression: "ub64dec,hex", output: "613E3F78" },
    { input: "YQ", expression: "ub64dec,hex", output: "61" },
    { input: "YWI", expression: "ub64dec,hex", output: "6162" },
    { input: "+/+/", expression: "ub64dec", output: null },
    { input: "YWJjZ", expression: "ub64dec", output: null },
    { input: "", expression: "ub64dec,length", output: "0" },
    // Padding is no part of the alphabet; the reference reads it as one more digit.
    { input: "YQ==", expression: "ub64dec,hex", output: "61", isOwn: true },
  ],
  compile: () => (sample, view) => {
    out.begin(view);
    const { bytes, start, end } = sample;
    return decodeBase64(bytes, start, end, URL_DIGITS, false) && out.finish(sample, BINARY);
  },
});

export const hex = defineConverter({
  name: "hex",
  summary: "Gives the hexadecimal digits of bytes",
  source: SOURCE,
  input: BINARY,
  output: STRING,
  args: [],
  examples: [
    { input: "az", expression: "hex", output: "617A" },
    { input: "", expression: "hex,length", output: "0" },
  ],
  compile: () => (sample, view) => {
    out.begin(view);
    addHex(sample.bytes, sample.start, sample.end);
    return out.finish(sample, STRING);
  },
});

/** @hot */
function addHex(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    out.byte(HEX_DIGITS.charCodeAt(bytes[at]! >> 4));
    out.byte(HEX_DIGITS.charCodeAt(bytes[at]! & 15));
  }
}

export const hex2i = defineConverter({
  name: "hex2i",
  summary: "Reads hexadecimal digits as an integer",
  source: SOURCE,
  input: STRING,
  output: INTEGER,
  args: [],
  examples: [
    { input: "ff", expression: "hex2i", output: "255" },
    { input: "zz", expression: "hex2i", output: null },
    { input: "fz", expression: "hex2i", output: null },
    { input: "0xff", expression: "hex2i", output: null },
    { input: "", expression: "hex2i", output: "0" },
    { input: "ffffffffffffffff", expression: "hex2i", output: "-1" },
    { input: "7fffffffffffffff", expression: "hex2i", output: "9223372036854775807" },
    { input: "10000000000000000", expression: "hex2i", output: "0" },
    { input: "112233445566778899aa", expression: "hex2i", output: "3694171492931115434" },
  ],
  compile: () => (sample) => readHex(sample),
});

/**
 * Reads hexadecimal digits; of more than 64 bits the lower ones count.
 *
 * @hot
 */
function readHex(sample: Sample): boolean {
  const { bytes, start, end } = sample;
  let high = 0;
  let low = 0;
  for (let at = start; at < end; at++) {
    const digit = DIGITS[bytes[at]!]!;
    if (digit === -1) return false;
    high = (high << 4) | (low >>> 28);
    low = (low << 4) | digit;
  }
  if (high === 0) sample.setInteger(low >>> 0);
  else sample.setWide((BigInt(high) << 32n) | BigInt(low >>> 0));
  return true;
}

/** Writes the bytes of a sample piece by piece with a separator between the pieces. */
function chunked(
  separator: Uint8Array,
  size: number,
  isTruncated: boolean,
  writeChunk: (bytes: Uint8Array, start: number, end: number) => void,
): Convert {
  return (sample, view) => {
    const { bytes, start, end } = sample;
    const stop = isTruncated ? end - ((end - start) % size) : end;
    out.begin(view);
    for (let at = start; at < stop; at += size) {
      if (at > start) out.add(separator, 0, separator.length);
      writeChunk(bytes, at, Math.min(at + size, stop));
    }
    return out.finish(sample, STRING);
  };
}

function addDecimal(bytes: Uint8Array, start: number, end: number): void {
  let value = 0n;
  for (let at = start; at < end; at++) value = (value << 8n) | BigInt(bytes[at]!);
  out.addText(String(value));
}

export const be2dec = defineConverter({
  name: "be2dec",
  summary: "Gives bytes as decimal numbers, the weightiest byte first",
  source: SOURCE,
  input: BINARY,
  output: STRING,
  args: [
    octets("separator"),
    int("chunk_size", { min: 1, max: 8 }),
    optionalPlace(int("truncate", { max: 1 })),
  ],
  examples: [
    { input: "abcde", expression: "be2dec(:,2)", output: "24930:25444:101" },
    { input: "abcde", expression: "be2dec(-,2,1)", output: "24930-25444" },
    { input: "abcd", expression: "be2dec(.,1)", output: "97.98.99.100" },
  ],
  compile: ([separator, size, truncates = 0]) =>
    chunked(separator, size, truncates !== 0, addDecimal),
});

const NO_SEPARATOR = new Uint8Array(0);

export const be2hex = defineConverter({
  name: "be2hex",
  summary: "Gives the hexadecimal digits of bytes, with separators",
  source: SOURCE,
  input: BINARY,
  output: STRING,
  args: [
    optionalPlace(octets("separator")),
    optionalPlace(int("chunk_size", { min: 1 })),
    optionalPlace(int("truncate", { max: 1 })),
  ],
  examples: [
    { input: "abcde", expression: "be2hex", output: "6162636465" },
    { input: "abcde", expression: "be2hex(:,2)", output: "6162:6364:65" },
    { input: "abcde", expression: "be2hex(--,2,1)", output: "6162--6364" },
  ],
  compile([separator = NO_SEPARATOR, size, truncates = 0], { diagnostics, at }) {
    if (size !== undefined || separator.length === 0) {
      return chunked(separator, size ?? 1, truncates !== 0, addHex);
    }
    diagnostics.error(
      at,
      "'be2hex' : a separator needs to know how many bytes stand between two of it.",
      "Write it as: be2hex(:,2)",
    );
    return undefined;
  },
});

const UNRESERVED = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") {
  UNRESERVED[character.charCodeAt(0)] = 1;
}

export const urlEnc = defineConverter({
  name: "url_enc",
  summary: "Percent-encodes what may not stand in a query",
  source: `${SOURCE}; RFC 3986 section 2.1`,
  input: STRING,
  output: STRING,
  args: [optionalPlace(oneOf("enc_type", ["query"]))],
  examples: [
    { input: "a b/ä~", expression: "url_enc", output: "a%20b%2F%E4~" },
    { input: "A-z_0.~()*!", expression: "url_enc(query)", output: "A-z_0.~%28%29%2A%21" },
    { input: "", expression: "url_enc,length", output: "0" },
  ],
  compile: () => (sample, view) => {
    const { bytes, start, end } = sample;
    out.begin(view);
    for (let at = start; at < end; at++) {
      const octet = bytes[at]!;
      if (UNRESERVED[octet] === 1) out.byte(octet);
      else {
        out.byte(PERCENT);
        addHex(bytes, at, at + 1);
      }
    }
    return out.isCut ? false : out.finish(sample, STRING);
  },
});

/** The octet that two hexadecimal digits in front of `end` tell, or -1. */
function octetAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const high = DIGITS[bytes[at]!]!;
  const low = DIGITS[bytes[at + 1]!]!;
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

/** Decodes percent-encoding into `out`; false where it is broken. */
function decodeUrl({ bytes, start, end }: Sample, isForm: boolean): boolean {
  let isQuery = isForm;
  for (let at = start; at < end; at++) {
    let octet = bytes[at]!;
    if (octet === PERCENT) {
      octet = octetAt(bytes, at + 1, end);
      if (octet === -1) return false;
      at += 2;
    } else if (octet === QUESTION_MARK) isQuery = true;
    else if (octet === PLUS && isQuery) octet = SPACE;
    out.byte(octet);
  }
  return true;
}

export const urlDec = defineConverter({
  name: "url_dec",
  summary:
    "Decodes percent-encoding; a plus is a blank behind a question mark, or everywhere in forms",
  source: `${SOURCE}; RFC 3986 section 2.1`,
  input: STRING,
  output: STRING,
  args: [optionalPlace(int("in_form", { min: -2_147_483_648 }))],
  examples: [
    { input: "a%20b+c?d+e", expression: "url_dec", output: "a b+c?d e" },
    { input: "a+b", expression: "url_dec(1)", output: "a b" },
    { input: "a%zz", expression: "url_dec", output: null },
    { input: "a%4", expression: "url_dec", output: null },
    { input: "a%", expression: "url_dec", output: null },
    { input: "a%00b", expression: "url_dec,hex", output: "610062" },
    { input: "%3f+a", expression: "url_dec", output: "?+a" },
    { input: "", expression: "url_dec,length", output: "0" },
  ],
  compile:
    ([isForm = 0]) =>
    (sample, view) => {
      out.begin(view);
      return decodeUrl(sample, isForm !== 0) && out.finish(sample, STRING);
    },
});
