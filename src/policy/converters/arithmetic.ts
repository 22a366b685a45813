import type { CompileContext, Convert } from "../declare.ts";
import { defineConverter, type Example } from "../declare.ts";
import { compileOperand, operand } from "../integer-operand.ts";
import type { Sample } from "../sample.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { INTEGER, BOOLEAN } = SampleType;
const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

/** One calculation with numbers where they are exact, and one with BigInts where they are not. */
interface Calculation {
  /** Gives a number that is no safe integer where it cannot tell the result. */
  readonly fast: (one: number, other: number) => number;
  /** What lies outside of 64 bits becomes the nearest that there is. */
  readonly exact: (one: bigint, other: bigint) => bigint;
}

function defineCalculation(
  name: string,
  summary: string,
  calculation: Calculation,
  examples: readonly Example[],
) {
  return defineConverter({
    name,
    summary,
    source: SOURCE,
    input: INTEGER,
    output: INTEGER,
    args: [operand("value")],
    examples,
    compile: ([text], context) => compileCalculation(text, calculation, context),
  });
}

function compileCalculation(
  text: string,
  { fast, exact }: Calculation,
  context: CompileContext,
): Convert | undefined {
  const other = compileOperand(text, context);
  if (other === undefined) return undefined;
  return (sample, view) => {
    const second = other(view);
    if (second === null) return false;
    if (!sample.isWide && !second.isWide) {
      const result = fast(sample.integer, second.integer);
      if (Number.isSafeInteger(result)) {
        sample.setInteger(result);
        return true;
      }
    }
    sample.setWide(exact(sample.bigInteger, second.bigInteger));
    return true;
  };
}

/** Two negative numbers whose sum is the least integer overflow the other way, as in the reference. */
function sumOf(one: bigint, other: bigint): bigint {
  const sum = one + other;
  return sum === LONG_MIN && one < 0n && other < 0n ? LONG_MAX : sum;
}

/** Bits beyond the 31st need a BigInt. */
function isSmall(one: number, other: number): boolean {
  return (one | 0) === one && (other | 0) === other;
}

export const add = defineCalculation(
  "add",
  "Adds a number",
  { fast: (one, other) => one + other, exact: sumOf },
  [
    { input: "5", expression: "add(3)", output: "8" },
    { input: "5", expression: "add(-8)", output: "-3" },
    { input: "5", expression: "add(+1)", output: "6" },
    { input: "12abc", expression: "add(1)", output: "13" },
    { input: "abc", expression: "add(1)", output: "1" },
    { input: " 12", expression: "add(1)", output: "1" },
    { input: "+7", expression: "add(1)", output: "8" },
    { input: "", expression: "add(1)", output: null },
    { input: "99999999999999999999", expression: "add(0)", output: "9223372036854775807" },
    { input: "-99999999999999999999", expression: "add(0)", output: "-9223372036854775808" },
    { input: "9223372036854775807", expression: "add(1)", output: "9223372036854775807" },
    { input: "9007199254740991", expression: "add(2)", output: "9007199254740993" },
  ],
);

export const sub = defineCalculation(
  "sub",
  "Subtracts a number",
  { fast: (one, other) => one - other, exact: (one, other) => sumOf(one, -other) },
  [
    { input: "5", expression: "sub(3)", output: "2" },
    { input: "-9223372036854775807", expression: "sub(5)", output: "-9223372036854775808" },
    { input: "-9223372036854775807", expression: "sub(1)", output: "9223372036854775807" },
    { input: "1", expression: "sub(-9223372036854775808)", output: "9223372036854775807" },
  ],
);

export const mul = defineCalculation(
  "mul",
  "Multiplies by a number",
  { fast: (one, other) => one * other, exact: (one, other) => one * other },
  [
    { input: "5", expression: "mul(-3)", output: "-15" },
    { input: "4611686018427387904", expression: "mul(2)", output: "9223372036854775807" },
    { input: "4611686018427387904", expression: "mul(-4)", output: "-9223372036854775808" },
  ],
);

