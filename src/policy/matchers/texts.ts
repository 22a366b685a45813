import { octetsOf } from "../args.ts";
import { defineMatcher } from "../declare.ts";
import { ListIndex } from "../list-index.ts";
import { lowerOctets } from "../octet-case.ts";
import type { PatternIndex, PatternOptions } from "../pattern-index.ts";
import { type Sample, SampleType } from "../sample.ts";
import { isTextAt } from "../text-match.ts";

const SOURCE = "HAProxy configuration manual, section 7.1.3";

type TextMatch = (pattern: Uint8Array, sample: Sample, ignoresCase: boolean) => boolean;

function textIndex({ ignoresCase }: PatternOptions, match: TextMatch): PatternIndex {
  return new ListIndex(
    (pattern) => (ignoresCase ? lowerOctets(octetsOf(pattern)) : octetsOf(pattern)),
    (pattern, sample) => match(pattern, sample, ignoresCase),
  );
}

/** `-m str`. */
export const str = defineMatcher({
  name: "str",
  summary: "Matches texts that are exactly the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) =>
    textIndex(
      options,
      (pattern, { bytes, start, end }, ignoresCase) =>
        end - start === pattern.length && isTextAt(bytes, start, pattern, ignoresCase),
    ),
});

/** `-m beg`. */
export const beg = defineMatcher({
  name: "beg",
  summary: "Matches texts that begin with the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) =>
    textIndex(
      options,
      (pattern, { bytes, start, end }, ignoresCase) =>
        end - start >= pattern.length && isTextAt(bytes, start, pattern, ignoresCase),
    ),
});

/** `-m end`. */
export const end = defineMatcher({
  name: "end",
  summary: "Matches texts that end with the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) =>
    textIndex(
      options,
      (pattern, sample, ignoresCase) =>
        sample.end - sample.start >= pattern.length &&
        isTextAt(sample.bytes, sample.end - pattern.length, pattern, ignoresCase),
    ),
});

/** `-m sub`. */
export const sub = defineMatcher({
  name: "sub",
  summary: "Matches texts that hold the pattern",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) => textIndex(options, holds),
});

function holds(pattern: Uint8Array, { bytes, start, end: stop }: Sample, ignoresCase: boolean) {
  for (let at = start; at + pattern.length <= stop; at++) {
    if (isTextAt(bytes, at, pattern, ignoresCase)) return true;
  }
  return false;
}

/** `-m dir`. */
export const dir = defineMatcher({
  name: "dir",
  summary: "Matches texts in which the pattern stands between slashes or question marks",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) =>
    textIndex(options, (pattern, sample, ignoresCase) =>
      holdsWhole(pattern, sample, ignoresCase, DIRECTORY_ENDS),
    ),
});

/** `-m dom`. */
export const dom = defineMatcher({
  name: "dom",
  summary: "Matches texts in which the pattern stands between dots, as part of a domain",
  source: SOURCE,
  input: SampleType.STRING,
  make: (options) =>
    textIndex(options, (pattern, sample, ignoresCase) =>
      holdsWhole(pattern, sample, ignoresCase, DOMAIN_ENDS),
    ),
});

const DIRECTORY_ENDS = octetsOf("/?");
const DOMAIN_ENDS = octetsOf("/?.:");

/** Looks for a pattern that is set off from what is around it; its own delimiters at its ends do not count. */
function holdsWhole(
  whole: Uint8Array,
  { bytes, start, end: stop }: Sample,
  ignoresCase: boolean,
  delimiters: Uint8Array,
): boolean {
  let from = 0;
  let to = whole.length;
  while (from < to && delimiters.includes(whole[from]!)) from++;
  while (to > from && delimiters.includes(whole[to - 1]!)) to--;
  const pattern = whole.subarray(from, to);
  if (pattern.length === 0) return false;
  for (let at = start; at + pattern.length <= stop; at++) {
    const isBegun = at === start || delimiters.includes(bytes[at - 1]!);
    const after = at + pattern.length;
    const isEnded = after === stop || delimiters.includes(bytes[after]!);
    if (isBegun && isEnded && isTextAt(bytes, at, pattern, ignoresCase)) return true;
  }
  return false;
}
