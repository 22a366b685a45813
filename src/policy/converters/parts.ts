import { int } from "../../config/arg.ts";
import { nonEmpty, octets, optionalPlace } from "../args.ts";
import { type Convert, defineConverter } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { BINARY, STRING, INTEGER } = SampleType;
const ANY_INT = { min: -2_147_483_648 };

export const bytes = defineConverter({
  name: "bytes",
  summary: "Keeps the bytes from an offset on, at most so many",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [int("offset", ANY_INT), optionalPlace(int("length", ANY_INT))],
  examples: [
    { input: "gateway", expression: "bytes(4),hex", output: "776179" },
    { input: "gateway", expression: "bytes(0,2),hex", output: "6761" },
    { input: "gateway", expression: "bytes(5,9),hex", output: "6179" },
    { input: "gateway", expression: "bytes(7),length", output: "0" },
    { input: "gateway", expression: "bytes(8,1),length", output: "0" },
    { input: "gateway", expression: "bytes(1,0),length", output: "0" },
    { input: "gateway", expression: "bytes(4,-1),hex", output: "776179" },
    { input: "gateway", expression: "bytes(-1),length", output: "0" },
  ],
  compile:
    ([offset, length = -1]) =>
    (sample) => {
      const size = sample.end - sample.start;
      const start = offset < 0 || offset > size ? sample.end : sample.start + offset;
      const end = length < 0 || length > sample.end - start ? sample.end : start + length;
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
  examples: [
    { input: "gateway", expression: "length", output: "7" },
    { input: "", expression: "length", output: "0" },
  ],
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
    if (pieces.count === 0) {
      // A text without any word is itself the first one, and empty.
      sample.setBytes(STRING, sample.bytes, sample.end, sample.end);
      return index === 1 || index === -1;
    }
    return index > 0 ? pickForward(sample, index - 1, count) : pickBackward(sample, -index, count);
  };
}

/**
 * Keeps the piece at an index and those behind it. Where fewer are left than are asked for, what stands
 * behind the last one is part of the result.
 *
 * @hot
 */
function pickForward(sample: Sample, index: number, count: number): boolean {
  const available = pieces.count - index;
  if (available < 1) return false;
  const takesAll = count < 1 || count > available;
  const end = takesAll ? sample.end : pieces.ends[index + count - 1]!;
  sample.setBytes(STRING, sample.bytes, pieces.starts[index]!, end);
  return true;
}

/**
 * Keeps the piece so far from the end and those in front of it, in the same way.
 *
 * @hot
 */
function pickBackward(sample: Sample, distance: number, count: number): boolean {
  const index = pieces.count - distance;
  if (index < 0) return false;
  const takesAll = count < 1 || count > index + 1;
  const start = takesAll ? sample.start : pieces.starts[index - count + 1]!;
  sample.setBytes(STRING, sample.bytes, start, pieces.ends[index]!);
  return true;
}

const INDEX = int("index", ANY_INT);
const DELIMITERS = nonEmpty(octets("delimiters"));
const COUNT = optionalPlace(int("count", ANY_INT));

export const field = defineConverter({
  name: "field",
  summary: "Picks fields between delimiters, counted from either end",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [INDEX, DELIMITERS, COUNT],
  examples: [
    { input: "f1_f2_f3__f5", expression: "field(5,_)", output: "f5" },
    { input: "f1_f2_f3__f5", expression: "field(2,_,0)", output: "f2_f3__f5" },
    { input: "f1_f2_f3__f5", expression: "field(2,_,2)", output: "f2_f3" },
    { input: "f1_f2_f3__f5", expression: "field(-2,_,3)", output: "f2_f3_" },
    { input: "f1_f2_f3__f5", expression: "field(-3,_,0)", output: "f1_f2_f3" },
    { input: "f1_f2_f3__f5", expression: "field(9,_)", output: null },
    { input: "a:b/c", expression: "field(2,:/)", output: "b" },
    { input: "f1_f2_f3__f5", expression: "field(4,_),length", output: "0" },
    { input: "f1_f2_f3__f5", expression: "field(2,_,9)", output: "f2_f3__f5" },
    { input: "f1_f2_f3__f5", expression: "field(2,_,-1)", output: "f2_f3__f5" },
    { input: "f1_f2_f3__f5", expression: "field(-6,_)", output: null },
    { input: "_a_", expression: "field(-1,_),length", output: "0" },
    { input: "", expression: "field(1,_),length", output: "0" },
    { input: "abc", expression: "field(-1,_)", output: "abc" },
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
  args: [INDEX, DELIMITERS, COUNT],
  examples: [
    { input: "f1_f2_f3__f5", expression: "word(4,_)", output: "f5" },
    { input: "f1_f2_f3__f5", expression: "word(2,_,0)", output: "f2_f3__f5" },
    { input: "f1_f2_f3__f5", expression: "word(3,_,2)", output: "f3__f5" },
    { input: "f1_f2_f3__f5", expression: "word(-2,_,3)", output: "f1_f2_f3" },
    { input: "f1_f2_f3__f5", expression: "word(-3,_,0)", output: "f1_f2" },
    { input: "/f1/f2/f3/f4", expression: "word(1,/)", output: "f1" },
    { input: "__a__b__", expression: "word(-1,_)", output: "b" },
    { input: "__a__b__", expression: "word(1,_,2)", output: "a__b" },
    { input: "__a__b__", expression: "word(1,_,3)", output: "a__b__" },
    { input: "__a__b__", expression: "word(2,_,0)", output: "b__" },
    { input: "__a__b__", expression: "word(-1,_,0)", output: "__a__b" },
    { input: "__a__b__", expression: "word(3,_)", output: null },
    { input: "__", expression: "word(1,_),length", output: "0" },
    { input: "", expression: "word(-1,_),length", output: "0" },
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
  examples: [
    { input: "//a/b//", expression: "ltrim(/)", output: "a/b//" },
    { input: "  a", expression: 'ltrim(" ")', output: "a" },
    { input: "aa", expression: "ltrim(a),length", output: "0" },
  ],
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
  examples: [
    { input: "//a/b//", expression: "rtrim(/)", output: "//a/b" },
    { input: "abcb", expression: "rtrim(cb)", output: "a" },
    { input: "aa", expression: "rtrim(a),length", output: "0" },
  ],
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
  examples: [
    { input: "one line", expression: "cut_crlf", output: "one line" },
    { input: "one%0d%0atwo", expression: "url_dec,cut_crlf", output: "one" },
    { input: "%0atwo", expression: "url_dec,cut_crlf,length", output: "0" },
  ],
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
  examples: [
    { input: "4", expression: "odd,iif(odd,even)", output: "even" },
    { input: "1", expression: "iif(yes,no)", output: "yes" },
    { input: "x", expression: "iif(yes,no)", output: "no" },
    { input: "0", expression: "iif(yes,),length", output: "0" },
  ],
  compile:
    ([whenTrue, whenFalse]) =>
    (sample) => {
      const text = sample.integer !== 0 ? whenTrue : whenFalse;
      sample.setBytes(STRING, text, 0, text.length);
      return true;
    },
});
