import { describe, expect, test } from "bun:test";
import { CONVERTERS } from "../../registry/converters.ts";
import { MATCHERS } from "../../registry/matchers.ts";
import { str } from "../fetches/constants.ts";
import { evaluate, TestView, testExpression } from "../testing.ts";

describe.each(CONVERTERS.filter(({ examples }) => examples.length > 0))(
  "converter $name",
  ({ examples }) => {
    test.each([...examples])(
      "$input | $expression gives $output",
      ({ input, expression, output }) => {
        const declarations = { fetches: [str], converters: CONVERTERS, matchers: MATCHERS };
        const compiled = testExpression(declarations, `str('${input}'),${expression}`);
        expect(evaluate(compiled, new TestView())).toBe(output);
      },
    );
  },
);
