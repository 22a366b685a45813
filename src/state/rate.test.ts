import { describe, expect, test } from "bun:test";
import { Rate } from "./rate.ts";
import { testMemories, testMemory } from "./testing.ts";

describe("Rate", () => {
  test.each([
    { atMs: 5900, value: 10, because: "the period in hand counts in full" },
    { atMs: 6000, value: 10, because: "nothing has left the last second yet" },
    { atMs: 6500, value: 5, because: "half of the previous period is older than a second" },
    { atMs: 6990, value: 0, because: "a part of an event is none" },
    { atMs: 7000, value: 0, because: "all is older than a second" },
    { atMs: 60_000, value: 0, because: "all is long ago" },
  ])("after 10 events at 5.1 s is $value at $atMs ms: $because", ({ atMs, value }) => {
    const rate = new Rate(testMemory());
    rate.add(5100, 10);
    expect(rate.value(atMs)).toBe(value);
  });

  test("shows a single event for a second", () => {
    const rate = new Rate(testMemory());
    rate.add(5100);
    expect([rate.value(6900), rate.value(7000)]).toEqual([1, 0]);
  });

  test("keeps the most that a second saw until it is cleared", () => {
    const rate = new Rate(testMemory());
    rate.add(5100, 10);
    rate.add(9000, 2);
    expect(rate.max).toBe(10);
    rate.clearMax();
    rate.add(9100, 1);
    expect(rate.max).toBe(3);
  });

  test("sums the threads", () => {
    const rates = testMemories(2).map((memory) => new Rate(memory));
    rates[0]!.add(5100, 3);
    rates[1]!.add(5200, 4);
    expect([rates[0]!.value(5300), rates[0]!.max]).toEqual([7, 7]);
  });
});
