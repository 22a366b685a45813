import { afterAll, expect, test } from "bun:test";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  configurationWithoutServers,
  eventually,
  freePort,
  outcomeOf,
  statusAt,
  Workshop,
} from "../src/process/testing.ts";

const workshop = new Workshop();
afterAll(() => workshop.remove());

test("the build is one executable that runs anywhere, alone", async () => {
  const root = join(import.meta.dir, "..");
  const build = Bun.spawn(["node", "tools/run.mjs", "build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  expect(await build.exited).toBe(0);
  const program = join(workshop.path, "sluice");
  cpSync(join(root, "dist/sluice"), program);
  expect((await workshop.run(["-v"], program)).out).toMatch(/^HAProxy version /);
  expect(readdirSync(workshop.path)).toEqual(["sluice"]);

  const port = freePort();
  const file = workshop.write("a.cfg", configurationWithoutServers(port));
  const child = workshop.start(["-f", file], program);
  expect(await eventually("it serves", () => statusAt(port))).toBe(503);
  child.kill("SIGTERM");
  expect((await outcomeOf(child)).signal).toBe("SIGTERM");
}, 60_000);
