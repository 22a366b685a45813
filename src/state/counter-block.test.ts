import { expect, test } from "bun:test";
import { CounterBlock } from "./counter-block.ts";
import { testMemories } from "./testing.ts";

test("CounterBlock sums, finds the highest, and clears over all threads", () => {
  const [first, second] = testMemories(2).map((memory) => new CounterBlock(memory, 9));
  first!.values[8] = 3;
  second!.values[8] = 4;
  first!.values[0] = 1;

  expect([first!.total(8), second!.highest(8), first!.at(1, 8)]).toEqual([7, 4, 4]);
  first!.clearOne(8);
  expect([second!.total(8), second!.total(0)]).toEqual([0, 1]);
  second!.clear();
  expect(first!.total(0)).toBe(0);
});