export const div = defineCalculation(
  "div",
  "Divides by a number; by zero it gives the greatest integer",
  {
    fast: (one, other) => (other === 0 ? Number.NaN : Math.trunc(one / other)),
    exact: (one, other) => (other === 0n ? LONG_MAX : one / other),
  },
  [
    { input: "17", expression: "div(5)", output: "3" },
    { input: "-17", expression: "div(5)", output: "-3" },
    { input: "17", expression: "div(0)", output: "9223372036854775807" },
    { input: "-9223372036854775808", expression: "div(-1)", output: "9223372036854775807" },
  ],
);

export const mod = defineCalculation(
  "mod",
  "Gives the remainder of the division by a number; by zero it gives zero",
  {
    fast: (one, other) => (other === 0 ? 0 : (one % other) + 0),
    exact: (one, other) => (other === 0n ? 0n : one % other),
  },
  [
    { input: "17", expression: "mod(5)", output: "2" },
    { input: "-17", expression: "mod(5)", output: "-2" },
    { input: "17", expression: "mod(-5)", output: "2" },
    { input: "-9223372036854775808", expression: "mod(-1)", output: "0" },
    { input: "17", expression: "mod(0)", output: "0" },
  ],
);

export const and = defineCalculation(
  "and",
  "Keeps the bits that a number has too",
  {
    fast: (one, other) => (isSmall(one, other) ? one & other : Number.NaN),
    exact: (one, other) => BigInt.asIntN(64, one & other),
  },
  [
    { input: "12", expression: "and(10)", output: "8" },
    { input: "4294967295", expression: "and(-1)", output: "4294967295" },
  ],
);

export const or = defineCalculation(
  "or",
  "Adds the bits that a number has",
  {
    fast: (one, other) => (isSmall(one, other) ? one | other : Number.NaN),
    exact: (one, other) => BigInt.asIntN(64, one | other),
  },
  [{ input: "12", expression: "or(10)", output: "14" }],
);

export const xor = defineCalculation(
  "xor",
  "Flips the bits that a number has",
  {
    fast: (one, other) => (isSmall(one, other) ? one ^ other : Number.NaN),
    exact: (one, other) => BigInt.asIntN(64, one ^ other),
  },
  [
    { input: "12", expression: "xor(10)", output: "6" },
    { input: "4294967296", expression: "xor(1)", output: "4294967297" },
  ],
);

function defineUnary(
  name: string,
  summary: string,
  output: typeof INTEGER | typeof BOOLEAN,
  convert: (sample: Sample) => void,
  examples: readonly Example[],
) {
  return defineConverter({
    name,
    summary,
    source: SOURCE,
    input: INTEGER,
    output,
    args: [],
    examples,
    compile: () => (sample) => {
      convert(sample);
      return true;
    },
  });
}

export const neg = defineUnary(
  "neg",
  "Gives the opposite number",
  INTEGER,
  (sample) => sample.setWide(-sample.bigInteger),
  [
    { input: "5", expression: "neg", output: "-5" },
    { input: "0", expression: "neg", output: "0" },
    { input: "-9223372036854775808", expression: "neg", output: "9223372036854775807" },
  ],
);

export const cpl = defineUnary(
  "cpl",
  "Flips all bits",
  INTEGER,
  (sample) => sample.setWide(~sample.bigInteger),
  [
    { input: "0", expression: "cpl", output: "-1" },
    { input: "41", expression: "cpl", output: "-42" },
  ],
);

export const even = defineUnary(
  "even",
  "Gives true for even numbers",
  BOOLEAN,
  (sample) => sample.setBoolean((sample.bigInteger & 1n) === 0n),
  [
    { input: "4", expression: "even", output: "1" },
    { input: "5", expression: "even", output: "0" },
  ],
);

export const odd = defineUnary(
  "odd",
  "Gives true for odd numbers",
  BOOLEAN,
  (sample) => sample.setBoolean((sample.bigInteger & 1n) !== 0n),
  [{ input: "-5", expression: "odd", output: "1" }],
);

export const bool = defineUnary(
  "bool",
  "Gives true for anything but zero",
  BOOLEAN,
  (sample) => sample.setBoolean(sample.isWide || sample.integer !== 0),
  [{ input: "12", expression: "and(4),bool", output: "1" }],
);

export const not = defineUnary(
  "not",
  "Gives true for zero",
  BOOLEAN,
  (sample) => sample.setBoolean(!sample.isWide && sample.integer === 0),
  [{ input: "12", expression: "and(3),not", output: "1" }],
);
