import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { compileExpression } from "./expression.ts";
import { type RunningOracle, refusedFormats, runningOracle } from "./oracle-testing.ts";
import { evaluate, TestView, testContext } from "./testing.ts";
import {
  readTypedCases,
  type TypedCase,
  typedExpressions,
  updateTypedCases,
} from "./typed-cases.ts";

if (process.env.UPDATE === "1") await updateTypedCases(CONVERTERS);
const cases = readTypedCases();
const declarations = { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS };

/** What is ours of an expression: null where it is refused, "" where it has no value. */
function ownAnswer(expression: string): string | null {
  const context = testContext(declarations, expression);
  const compiled = compileExpression(context);
  return compiled === undefined ? null : (evaluate(compiled, new TestView()) ?? "");
}

describe("values of each type behind each converter", () => {
  test("all of them have a row (else run: UPDATE=1 npm test -- src/policy/typed-cases.test.ts)", () => {
    expect(cases.map(({ expression }) => expression)).toEqual(typedExpressions(CONVERTERS));
  });

  test.each(groupsOf(cases))("%s gives what the reference gives", (_name, rows) => {
    const given = rows.map((row) => ({ ...row, own: ownAnswer(row.expression) }));
    expect(given).toEqual(rows);
  });
});

describe.skipIf(Bun.which("haproxy") === null)("the reference gives the rows' answers", () => {
  const accepted = cases.filter(({ reference }) => reference !== null);
  let oracle: RunningOracle;

  beforeAll(async () => {
    oracle = await runningOracle(accepted.map(({ expression }) => `%[${expression}]`));
  }, 20_000);

  afterAll(() => oracle?.stop());

  test("those that it refuses", () => {
    const refused = refusedFormats(cases.map(({ expression }) => `%[${expression}]`));
    const rows = cases.filter(({ reference }) => reference === null);
    expect(cases.filter((_row, index) => refused.has(index))).toEqual(rows);
  }, 20_000);

  test("those that it takes", async () => {
    const answers: TypedCase[] = [];
    for (const [index, row] of accepted.entries()) {
      answers.push({ ...row, reference: await oracle.answer(index) });
    }
    expect(answers).toEqual(accepted);
  }, 20_000);
});

/** The rows by the value that they begin with. */
function groupsOf(rows: readonly TypedCase[]): [string, TypedCase[]][] {
  const groups = new Map<string, TypedCase[]>();
  for (const row of rows) {
    const name = row.expression.slice(0, row.expression.indexOf(")") + 1);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups];
}
