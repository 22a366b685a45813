import { describe, expect, test } from "bun:test";
import { compileText } from "../../proxy/testing.ts";

const told = (lines: string) => {
  const { errors, warnings } = compileText(`global\n${lines}\n`);
  return [...errors.map((text) => `error ${text}`), ...warnings.map((text) => `warning ${text}`)];
};

describe("threads", () => {
  test.each([
    "thread-groups 1",
    "thread-group 1 1",
    "thread-group 1 1-4",
    "thread-group 1 4-1",
    "thread-group 1 3 2 1",
    "thread-group 1",
    "nbthread 1",
  ])("%s says nothing that is not so", (line) => {
    expect(told(line)).toEqual([]);
  });

  test.each([
    ["thread-groups 2", /must be between|at most|1/],
    ["thread-groups 0", /1/],
    ["thread-groups x", /'x'/],
    ["thread-groups", /expects/],
    ["thread-groups 1 2", /unexpected argument '2'/],
    ["thread-group", /expects/],
    ["thread-group 2 1", /2/],
    ["thread-group x 1", /x/],
    ["thread-group 1 x", /invalid thread number 'x'/],
    ["thread-group 1 0", /invalid thread number '0'/],
    ["thread-group 1 1-65", /invalid thread number '1-65'/],
    ["thread-group 1 2-3", /leaves 1 of 1 threads without a group/],
    ["nbthread 65", /65/],
  ])("%s is refused", (line, wanted) => {
    const said = told(line);
    expect(said).toHaveLength(1);
    expect(said[0]).toStartWith("error ");
    expect(said[0]).toMatch(wanted);
  });

  test("more threads than one are told not to be there", () => {
    expect(told("nbthread 2\nthread-group 1 1-2")).toEqual([
      "warning 2: 'nbthread 2' : Sluice runs one thread so far, so one processor serves all traffic.",
    ]);
    expect(told("nbthread 4\nthread-group 1 1-2").at(0)).toMatch(/leaves 2 of 4 threads/);
  });

  test("a group that is defined again takes the place of the first", () => {
    expect(told("thread-group 1 2\nthread-group 1 1")).toEqual([
      "warning 3: 'thread-group 1' was already defined and will be overridden.",
    ]);
  });
});
