import { octetsOf } from "../args.ts";
import { defineMatcher } from "../declare.ts";
import { lowerOctets } from "../octet-case.ts";
import { Edge, EdgeIndex } from "../patterns/edge-index.ts";
import { ExactIndex } from "../patterns/exact-index.ts";
import { ListIndex } from "../patterns/list-index.ts";
import type { PatternIndex, PatternOptions } from "../patterns/pattern-index.ts";
import { SubstringIndex } from "../patterns/substring-index.ts";
import { isTextAt } from "../patterns/text-match.ts";
import { type Sample, SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.1.3";

/** How patterns become the bytes that are compared. */
function parserFor({ ignoresCase }: PatternOptions): (pattern: string) => Uint8Array {
  return ignoresCase ? (pattern) => lowerOctets(octetsOf(pattern)) : octetsOf;
}

/** `-m str`. */
export const str = defineMatcher({
  name: "str",
  summary: "Matches texts that are exactly the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) => new ExactIndex(parserFor(options), options.ignoresCase),
});

/** `-m beg`. */
export const beg = defineMatcher({
  name: "beg",
  summary: "Matches texts that begin with the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) => new EdgeIndex(parserFor(options), Edge.BEGINNING, options.ignoresCase),
});

/** `-m end`. */
export const end = defineMatcher({
  name: "end",
  summary: "Matches texts that end with the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) => new EdgeIndex(parserFor(options), Edge.END, options.ignoresCase),
});

/** `-m sub`. */
export const sub = defineMatcher({
  name: "sub",
  summary: "Matches texts that hold the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) => new SubstringIndex(parserFor(options), options.ignoresCase),
});

const DIRECTORY_DELIMITERS = octetsOf("/?");
const DOMAIN_DELIMITERS = octetsOf("/?.:");

/** `-m dir`. */
export const dir = defineMatcher({
  name: "dir",
  summary: "Matches texts in which the pattern stands between slashes or question marks",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) => delimitedIndex(options, DIRECTORY_DELIMITERS),
});

/** `-m dom`. */
export const dom = defineMatcher({
  name: "dom",
  summary: "Matches texts in which the pattern stands between dots, as part of a domain",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) => delimitedIndex(options, DOMAIN_DELIMITERS),
});

function delimitedIndex(options: PatternOptions, delimiters: Uint8Array): PatternIndex {
  const parse = parserFor(options);
  const { ignoresCase } = options;
  return new ListIndex(
    (pattern) => withoutDelimiters(parse(pattern), delimiters),
    (pattern, sample) => holdsWhole(pattern, sample, ignoresCase, delimiters),
  );
}

function withoutDelimiters(pattern: Uint8Array, delimiters: Uint8Array): Uint8Array {
  let from = 0;
  let to = pattern.length;
  while (from < to && delimiters.includes(pattern[from]!)) from++;
  while (to > from && delimiters.includes(pattern[to - 1]!)) to--;
  return pattern.subarray(from, to);
}

/** Looks for a pattern that is set off from what is around it. */
function holdsWhole(
  pattern: Uint8Array,
  { bytes, start, end: stop }: Sample,
  ignoresCase: boolean,
  delimiters: Uint8Array,
): boolean {
  const size = pattern.length;
  if (size === 0) return false;
  for (let at = start; at + size <= stop; at++) {
    const isBegun = at === start || delimiters.includes(bytes[at - 1]!);
    if (!isBegun || !isTextAt(bytes, at, pattern, 0, size, ignoresCase)) continue;
    if (at + size === stop || delimiters.includes(bytes[at + size]!)) return true;
  }
  return false;
}
