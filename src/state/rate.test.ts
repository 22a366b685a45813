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

  test.each([
    { events: 10, limit: 11, waitMs: 0, because: "there is room for one" },
    { events: 10, limit: 10, waitMs: 901, because: "the next second begins with room" },
    { events: 20, limit: 10, waitMs: 1401, because: "half of them have to leave first" },
    { events: 1, limit: 1, waitMs: 901, because: "one a second is one a second" },
  ])("after $events events at 5.1 s has room for $limit in $waitMs ms: $because", (row) => {
    const rate = new Rate(testMemory());
    rate.add(5100, row.events);
    expect(rate.waitMs(5100, row.limit)).toBe(row.waitMs);
  });

  test("lets events through at their limit, evenly, when each waits as it is told", () => {
    for (const limit of [1, 7, 50]) {
      const rate = new Rate(testMemory());
      const times: number[] = [];
      for (let nowMs = 10_300; nowMs < 20_300; ) {
        const waitMs = rate.waitMs(nowMs, limit);
        if (waitMs === 0) {
          rate.add(nowMs);
          times.push(nowMs);
        } else nowMs += waitMs;
        expect(rate.value(nowMs)).toBeLessThanOrEqual(limit);
      }
      expect(times.length).toBeGreaterThan(limit * 8);
      expect(times.length).toBeLessThanOrEqual(limit * 11);
    }
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
