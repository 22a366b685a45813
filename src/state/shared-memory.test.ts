import { describe, expect, test } from "bun:test";
import { CounterBlock } from "./counter-block.ts";
import { Gauge } from "./gauge.ts";
import { SharedMemory } from "./shared-memory.ts";
import { testMemories, testMemory } from "./testing.ts";

describe("SharedMemory", () => {
  test("gives the same cells to threads that make the same objects in the same order", () => {
    const seen = testMemories(2).map((memory) => {
      const counters = new CounterBlock(memory, 3);
      const gauge = new Gauge(memory, true);
      return { counters, gauge };
    });
    seen[0]!.counters.values[1]! += 5;
    seen[1]!.counters.values[1]! += 7;
    seen[0]!.gauge.add(2);

    expect(seen[1]!.counters.total(1)).toBe(12);
    expect(seen[1]!.gauge.get()).toBe(2);
  });

  test.each([
    { alignment: 4, because: "a cell" },
    { alignment: 8, because: "a number" },
    { alignment: 64, because: "a cache line" },
  ])("aligns to $alignment: $because", ({ alignment }) => {
    const memory = testMemory();
    memory.take(3, 1);
    expect(memory.take(1, alignment) % alignment).toBe(0);
  });

  test("refuses to hand out more than there is", () => {
    const memory = testMemories(1, 128)[0]!;
    expect(() => memory.take(129, 1)).toThrow("too many objects");
  });

  test("joins mapped memory by its place", () => {
    const first = SharedMemory.map(2, 4096);
    const second = SharedMemory.join(first.place!, 1);
    const gauges = [new Gauge(first), new Gauge(second)];
    gauges[0]!.set(3);
    expect(gauges[1]!.get()).toBe(3);
  });
});
