import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConverterDeclaration } from "./declare.ts";
import { refusedFormats, runningOracle } from "./oracle-testing.ts";

const ROWS = join(import.meta.dir, "typed-cases.tsv");

/** Constants of every type that values have. */
const INPUTS = [
  "bool(true)",
  "bool(false)",
  "int(0)",
  "int(42)",
  "int(-7)",
  "int(1700000000)",
  "int(9223372036854775807)",
  "ipv4(192.0.2.17)",
  "ipv6(2001:db8::17)",
  "ipv6(::ffff:192.0.2.17)",
  "str(aB c)",
  "str(12x)",
  "str(192.0.2.17)",
  "str(2001:db8::17)",
  "bin(00c3a9ff)",
  "bin(616263)",
  "meth(GET)",
] as const;

/** The call of a converter in an example of its own: its arguments are right. */
function callOf({ name, examples }: ConverterDeclaration): string | undefined {
  for (const { expression, isOwn } of examples) {
    const from = expression.indexOf(name);
    if (from === -1 || isOwn === true) continue;
    const rest = expression.slice(from + name.length);
    return name + (/^\((?:'[^']*'|"[^"]*"|[^()'"])*\)/.exec(rest)?.[0] ?? "");
  }
  return undefined;
}

/**
 * Each converter that the reference has too, behind a value of each type, and each type behind each cast:
 * as binary, whose digits tell type and value.
 */
export function typedExpressions(converters: readonly ConverterDeclaration[]): string[] {
  const calls = converters.map(callOf).filter((call) => call !== undefined);
  return INPUTS.flatMap((input) => [
    `${input},hex`,
    ...[...new Set(calls)].sort().map((call) => `${input},${call},hex`),
  ]);
}

/** An expression, and what it gives. */
export interface TypedCase {
  readonly expression: string;
  /** What the reference answered; null where it does not take the expression. */
  readonly reference: string | null;
  /**
   * What is right: another thing in few rows. The reference's 2.6 says of the sum of two negative numbers
   * that it overflows, and forgets that what was calculated from a boolean is a number.
   */
  readonly own: string | null;
}

/** The rows: expression, the reference's answer (`!` for a refusal), and ours where that is another. */
export function readTypedCases(): TypedCase[] {
  const text = readFileSync(ROWS, "latin1");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [expression, answer, own] = line.split("\t") as [string, string, string | undefined];
      const reference = answer === "!" ? null : answer;
      return { expression, reference, own: own ?? reference };
    });
}

/** Asks the reference anew for all rows; what is ours alone stays. */
export async function updateTypedCases(converters: readonly ConverterDeclaration[]): Promise<void> {
  const known = new Map(readTypedCases().map((row) => [row.expression, row]));
  const expressions = typedExpressions(converters);
  const formatOf = (expression: string) => `%[${expression}]`;
  const refused = refusedFormats(expressions.map(formatOf));
  const accepted = expressions.filter((_expression, index) => !refused.has(index));
  const oracle = await runningOracle(accepted.map(formatOf));
  const answers = new Map<string, string>();
  for (const [index, expression] of accepted.entries()) {
    answers.set(expression, await oracle.answer(index));
  }
  oracle.stop();
  const lines = expressions.map((expression) => {
    const row = known.get(expression);
    const own = row === undefined || row.own === row.reference ? "" : `\t${row.own}`;
    return `${expression}\t${answers.get(expression) ?? "!"}${own}\n`;
  });
  writeFileSync(ROWS, lines.join(""), "latin1");
}
