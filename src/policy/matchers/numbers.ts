import { defineMatcher } from "../declare.ts";
import { ListIndex } from "../list-index.ts";
import type { PatternError } from "../pattern-index.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.1.2";

/** Numbers from the least to the greatest, both included. */
interface Range {
  readonly least: bigint;
  readonly greatest: bigint;
}

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/** Reads `12`, `1024:65535`, `:10`, `10:` or an operator with a number behind it. */
function parseRange(pattern: string): Range | PatternError {
  const match = /^(?:(eq|ge|gt|le|lt) )?(-?\d+)?(:(-?\d+)?)?$/.exec(pattern);
  const [, operator, first, colon, second] = match ?? [];
  if (match === null || (first === undefined && second === undefined)) {
    return { message: `'${pattern}' is not a number` };
  }
  if (operator !== undefined && colon !== undefined) {
    return { message: `'${pattern}' is a range, which takes no operator` };
  }
  const number = BigInt(first ?? LEAST);
  switch (operator) {
    case "ge":
      return { least: number, greatest: GREATEST };
    case "gt":
      return { least: number + 1n, greatest: GREATEST };
    case "le":
      return { least: LEAST, greatest: number };
    case "lt":
      return { least: LEAST, greatest: number - 1n };
    default:
      if (colon === undefined) return { least: number, greatest: number };
      return { least: number, greatest: BigInt(second ?? GREATEST) };
  }
}

/** `-m int`. */
export const int = defineMatcher({
  name: "int",
  summary: "Matches integers that are the pattern, or lie in its range",
  source: SOURCE,
  input: SampleType.INTEGER,
  make: () =>
    new ListIndex(parseRange, ({ least, greatest }, sample) => {
      const value = sample.bigInteger;
      return value >= least && value <= greatest;
    }),
});

/** `-m len`. */
export const len = defineMatcher({
  name: "len",
  summary: "Matches texts whose length is the pattern, or lies in its range",
  source: SOURCE,
  input: SampleType.STRING,
  make: () =>
    new ListIndex(parseRange, ({ least, greatest }, { start, end }) => {
      const value = BigInt(end - start);
      return value >= least && value <= greatest;
    }),
});
