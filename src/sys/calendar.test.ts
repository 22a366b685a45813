import { expect, test } from "bun:test";
import { DateFormat } from "./calendar.ts";
import { Region } from "./region.ts";

test("dates are written as the format says, and not at all where they do not fit", () => {
  const into = new Region(4096);
  const format = new DateFormat(Buffer.from("%F %T"), false);

  const size = format.write(784_111_777n, into, 8, 100);

  expect(Buffer.from(into.bytes.subarray(8, 8 + size)).toString()).toBe("1994-11-06 08:49:37");
  expect(format.write(784_111_777n, into, 8, 10)).toBe(0);
});
