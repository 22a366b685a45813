import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Severity } from "../config/diagnostic.ts";
import { lexLine } from "../config/testing.ts";
import { madeWord } from "../config/word.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { AclScope } from "./compile-condition.ts";
import { testContext } from "./testing.ts";

const directory = mkdtempSync(join(tmpdir(), "flags-"));
afterAll(() => rmSync(directory, { recursive: true }));
const FILES = {
  "good.lst": "10.0.0.0/8\n",
  "bad.lst": "10.0.0.0/8\n\n# x\n10.0.0.0/99\n",
  "k.map": "a 1\n",
};
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);

/** Compiles lines `acl NAME ...` and tells what is said of them, without the paths. */
function told(...lines: string[]): { errors: string[]; warnings: string[] } {
  const context = testContext(
    { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS },
    "acl",
  );
  const drafts = lines.map((line) => {
    const words = lexLine(line.replace(/\b\w+\.(?:lst|map)\b/g, (name) => join(directory, name)));
    if (typeof words === "string") throw new Error(words);
    return { name: madeWord(words[0]!), words: words.slice(1).map((text) => madeWord(text)) };
  });
  new AclScope(drafts, context).compileAll();
  const { list } = context.diagnostics;
  expect(list.every(({ at }) => at !== undefined)).toBe(true);
  const of = (wanted: number) =>
    list
      .filter(({ severity }) => severity === wanted)
      .map(({ message }) => message.replaceAll(`${directory}/`, ""));
  return { errors: of(Severity.ALERT), warnings: of(Severity.WARNING) };
}

describe("flags of ACLs are taken", () => {
  test.each([
    "a path -i /A",
    "a src -n 10.0.0.1",
    "a src -n -f good.lst",
    "a src -f good.lst -f good.lst 192.168.0.0/16",
    "a src -u 7 10.0.0.1",
    "a src -u 0 10.0.0.1",
    "a path -m beg -i /a /b",
    "a path -i -m beg /a",
    "a path -M -f k.map",
    "a path -m str -- -m",
    "a path --",
    "a path -m found",
    "a hdr_cnt(host) -m int gt 1",
  ])("%s", (line) => {
    expect(told(line)).toEqual({ errors: [], warnings: [] });
  });
});

describe("flags of ACLs are refused", () => {
  test.each([
    [
      "a path -x /a",
      "'-x' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'.",
    ],
    [
      "a path -I /a",
      "'-I' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'.",
    ],
    ["a path -m", "'-m' expects a word behind it."],
    ["a path -f", "'-f' expects a word behind it."],
    ["a path -u", "'-u' expects a word behind it."],
    ["a path -u x /a", "the argument of -u must be an integer."],
    ["a path -u -1 /a", "the argument of -u must be an integer."],
    ["a path -u 1.5 /a", "the argument of -u must be an integer."],
    ["a path -u 99999999999 /a", "the argument of -u must be an integer."],
    ["a path -m none /a", "unknown matching method 'none' when parsing ACL expression."],
    [
      "a path -f good.lst -m beg /a",
      "'-m' must only be specified before patterns and files in parsing ACL expression.",
    ],
    ["a src -f none.lst", "failed to open pattern file <none.lst>."],
    [
      "a src -f bad.lst",
      "'10.0.0.0/99' has no valid mask behind its '/' at line 4 of file 'bad.lst'.",
    ],
    ["a src 10.0.0.0/99", "'10.0.0.0/99' has no valid mask behind its '/'."],
    ["a src -n not-a-host", "'not-a-host' is not a valid IPv4 or IPv6 address."],
    ["a path -m reg (", "regex '(' is invalid (error=missing closing parenthesis, erroffset=1)."],
    ["a path -m int x", "'x' is not a number."],
    ["a src,ipmask(8) -m", "'-m' expects a word behind it."],
  ])("%s: %s", (line, error) => {
    expect(told(line).errors).toEqual([error]);
  });

  test("a number that two lists want", () => {
    expect(told("a path -u 7 /a", "b path -u 7 /b").errors).toEqual(["the id is already used."]);
  });

  test("all that is wrong is told at once", () => {
    expect(
      told("a path -u x /a", "b path -m none /b", "c src 10.0.0.0/99 ::1/200").errors,
    ).toHaveLength(4);
  });
});

describe("flags of ACLs that do nothing are warned of", () => {
  test.each([
    ["a path", "no pattern to match against is given, so ACL 'a' will never match."],
    ["a path -i", "no pattern to match against is given, so ACL 'a' will never match."],
    ["a path -m found /a", "'-m found' takes no pattern: what follows is ignored."],
    ["a path -m found -f good.lst", "'-m found' takes no pattern: what follows is ignored."],
    ["a hdr_cnt(host) -m bool 1", "'-m bool' takes no pattern: what follows is ignored."],
  ])("%s: %s", (line, warning) => {
    expect(told(line)).toEqual({ errors: [], warnings: [warning] });
  });
});
