import { expect, test } from "bun:test";
import { join } from "node:path";
import { observed } from "../support/guide.ts";
import { PROJECT_ROOT } from "../support/programs.ts";

test("the whole ceremony under load: not one request fails", async () => {
  const demo = Bun.spawn([process.execPath, join(PROJECT_ROOT, "examples/zero-downtime/demo.ts")], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 40_000,
  });
  const [text, problems] = await Promise.all([
    new Response(demo.stdout).text(),
    new Response(demo.stderr).text(),
  ]);
  expect([await demo.exited, problems]).toEqual([0, ""]);
  const result = text.trim().split("\n").at(-1)!;
  expect(result).toMatch(/^[1-9]\d* requests completed, 0 failed, \d+ users moved$/);
  observed(10, "every server restarted, and not one request failed", result);
}, 60_000);
