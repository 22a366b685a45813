import { describe, expect, test } from "bun:test";
import { lower } from "./converters/letter-case.ts";
import { compileExpression } from "./expression.ts";
import { alwaysTrue, str } from "./fetches/constants.ts";
import { method } from "./fetches/request-line.ts";
import { Places } from "./reads.ts";
import { evaluate, TestView, testContext, testExpression } from "./testing.ts";

const declarations = { fetches: [str, alwaysTrue, method], converters: [lower] };

describe("an expression", () => {
  test.each([
    ["str(AbC),lower", "abc"],
    ["str(AbC)", "AbC"],
    ['str("A, (b)"),lower', "a, (b)"],
    ["str('x\"y')", 'x"y'],
    ["str('a,b')", "a,b"],
    ["str(a\\ b)", "a b"],
    ["str(a\\)", "a\\"],
    ['str("a\\,b")', "a\\,b"],
    ["str(a\\nb)", "a\nb"],
    ["str('a\\nb')", "a\\nb"],
    ["str(a\"(b,\"c'd)')", "a(b,cd)"],
    ["str()", null],
    ["always_true", "1"],
    ["always_true,lower", "1"],
  ])("%s gives %s", (text, result) => {
    const context = testContext(declarations, text);
    const expression = compileExpression(context);
    if (result === null) {
      expect(context.diagnostics.list).toHaveLength(1);
      return;
    }
    expect(evaluate(expression!, new TestView())).toBe(result);
  });

  test.each([
    ["str(a", "missing closing ')' in 'str(a'."],
    ['str("a)', "unmatched quote in 'str(\"a)'."],
    ["st(a)", "unknown fetch method 'st'."],
    ["str(a),lowr", "unknown converter 'lowr'."],
    ["str(a,b)", "fetch method 'str' takes 1 arguments at most, and 'b' is one more."],
    ["str(a)b", "expected ',' or the end after 'str(a)'."],
    ["always_true(1)", "fetch method 'always_true' takes no argument, but got '1'."],
    [",lower", "missing a name in the expression ',lower'."],
  ])("%s is refused: %s", (text, message) => {
    const context = testContext(declarations, text);

    expect(compileExpression(context)).toBeUndefined();
    expect(context.diagnostics.list.map((item) => item.message)).toEqual([message]);
  });

  test("is refused where what it reads cannot be had, with the places where it can", () => {
    const context = testContext(declarations, "method", Places.HTTP_RESPONSE);
    compileExpression(context);

    expect(context.diagnostics.list[0]!.message).toBe(
      "the sample fetch 'method' needs HTTP request headers, which 'http-response' does not have.",
    );
    expect(context.diagnostics.list[0]!.hint).toContain("'http-request'");
  });

  test("has no value yet while the request has not come", () => {
    const view = new TestView();
    view.awaitsRequest = true;

    expect(evaluate(testExpression(declarations, "method"), view)).toBeNull();
  });
});
