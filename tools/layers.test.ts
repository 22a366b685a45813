import { expect, test } from "bun:test";
import { join } from "node:path";
import { findViolations, LAYERS, violationsIn } from "./layers.ts";

test("every file of src keeps to the layers", () => {
  expect(findViolations(join(import.meta.dir, ".."))).toEqual([]);
});

test.each([
  {
    path: "src/h1/a.ts",
    text: 'import { b } from "../net/b.ts";\n',
    violation: "src/h1/a.ts: h1 must not import net (../net/b.ts)",
  },
  {
    path: "src/config/a.ts",
    text: 'import type {\n  B,\n} from "../proxy/b.ts";\n',
    violation: "src/config/a.ts: config must not import proxy (../proxy/b.ts)",
  },
  {
    path: "src/net/keywords/a.ts",
    text: 'const b = await import("../../proxy/b.ts");\n',
    violation: "src/net/keywords/a.ts: net must not import proxy (../../proxy/b.ts)",
  },
  {
    path: "src/net/a.ts",
    text: 'import { dlopen } from "bun:ffi";\n',
    violation: "src/net/a.ts: only src/sys imports bun:ffi",
  },
  {
    path: "src/net/a.ts",
    text: 'import { b } from "../../test/b.ts";\n',
    violation: "src/net/a.ts: src imports ../../test/b.ts, which lies outside of it",
  },
  {
    path: "src/helpers/a.ts",
    text: "",
    violation: "src/helpers/a.ts: folder helpers has no row in tools/layers.ts",
  },
])("it says: $violation", ({ path, text, violation }) => {
  expect(violationsIn(path, text)).toEqual([violation]);
});

test("a folder may import itself, base, and what its row lists", () => {
  const text =
    'import { a } from "./b.ts";\nimport { c } from "../base/c.ts";\nimport "../http/d.ts";';

  expect(violationsIn("src/h1/a.ts", text)).toEqual([]);
});

test("the table has no circle", () => {
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (LAYERS[from] ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  // Process declares keywords, and the list of all keywords is what it starts with.
  const circles = Object.keys(LAYERS).filter((layer) => reaches(layer, layer));

  expect(circles.sort()).toEqual(["process", "registry"]);
});
