import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { setProcessName } from "./process-name.ts";

test.each([
  { name: "haproxy", shown: "haproxy", because: "the name is what tools look for" },
  {
    name: "a-name-of-many-letters",
    shown: "a-name-of-many-",
    because: "the kernel keeps 15 bytes",
  },
  { name: "sluice", shown: "sluice", because: "nothing of a longer name is left" },
])("setProcessName() shows $shown: $because", ({ name, shown }) => {
  setProcessName(name);

  expect(readFileSync("/proc/self/comm", "latin1")).toBe(`${shown}\n`);
});
