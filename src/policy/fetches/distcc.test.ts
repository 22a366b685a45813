import { expect, test } from "bun:test";
import { Sample } from "../sample.ts";
import { TestView, testExpression } from "../testing.ts";
import { distccBody, distccParam } from "./distcc.ts";

const MESSAGE =
  "DIST00000002ARGC00000003ARGV00000003gccARGV00000002-cARGV00000003a.cDOTI0000000ahello";

/** What an expression gives of a message that lies between other bytes; a question mark: it may change. */
function given(text: string, message: string, isComplete = true): string | null {
  const expression = testExpression({ fetches: [distccParam, distccBody] }, text);
  const view = new TestView();
  const bytes = Buffer.from(`DOTI00000001${message}DOTI00000001x`, "latin1");
  view.requestContent = { bytes, start: 12, end: 12 + message.length, isComplete };
  const sample = new Sample();
  const isFound = expression.evaluate(sample, view);
  const mark = sample.mayChange ? "?" : "";
  if (!isFound) return mark === "" ? null : mark;
  return (text.includes("param") ? String(sample.integer) : sample.text()) + mark;
}

const CASES: readonly (readonly [text: string, message: string, wanted: string | null])[] = [
  ["distcc_param(DIST)", MESSAGE, "2"],
  ["distcc_param(ARGC)", MESSAGE, "3"],
  ["distcc_param(DOTI)", MESSAGE, "10"],
  ["distcc_param(ARGV,2)", MESSAGE, "2"],
  ["distcc_param(ARGV,4)", MESSAGE, null],
  ["distcc_param(ARGV,-1)", MESSAGE, "3"],
  ["distcc_body(ARGV)", MESSAGE, "gcc"],
  ["distcc_body(ARGV,3)", MESSAGE, "a.c"],
  ["distcc_body(DIST)", MESSAGE, null],
  ["distcc_body(DOTI)", MESSAGE, "hello"],
  ["distcc_param(ARGC)", "DIST00000002STAT00000005ARGC00000001", "1"],
  ["distcc_param(ARGC)", "DIST00000002XXXX00000002zzARGC00000001", "1"],
  ["distcc_param(DIST)", "DIST0000000x", null],
  ["distcc_param(DIST)", "DIST0000000", null],
  ["distcc_param(DIST)", "dist00000002", null],
  ["distcc_param(DOTI)", "DOTIffffffff", "4294967295"],
  ["distcc_body(DOTI)", "DOTIffffffff", ""],
];

for (const [text, message, wanted] of CASES) {
  test(`${text} of ${message} is ${wanted}`, () => {
    expect(given(text, message)).toBe(wanted);
  });
}

test("what has not come may come", () => {
  expect(given("distcc_param(DOTI)", MESSAGE.slice(0, -10), false)).toBe("?");
  expect(given("distcc_param(DOTI)", MESSAGE, false)).toBe("10");
  expect(given("distcc_body(DOTI)", MESSAGE, false)).toBe("hello?");
  expect(given("distcc_body(DIST)", MESSAGE, false)).toBeNull();
});

test("a token has four letters", () => {
  expect(() => testExpression({ fetches: [distccParam] }, "distcc_param(DOT)")).toThrow(
    "token name must be exactly 4 characters",
  );
});
