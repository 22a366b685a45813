import { describe, expect, test } from "bun:test";
import { evaluateCondition } from "./condition.ts";
import { Environment } from "./environment.ts";

const environment = new Environment();
environment.load({ HOME: "/root" });
const evaluate = (text: string) => evaluateCondition(text, { environment });

describe("evaluateCondition()", () => {
  test.each([
    ["", false],
    ["  ", false],
    ["0", false],
    ["1", true],
    ["-1", true],
    ["+1", true],
    ["0x0", false],
    ["0x10", true],
    ["00", false],
    ["99999999999999999999", true],
    ["!0", true],
    ["! 0", true],
    ["!!1", true],
    ["1&&0", false],
    ["1||0", true],
    ["0||1&&0", false],
    ["1 && 0 || 1", true],
    ["((1)&&!(0))", true],
    ["defined(HOME)", true],
    ["defined( HOME )", false],
    ["defined(NOPE)", false],
    ["defined()", false],
    ["feature(LINUX_SPLICE)", true],
    ["feature(NOPE)", false],
    ["feature(toString)", false],
    ["enabled(EPOLL)", true],
    ["streq(a,a)", true],
    ["streq(a, a)", false],
    ["streq(,)", true],
    ["streq('a,b',\"a,b\")", true],
    ["streq(a b,a b)", true],
    ["streq(a\\ b,'a b')", true],
    ["strneq(a,b)", true],
    ["strstr(abc,bc)", true],
    ["version_atleast(2.6.12)", true],
    ["version_atleast(2.6.13)", false],
    ["version_atleast(2.4-dev19)", true],
    ["version_before(2.7)", true],
    ["version_before(2.6.12)", false],
    ["openssl_version_atleast(1.1.1)", false],
    ["openssl_version_before(9)", false],
    ["ssllib_name_startswith(OpenSSL)", false],
  ])("says of %p: %p", (text, value) => {
    expect(evaluate(text)).toEqual({ value });
  });

  test.each([
    ["!", "unparsable conditional expression '!'", 1],
    ["foo(1)", "unparsable conditional expression 'foo(1)'", 0],
    ["1 x", "unexpected character 'x' at the end of conditional expression '1 x'", 2],
    ["1 && && 1", "unparsable conditional expression '&& 1'", 5],
    ["1 || foo", "unparsable conditional expression 'foo'", 5],
    ["1 & 1", "unexpected character '&' at the end of conditional expression '1 & 1'", 2],
    ["()", "unparsable conditional expression ')'", 1],
    ["(1", "expected ')' in conditional expression", 2],
    ["1)", "unexpected character ')' at the end of conditional expression '1)'", 1],
    [
      "streq(a,b,c)",
      "expected ')' before ',c)' in argument 1 of predicate 'streq' used in conditional expression",
      9,
    ],
    [
      "streq(a)",
      "missing arguments (got 1/2), type 'string' expected in argument 1 of predicate 'streq' used in conditional expression",
      0,
    ],
    [
      "defined(HOME",
      "expected ')' in argument 1 of predicate 'defined' used in conditional expression",
      12,
    ],
    [
      "streq('a,b)",
      "unmatched quote in argument 1 of predicate 'streq' used in conditional expression",
      6,
    ],
  ])("refuses %p", (text, error, at) => {
    expect(evaluate(text)).toEqual({ error, at });
  });

  test("refuses nesting without end instead of exhausting the stack", () => {
    expect(evaluate("(".repeat(100_000))).toHaveProperty("error");
    expect(evaluate("!".repeat(100_001).concat("1"))).toEqual({ value: false });
  });
});
