import { describe, expect, test } from "bun:test";
import { Gauge } from "./gauge.ts";
import { testMemories } from "./testing.ts";

describe.each([{ threads: 1 }, { threads: 2 }])("Gauge with $threads threads", ({ threads }) => {
  const make = () => new Gauge(testMemories(threads)[0]!);

  test("adds and returns the sum", () => {
    const gauge = make();
    expect([gauge.add(3), gauge.add(-1), gauge.get()]).toEqual([3, 2, 2]);
  });

  test.each([
    { before: 4, raised: 3, after: 4, because: "a lower level is no peak" },
    { before: 4, raised: 5, after: 5, because: "a higher one is" },
  ])("raise($raised) on $before gives $after: $because", ({ before, raised, after }) => {
    const gauge = make();
    gauge.set(before);
    gauge.raise(raised);
    expect(gauge.get()).toBe(after);
  });

  test.each([
    { before: 1, limit: 2, result: 2, because: "one place is left" },
    { before: 2, limit: 2, result: -1, because: "the limit is reached" },
    { before: 3, limit: 2, result: -1, because: "the limit was lowered meanwhile" },
    { before: 9, limit: 0, result: 10, because: "0 is no limit" },
  ])("addBelow($limit) on $before gives $result: $because", ({ before, limit, result }) => {
    const gauge = make();
    gauge.set(before);
    expect(gauge.addBelow(limit)).toBe(result);
  });

  test("replaces only what is expected", () => {
    const gauge = make();
    expect(gauge.replace(1, 2)).toBe(false);
    expect(gauge.replace(0, 2)).toBe(true);
    expect(gauge.get()).toBe(2);
  });
});
