import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./testing.ts";

const FOLDER = join(import.meta.dir, "golden");
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".cfg"))
  .sort();

// UPDATE_GOLDEN=1 writes what is said today: read the difference before it is committed.
test.each(names)("the diagnostics of %s are those beside it", (name) => {
  const { output } = readText(readFileSync(join(FOLDER, name), "latin1"), { SET: "value" });
  const path = join(FOLDER, name.replace(/\.cfg$/, ".txt"));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, output, "latin1");

  expect(output).toBe(readFileSync(path, "latin1"));
});
