import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dir, "..");

/** The files that a Markdown text links to, relative to it; pages elsewhere are left out. */
function linksIn(text: string): string[] {
  const found = text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g);
  return [...found].map((match) => match[1]!).filter((link) => !/^[a-z]+:/.test(link));
}

/** Links of all pages that lead nowhere. */
async function brokenLinks(): Promise<string[]> {
  const broken: string[] = [];
  const tracked = Bun.spawnSync(["git", "ls-files", "*.md"], { cwd: ROOT }).stdout.toString();
  const pages = tracked.split("\n").filter((page) => page !== "" && existsSync(join(ROOT, page)));
  for (const page of pages) {
    for (const link of linksIn(await Bun.file(join(ROOT, page)).text())) {
      if (!existsSync(join(ROOT, dirname(page), link))) broken.push(`${page}: ${link}`);
    }
  }
  return broken;
}

test.each([
  { text: "[a](b.md)", links: ["b.md"], because: "a link is found" },
  {
    text: "[a](b.md#c) [d](../e/)",
    links: ["b.md", "../e/"],
    because: "a place in a page is left out",
  },
  {
    text: "[a](https://b.example/c)",
    links: [],
    because: "other sites are not ours to keep alive",
  },
])("linksIn() gives $links: $because", ({ text, links }) => {
  expect(linksIn(text)).toEqual([...links]);
});

test("every link between the project's pages leads somewhere", async () => {
  expect(await brokenLinks()).toEqual([]);
});
