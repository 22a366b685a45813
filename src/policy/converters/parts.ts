import { int } from "../../config/arg.ts";
import { octets, optionalPlace } from "../args.ts";
import { type Convert, defineConverter } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { BINARY, STRING, INTEGER } = SampleType;

export const bytes = defineConverter({
  name: "bytes",
  summary: "Keeps the bytes from an offset on, at most so many",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [int("offset"), optionalPlace(int("length"))],
  examples: [
    { input: "gateway", expression: "bytes(4),hex", output: "776179" },
    { input: "gateway", expression: "bytes(0,2),hex", output: "6761" },
    { input: "gateway", expression: "bytes(5,9),hex", output: "6179" },
    { input: "gateway", expression: "bytes(7),hex", output: null },
  ],
  compile:
    ([offset, length]) =>
    (sample) => {
      const start = sample.start + offset;
      if (start >= sample.end) return false;
      const end = length === undefined ? sample.end : Math.min(start + length, sample.end);
      sample.setBytes(BINARY, sample.bytes, start, end);
      return true;
    },
});

export const length = defineConverter({
  name: "length",
  summary: "Gives the length in bytes",
  source: SOURCE,
  input: STRING,
  output: INTEGER,
  args: [],
  examples: [{ input: "gateway", expression: "length", output: "7" }],
  compile: () => (sample) => {
    sample.setInteger(sample.end - sample.start);
    return true;
  },
});

function delimiterTable(delimiters: Uint8Array): Uint8Array {
  const table = new Uint8Array(256);
  for (const octet of delimiters) table[octet] = 1;
  return table;
}

/** Where the pieces of a text start and end; filled anew for each text. */
class Pieces {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  count = 0;

  /** Cuts at each delimiter; pieces may be empty unless `skipsEmpty`. */
  cut({ bytes, start, end }: Sample, table: Uint8Array, skipsEmpty: boolean): void {
    this.count = 0;
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at < end && table[bytes[at]!] === 0) continue;
      if (!skipsEmpty || at > from) {
        this.starts[this.count] = from;
        this.ends[this.count++] = at;
      }
      from = at + 1;
    }
  }
}

const pieces = new Pieces();

/** Picks so many pieces from the one at an index on; from the end the index is negative. */
function picker(
  index: number,
  delimiters: Uint8Array,
  count: number,
  skipsEmpty: boolean,
): Convert {
  const table = delimiterTable(delimiters);
  return (sample) => {
    pieces.cut(sample, table, skipsEmpty);
    const total = pieces.count;
    const isForward = index > 0;
    const nearest = isForward ? index - 1 : total + index;
    if (nearest < 0 || nearest >= total) return false;
    const reach = count === 0 ? total : count;
    const first = isForward ? nearest : Math.max(0, nearest - reach + 1);
    const last = isForward ? Math.min(total - 1, nearest + reach - 1) : nearest;
    sample.setBytes(STRING, sample.bytes, pieces.starts[first]!, pieces.ends[last]!);
    return sample.end > sample.start;
  };
}

const INDEX = int("index", { min: -2_147_483_648 });

export const field = defineConverter({
  name: "field",
  summary: "Picks fields between delimiters, counted from either end",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [INDEX, octets("delimiters"), optionalPlace(int("count"))],
  examples: [
    { input: "f1_f2_f3__f5", expression: "field(5,_)", output: "f5" },
    { input: "f1_f2_f3__f5", expression: "field(2,_,0)", output: "f2_f3__f5" },
    { input: "f1_f2_f3__f5", expression: "field(2,_,2)", output: "f2_f3" },
    { input: "f1_f2_f3__f5", expression: "field(-2,_,3)", output: "f2_f3_" },
    { input: "f1_f2_f3__f5", expression: "field(-3,_,0)", output: "f1_f2_f3" },
    { input: "f1_f2_f3__f5", expression: "field(9,_)", output: null },
    { input: "a:b/c", expression: "field(2,:/)", output: "b" },
  ],
  compile: ([index, delimiters, count = 1], context) => {
    if (index !== 0) return picker(index, delimiters, count, false);
    context.diagnostics.error(
      context.at,
      "'field' counts from 1, or from -1 backwards: 0 is no index.",
    );
    return undefined;
  },
});

export const word = defineConverter({
  name: "word",
  summary: "Picks words between delimiters, counted from either end; empty ones do not count",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [INDEX, octets("delimiters"), optionalPlace(int("count"))],
  examples: [
    { input: "f1_f2_f3__f5", expression: "word(4,_)", output: "f5" },
    { input: "f1_f2_f3__f5", expression: "word(2,_,0)", output: "f2_f3__f5" },
    { input: "f1_f2_f3__f5", expression: "word(3,_,2)", output: "f3__f5" },
    { input: "f1_f2_f3__f5", expression: "word(-2,_,3)", output: "f1_f2_f3" },
    { input: "f1_f2_f3__f5", expression: "word(-3,_,0)", output: "f1_f2" },
    { input: "/f1/f2/f3/f4", expression: "word(1,/)", output: "f1" },
    { input: "__a__b__", expression: "word(-1,_)", output: "b" },
  ],
  compile: ([index, delimiters, count = 1], context) => {
    if (index !== 0) return picker(index, delimiters, count, true);
    context.diagnostics.error(
      context.at,
      "'word' counts from 1, or from -1 backwards: 0 is no index.",
    );
    return undefined;
  },
});

export const ltrim = defineConverter({
  name: "ltrim",
  summary: "Takes characters off the beginning",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [octets("chars")],
  examples: [{ input: "//a/b//", expression: "ltrim(/)", output: "a/b//" }],
  compile: ([characters]) => {
    const table = delimiterTable(characters);
    return (sample) => {
      let start = sample.start;
      while (start < sample.end && table[sample.bytes[start]!] === 1) start++;
      sample.setBytes(STRING, sample.bytes, start, sample.end);
      return true;
    };
  },
});

export const rtrim = defineConverter({
  name: "rtrim",
  summary: "Takes characters off the end",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [octets("chars")],
  examples: [{ input: "//a/b//", expression: "rtrim(/)", output: "//a/b" }],
  compile: ([characters]) => {
    const table = delimiterTable(characters);
    return (sample) => {
      let { end } = sample;
      while (end > sample.start && table[sample.bytes[end - 1]!] === 1) end--;
      sample.setBytes(STRING, sample.bytes, sample.start, end);
      return true;
    };
  },
});

const CR = 0x0d;
const LF = 0x0a;

export const cutCrlf = defineConverter({
  name: "cut_crlf",
  summary: "Keeps what stands in front of the first line end",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [],
  examples: [{ input: "one line", expression: "cut_crlf", output: "one line" }],
  compile: () => (sample) => {
    let end = sample.start;
    while (end < sample.end && sample.bytes[end] !== CR && sample.bytes[end] !== LF) end++;
    sample.setBytes(STRING, sample.bytes, sample.start, end);
    return true;
  },
});

export const iif = defineConverter({
  name: "iif",
  summary: "Gives one text for true and another one for false",
  source: SOURCE,
  input: SampleType.BOOLEAN,
  output: STRING,
  args: [octets("true"), octets("false")],
  examples: [{ input: "4", expression: "odd,iif(odd,even)", output: "even" }],
  compile:
    ([whenTrue, whenFalse]) =>
    (sample) => {
      const text = sample.integer !== 0 ? whenTrue : whenFalse;
      sample.setBytes(STRING, text, 0, text.length);
      return true;
    },
});
