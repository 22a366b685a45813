import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Workshop } from "./testing.ts";

const FOLDER = join(import.meta.dir, "../../examples");
const names = readdirSync(FOLDER).filter((name) => name.endsWith(".cfg"));

describe("the examples", () => {
  test.each(names)("%s is valid, without a warning", async (name) => {
    const workshop = new Workshop();
    const outcome = await workshop.run(["-c", "-f", join(FOLDER, name)]);
    workshop.remove();

    expect(outcome).toEqual({
      status: 0,
      signal: null,
      out: "Configuration file is valid\n",
      err: "",
    });
  });

  test("are all listed in their README", () => {
    const listed = readFileSync(join(FOLDER, "README.md"), "utf8").matchAll(/\]\((\w+\.cfg)\)/g);

    expect([...listed].map((match) => match[1]!).sort()).toEqual([...names].sort());
  });
});
