// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes its variables so.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateCondition } from "./condition.ts";
import { Environment } from "./environment.ts";
import { lexLine } from "./testing.ts";

/** The same lines and conditions on HAProxy itself, where it is installed. */
const oracle = Bun.which("haproxy");
const VARIABLES = {
  A: "1",
  EMPTY: "",
  LIST: "a b  c",
  ENDS: " a ",
  TAIL: "tcp ",
  QUOTES: 'x"y \\z#',
};

/** What stands behind `mode tcp`; HAProxy names the first word there that is not empty. */
const SNIPPETS = [
  "a\\ b",
  "a\\#b",
  "a#b",
  "a\\\\b",
  "a\\'b\\\"c",
  "a\\tb",
  "a\\x41b",
  "a\\eb",
  "a\\",
  "a\\ ",
  "a\\\tb",
  '"a\\\tb"',
  '"a\\ b"',
  '"a#b" c',
  "'a\\x41 $A \"#'",
  '"it\'s"',
  '"\\q\\$\\#\\\'\\"\\\\"',
  "\\$A",
  "$A",
  "${A}",
  '"$A"',
  '"${A}"',
  '"$A$LIST"',
  '"$A-$A"',
  '"${A}${NO-def}"',
  '"${NO-a"b}"',
  '"${NO-a b}"',
  '"${NO-\\}}"',
  '"${NO-$A}"',
  '"${NO-}"x',
  '"${NO}"x',
  '"${EMPTY-x}"y',
  '"$NO[0]"',
  '"${LIST[*]}"',
  'x"${LIST[*]}"y',
  'x"${ENDS[*]}"y',
  'x"${EMPTY[*]}"',
  'x"${EMPTY[*]}"y',
  '"${QUOTES[*]}"',
  '"a${QUOTES}"',
  '"${NO[*]-p q}"',
  '"${NO-x[*]}"',
  '"${NO-\\x41}"',
  'x"$.LINE.x"',
  '"${.SECTION}"',
  "a'b'\"c\"d",
  '"" x',
  '"a',
  "'a",
  '"\\x4"',
  '"\\xg1"',
  "\\x",
  '"$"',
  '"$1"',
  '"${}"',
  '"$$A"',
  '"$.NOPE"',
  '"${A"',
  '"${A x}"',
  '"${A-b"',
  '"${A[1]}"',
  '"${A[*}"',
  '"${A[*]x}"',
];

const folder = mkdtempSync(join(tmpdir(), "sluice-oracle-"));

/** Runs HAProxy on a file with one snippet; gives the word it names, or its error. */
function askWord(snippet: string): string {
  const path = join(folder, "one.cfg");
  writeFileSync(path, `frontend web\n mode tcp ${snippet}\n`, "latin1");
  const run = Bun.spawnSync([oracle!, "-c", "-f", path], { env: VARIABLES });
  const output = run.stderr.toString("latin1");
  const refused =
    /parsing \[[^\]]*:2\] ?: ('mode' cannot handle unexpected argument '(.*?)'\.\n)?/s;
  const match = refused.exec(output);
  if (match === null) return "";
  return match[2] ?? errorOf(output.slice(match.index + match[0].length));
}

const ERRORS = [
  "unmatched quote",
  "truncated or invalid hexadecimal sequence",
  "forbidden first char in environment variable name",
  "unmatched brace in environment variable name",
  "truncated or invalid word expansion sequence",
];

function errorOf(text: string): string {
  return ERRORS.find((error) => text.startsWith(error)) ?? `other: ${text}`;
}

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(oracle === null)("on HAProxy (skipped where it is not installed)", () => {
  test.each(SNIPPETS)("LineLexer cuts %p as HAProxy does", (snippet) => {
    const words = lexLine(` mode tcp ${snippet}`, VARIABLES);
    // The test's line is the first, HAProxy's the second.
    const ours =
      typeof words === "string" ? errorOf(words) : (words[2] ?? "").replace("1.x", "2.x");

    expect(ours).toBe(askWord(snippet));
  });

  test.each([
    "",
    "0",
    "-1",
    "0x0",
    "0x10",
    "00",
    "!",
    "! 0",
    "!!1",
    "1&&0",
    "0||1&&0",
    "(1)",
    "((1)&&!(0))",
    "()",
    "(1",
    "1)",
    "1 x",
    "1 && && 1",
    "1 || foo",
    "1 & 1",
    "1.5",
    "defined(A)",
    "defined( A )",
    "defined()",
    "defined(A",
    "defined A",
    "streq(a,a)",
    "streq(a, a)",
    "streq(,)",
    "streq(a)",
    "streq(a,b,c)",
    "streq(a b,a b)",
    "streq(a\\ b,a b)",
    "streq(a\\,b,a)",
    "strneq(a,b)",
    "version_atleast(2.4-dev19)",
    "version_atleast(2.6.12)",
    "version_atleast(2.6.13)",
    "version_before(2.6.12)",
    "version_before(2.7)",
    "version_atleast(x)",
    "foo(1)",
  ])("evaluateCondition() says of %p what -cc says", (text) => {
    const environment = new Environment();
    environment.load(VARIABLES);
    const result = evaluateCondition(text, { environment });
    const status = "error" in result ? 2 : Number(!result.value);
    const run = Bun.spawnSync([oracle!, "-cc", text], { env: VARIABLES, stderr: "ignore" });

    expect(status).toBe(run.exitCode);
  });
});
