import { expect, test } from "bun:test";
import { affinity, setAffinity } from "./affinity.ts";
import { Errno } from "./errno.ts";

test("setAffinity() keeps the thread on the processors that it is told", () => {
  const before = affinity();
  expect(before.length).toBeGreaterThan(0);
  expect(setAffinity([before[0]!])).toBe(0);
  expect(affinity()).toEqual([before[0]!]);
  expect(setAffinity(before)).toBe(0);
  expect(setAffinity([1023])).toBe(-Errno.EINVAL);
  expect(affinity()).toEqual(before);
});
