import { expect, test } from "bun:test";
import { compareVersions } from "./version.ts";

test.each([
  ["2.6.12", "2.6.12", 0],
  ["2.6.12", "2.6.9", 1],
  ["2.6.12", "2.7", -1],
  ["2.6", "2.6.0", 0],
  ["2.6.0", "2.6-dev19", 1],
  ["2.4-dev2", "2.4-dev19", -1],
  ["2.6.12", "2.6.12-1", -1],
  ["1.1.1w", "1.1.1", 1],
  ["2.6.12", "x", 1],
])("compareVersions(%p, %p) has the sign of %p", (left, right, sign) => {
  expect(Math.sign(compareVersions(left, right))).toBe(sign);
});
