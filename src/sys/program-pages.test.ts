import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { releaseCodePages } from "./program-pages.ts";

/** Resident memory that comes from files, in kilobytes. */
function fileKb(): number {
  return Number(/^RssFile:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]);
}

test("the pages of the program's code are given back, and it runs on", () => {
  const beforeKb = fileKb();
  expect(releaseCodePages()).toBe(true);
  expect(fileKb()).toBeLessThan(beforeKb);
  expect(JSON.parse('{"code":"reads itself in again"}')).toEqual({ code: "reads itself in again" });
});
