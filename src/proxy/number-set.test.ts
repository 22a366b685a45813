import { describe, expect, test } from "bun:test";
import { numberSet } from "./number-set.ts";

describe("numberSet()", () => {
  test.each([
    { text: "all", numbers: [1, 2, 3, 4] },
    { text: "odd", numbers: [1, 3] },
    { text: "even", numbers: [2, 4] },
    { text: "3", numbers: [3] },
    { text: "2-4", numbers: [2, 3, 4] },
    { text: "3-", numbers: [3, 4] },
    { text: "1,3-4", numbers: [1, 3, 4] },
  ])("reads $text", ({ text, numbers }) => {
    expect([...numberSet(text, 4)!]).toEqual([...numbers]);
  });

  test("begins where it is told", () => {
    expect([...numberSet("all", 2, 0)!]).toEqual([0, 1, 2]);
    expect([...numberSet("even", 3, 0)!]).toEqual([0, 2]);
  });

  test.each(["", "0", "5", "4-2", "x", "1-x", "-1", "1,", "1-2-3"])("refuses %p", (text) => {
    expect(numberSet(text, 4)).toBeUndefined();
  });
});
