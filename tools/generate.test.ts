import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  declarationsIn,
  declaringFiles,
  KINDS,
  manualFiles,
  registryFiles,
  registryText,
} from "./generate.ts";
import { pageText } from "./reference-pages.ts";

const ROOT = join(import.meta.dir, "..");
const HINT = "run: npm run generate";
/** All declarations are loaded and all pages written: seconds on a quiet machine, ten times that on a busy one. */
const FRESH_MS = 60_000;

test(
  `src/registry and docs/reference are fresh (else ${HINT})`,
  async () => {
    const files = [...registryFiles(ROOT), ...(await manualFiles(ROOT))];
    const stale = files
      .filter(([path, text]) => {
        const target = join(ROOT, path);
        return !existsSync(target) || readFileSync(target, "utf8") !== text;
      })
      .map(([path]) => path);

    expect(stale).toEqual([]);
  },
  FRESH_MS,
);

const folder = mkdtempSync(join(tmpdir(), "sluice-generate-"));
afterAll(() => rmSync(folder, { recursive: true }));

function writeSource(path: string, text: string): string {
  const target = join(folder, "src", path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  return target;
}

test("declarations are found through the helpers that make them", () => {
  writeSource(
    "proxy/define-flag.ts",
    "export function defineFlag(name) {\n  return defineKeyword({ name });\n}\n",
  );
  const path = writeSource(
    "proxy/keywords/a.ts",
    `import { defineFlag } from "../define-flag.ts";
function defineOwn(name) { return defineServerOption({ name }); }
export const plain = defineKeyword({});
export const own = defineOwn("own");
export const flag = defineFlag("flag");
export const typed: BindOption = defineBindOption({});
export const other = 1;
export const PART = definePart("x", () => ({}));
`,
  );

  expect(declarationsIn(path).map(({ name, helper }) => [name, helper])).toEqual([
    ["plain", "defineKeyword"],
    ["own", "defineServerOption"],
    ["flag", "defineKeyword"],
    ["typed", "defineBindOption"],
  ]);
});

test("only the folders of declarations are read, without their tests", () => {
  writeSource("proxy/keywords/a.test.ts", "");
  writeSource("proxy/b.ts", "");
  writeSource("policy/keywords/req.hdr_cnt.ts", "");
  const files = declaringFiles(folder).map((path) => path.slice(folder.length));

  expect(files).toEqual(["/src/policy/keywords/req.hdr_cnt.ts", "/src/proxy/keywords/a.ts"]);
});

test("two declarations of one name get their folder's in front", () => {
  const declared = ["log", "stats"].map((layer) => ({
    name: "uri",
    path: join(folder, `src/${layer}/keywords/uri.ts`),
    helper: "defineKeyword",
  }));
  const text = registryText(KINDS[0]!, declared, folder);

  expect(text).toContain('import { uri as logUri } from "../log/keywords/uri.ts";');
  expect(text).toContain("[\n  logUri,\n  statsUri,\n]");
});

test("the manual says what a declaration says", () => {
  const page = { file: "", registry: "", list: "", title: "Keywords", intro: "All of them." };
  const item = {
    name: "timeout client",
    summary: "Limits the silence",
    source: "own",
    args: [{ syntax: "<timeout>" }],
    sections: ["frontend"],
    deprecated: "other",
  };

  expect(pageText(page, [item])).toContain(`## \`timeout client\`

    timeout client <timeout>

Limits the silence.

In: frontend. Deprecated: use \`other\`.

*own*
`);
});
