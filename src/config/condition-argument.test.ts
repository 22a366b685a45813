import { expect, test } from "bun:test";
import { evaluateArgument } from "./condition-argument.ts";
import { Environment } from "./environment.ts";

const environment = new Environment();
environment.load({ A: "b c" });

test.each([
  ["", false],
  ["1 && !0", true],
  ['streq("$A","b c")', true],
  ["streq('$A',\"b c\")", false],
  ["streq(a\\x41,aA)", true],
])("evaluateArgument(%p) gives %p", (text, value) => {
  expect(evaluateArgument(text, environment)).toEqual({ value });
});

test("evaluateArgument() refuses what cannot be cut into words", () => {
  expect(evaluateArgument('streq("a', environment)).toHaveProperty("error");
});
