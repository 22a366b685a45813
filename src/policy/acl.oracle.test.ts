import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Severity } from "../config/diagnostic.ts";
import { lexLine } from "../config/testing.ts";
import type { Word } from "../config/word.ts";
import { madeWord } from "../config/word.ts";
import { STRICT } from "../h1/parse-options.ts";
import { parseRequest } from "../h1/request-parser.ts";
import { Head } from "../http/head.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { ACL_CASES, ACL_FILES, ACL_HEADERS, ACL_LINES } from "./acl-cases.ts";
import { AclScope, compileCondition } from "./compile-condition.ts";
import { type RunningOracle, runningOracle } from "./oracle-testing.ts";
import { TestView, testContext } from "./testing.ts";
import { Truth } from "./truth.ts";

const directory = mkdtempSync(join(tmpdir(), "acl-"));
for (const [name, text] of Object.entries(ACL_FILES)) {
  writeFileSync(join(directory, name), text, "latin1");
}
afterAll(() => rmSync(directory, { recursive: true }));

/** Names of files become whole paths. */
function withPaths(line: string): string {
  return line.replace(/\b[a-z]+\.(?:lst|map)\b/g, (name) => join(directory, name));
}

function wordsOf(line: string): Word[] {
  const words = lexLine(withPaths(line));
  if (typeof words === "string") throw new Error(words);
  return words.map((text) => madeWord(text));
}

function viewOfRequest(): TestView {
  const lines = Object.entries(ACL_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `GET /0 HTTP/1.1\r\nHost: oracle\r\n${lines.join("")}\r\n`;
  const buffer = new ArrayBuffer(65536);
  const bytes = new Uint8Array(buffer);
  bytes.set(Buffer.from(text, "latin1"));
  const head = new Head();
  head.clear();
  expect(parseRequest(bytes, new DataView(buffer), 0, text.length, head, STRICT)).toBe(text.length);
  const view = new TestView();
  view.request = head;
  return view;
}

describe("conditions", () => {
  const declarations = { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS };
  const context = testContext(declarations, "");
  const lines = ACL_LINES.map((line) => {
    const [, name, ...words] = wordsOf(line);
    return { name: name!, words };
  });
  const scope = new AclScope(lines, context);
  const view = viewOfRequest();

  test.each(ACL_CASES)("%s: %p", (condition, holds) => {
    const compiled = compileCondition(wordsOf(`if ${condition}`), scope, context);
    expect(context.diagnostics.list.filter(({ severity }) => severity === Severity.ALERT)).toEqual(
      [],
    );
    expect(compiled!.test(view)).toBe(holds ? Truth.YES : Truth.NO);
  });
});

describe.skipIf(Bun.which("haproxy") === null)("the reference says the same of", () => {
  let oracle: RunningOracle;

  beforeAll(async () => {
    const rules = ACL_CASES.flatMap(([condition], index) => [
      ...groupsOf(condition).map(
        (group) =>
          `http-request return status 200 content-type text/plain string yes if { req.hdr(x-row) ${index} } ${withPaths(group)}`,
      ),
    ]);
    oracle = await runningOracle(["no"], [...ACL_LINES, ...rules]);
  });

  afterAll(() => oracle?.stop());

  test.each(ACL_CASES.map(([condition, holds], index) => ({ condition, holds, index })))(
    "$condition: $holds",
    async ({ index, holds }) => {
      const headers = { ...ACL_HEADERS, "X-Row": String(index) };
      expect(await oracle.answer(0, { headers })).toBe(holds ? "yes" : "no");
    },
  );
});

/** The parts of a condition that `or` joins: each becomes a rule of its own. */
function groupsOf(condition: string): string[] {
  return condition.split(/ (?:or|\|\|) /);
}
