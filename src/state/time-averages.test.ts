import { describe, expect, test } from "bun:test";
import { testMemories, testMemory } from "./testing.ts";
import { TimeAverages, TimeIndex } from "./time-averages.ts";

describe("TimeAverages", () => {
  test("averages what there is", () => {
    const times = new TimeAverages(testMemory());
    times.add(1, 2, 3, 100);
    times.add(3, 4, 5, 201);
    const averages = [0, 1, 2, 3].map((index) => times.average(index));
    expect(averages).toEqual([2, 3, 4, 150]);
    expect(times.longest(TimeIndex.TOTAL)).toBe(201);
  });

  test("forgets the old after 1024 samples", () => {
    const times = new TimeAverages(testMemory());
    for (let count = 0; count < 1024; count++) times.add(0, 0, 0, 1000);
    for (let count = 0; count < 20_000; count++) times.add(0, 0, 0, 10);
    expect(times.average(TimeIndex.TOTAL)).toBe(10);
    times.clearLongest();
    expect(times.longest(TimeIndex.TOTAL)).toBe(0);
  });

  test("is 0 without samples and sums threads", () => {
    const [first, second] = testMemories(2).map((memory) => new TimeAverages(memory));
    expect(first!.average(TimeIndex.QUEUE)).toBe(0);
    first!.add(10, 0, 0, 0);
    second!.add(20, 0, 0, 0);
    expect(first!.average(TimeIndex.QUEUE)).toBe(15);
  });
});
