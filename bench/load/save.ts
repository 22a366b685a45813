import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = join(import.meta.dir, "..", "..", "docs", "performance.md");
const START = "<!-- results: written by `npm run bench -- --save` -->";
const END = "<!-- end of results -->";

/** Puts a run's tables in the place of the old ones on the page about performance. */
export function saveResults(tables: string): void {
  const page = readFileSync(PAGE, "utf8");
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`${PAGE} has no place for results`);
  writeFileSync(PAGE, `${page.slice(0, start)}${START}\n\n${tables}\n\n${page.slice(end)}`);
}
