import { expect, test } from "bun:test";
import { Errno } from "./errno.ts";
import { descriptorLimit, setDescriptorLimit } from "./limits.ts";

test("setDescriptorLimit() changes what descriptorLimit() tells", () => {
  const before = descriptorLimit();
  const lower = { soft: 128, hard: before.hard };

  expect(setDescriptorLimit(lower)).toBe(0);
  expect(descriptorLimit()).toEqual(lower);
  expect(setDescriptorLimit(before)).toBe(0);
});

test("setDescriptorLimit() refuses a soft limit above the hard one", () => {
  const { hard } = descriptorLimit();

  expect(setDescriptorLimit({ soft: hard + 1, hard })).toBe(-Errno.EINVAL);
});
