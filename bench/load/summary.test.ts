import { expect, test } from "bun:test";
import { summarise } from "./summary.ts";

test.each([
  { values: [3, 1, 2], median: 2, because: "an odd number has a middle" },
  { values: [4, 1, 2, 3], median: 2.5, because: "an even number has two" },
  { values: [7], median: 7, because: "one value is its own median" },
])("summarise() of $values: $because", ({ values, median }) => {
  expect(summarise(values)).toEqual({
    median,
    least: Math.min(...values),
    most: Math.max(...values),
  });
});

test("summarise() of nothing is nothing", () => {
  expect(summarise([])).toBeUndefined();
});
