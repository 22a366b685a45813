import type { Sample } from "../sample.ts";
import { NO_MATCH, type PatternError, type PatternIndex } from "./pattern-index.ts";
import { hashWords, WordTable } from "./word-table.ts";

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/** Integers from the least to the greatest, both included. */
export interface IntegerRange {
  readonly least: bigint;
  readonly greatest: bigint;
}

interface RangeEntry extends IntegerRange {
  /** The same bounds as numbers. */
  readonly from: number;
  readonly to: number;
  readonly identity: number;
}

const PATTERN = /^(?:(eq|ge|gt|le|lt) )?(-?\d+(?:\.\d+)?)?(:(-?\d+(?:\.\d+)?)?)?$/;

/**
 * Reads `12`, `1024:65535`, `:10`, `10:`, an operator with a number behind it, or versions with a dot.
 *
 * Source: HAProxy configuration manual, section 7.1.2.
 */
export function parseIntegerRange(pattern: string): IntegerRange | PatternError {
  const match = PATTERN.exec(pattern);
  const [, operator, first, colon, second] = match ?? [];
  if (match === null || (first === undefined && second === undefined)) {
    return { message: `'${pattern}' is not a number` };
  }
  if (operator !== undefined && colon !== undefined) {
    return { message: `'${pattern}' is a range, which takes no operator` };
  }
  const number = first === undefined ? LEAST : parseNumber(first);
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
      return { least: number, greatest: second === undefined ? GREATEST : parseNumber(second) };
  }
}

/** A version such as 3.1 is two integers of 16 bits. */
function parseNumber(text: string): bigint {
  const [whole = "0", minor] = text.split(".");
  return minor === undefined ? BigInt(whole) : BigInt(whole) * 65536n + BigInt(minor);
}

/** What of a sample is compared. */
export type IntegerOf = "value" | "length";

/** Integers and ranges of them: single integers are found by their hash, ranges are looked at in order. */
export class IntegerIndex implements PatternIndex {
  readonly #ofLength: boolean;
  readonly #exact = new WordTable();
  #ranges: RangeEntry[] = [];

  constructor(of: IntegerOf) {
    this.#ofLength = of === "length";
  }

  get count(): number {
    return this.#exact.count + this.#ranges.length;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    const range = parseIntegerRange(pattern);
    if ("message" in range) return range;
    if (isExact(range)) {
      const value = Number(range.least);
      this.#exact.add(0, 0, 0, highHalf(value), value | 0, identity);
    } else this.#ranges.push(entryOf(range, identity));
    return undefined;
  }

  remove(pattern: string, identity: number): void {
    const range = parseIntegerRange(pattern);
    if ("message" in range) return;
    if (isExact(range)) {
      const value = Number(range.least);
      this.#exact.remove(hashWords(0, 0, 0, highHalf(value), value | 0), identity);
    } else this.#ranges = this.#ranges.filter((entry) => entry.identity !== identity);
  }

  clear(): void {
    this.#exact.clear();
    this.#ranges = [];
  }

  /** @hot */
  find(sample: Sample): number {
    if (!this.#ofLength && sample.isWide) return this.#findWide(sample.wide);
    const value = this.#ofLength ? sample.end - sample.start : sample.integer;
    const found = this.#exact.find(0, 0, 0, highHalf(value), value | 0);
    const ranges = this.#ranges;
    for (let index = 0; index < ranges.length; index++) {
      const { from, to, identity } = ranges[index]!;
      if (value < from || value > to) continue;
      return found === NO_MATCH || identity < found ? identity : found;
    }
    return found;
  }

  #findWide(value: bigint): number {
    const entry = this.#ranges.find(({ least, greatest }) => value >= least && value <= greatest);
    return entry === undefined ? NO_MATCH : entry.identity;
  }
}

function isExact({ least, greatest }: IntegerRange): boolean {
  return least === greatest && Number.isSafeInteger(Number(least));
}

/** Bounds that no safe integer reaches are as good as none to those that are. */
function entryOf(range: IntegerRange, identity: number): RangeEntry {
  return { ...range, from: Number(range.least), to: Number(range.greatest), identity };
}

/** @hot */
function highHalf(value: number): number {
  return Math.floor(value / 2 ** 32);
}
