import { expect, test } from "bun:test";
import { hintOfMissing } from "../../src/config/missing-words.ts";
import { REFERENCE_SECTIONS } from "../../src/config/reference-words.ts";
import { isSectionKind } from "../../src/config/section-opener.ts";
import { coverage } from "../../tools/coverage.ts";
import { BOTH, PROJECT_ROOT } from "../support/programs.ts";
import { HTTP_DEFAULTS, Stage } from "../support/stage.ts";

const KINDS = await coverage(PROJECT_ROOT);
/** Words that another word of their line reads. */
const WITHIN_OTHERS: readonly string[] = ["usesrc"];

function lackingOf(kind: string): readonly string[] {
  const found = KINDS.find((other) => other.kind === kind);
  return (found?.lacking ?? []).filter((name) => !WITHIN_OTHERS.includes(name));
}

/** A line that uses a word that is not built, and the word. */
interface Use {
  readonly name: string;
  readonly line: string;
}

function uses(kind: string, write: (name: string) => string): Use[] {
  return lackingOf(kind).map((name) => ({ name, line: write(name) }));
}

const PROXY_SECTION = "listen l\n  bind 127.0.0.1:20000";

/** What is told while the file is read: sections, keywords and words of `bind` and `server` lines. */
const READ: readonly (readonly [section: string, uses: readonly Use[]])[] = [
  ["global", uses("global keyword", (name) => `${name} 1`)],
  [
    PROXY_SECTION,
    [
      ...uses("proxy keyword", (name) => `${name} 1`),
      ...uses("bind option", (name) => `bind 127.0.0.1:20001 ${name}`),
      ...uses("server option", (name) => `server s 127.0.0.1:1 ${name}`),
    ],
  ],
];

const RULE_SETS = [
  ...["tcp-request connection", "tcp-request session", "tcp-request content"],
  ...["tcp-response content", "http-request", "http-response"],
].filter((ruleSet) => !lackingOf("proxy keyword").includes(ruleSet));

/** What is told when rules and expressions are compiled. */
const COMPILED: readonly Use[] = [
  ...uses("sample fetch", (name) => `http-request set-header x %[${name}]`),
  ...uses("sample fetch", (name) => `http-request deny if { ${name} -m found }`),
  ...uses("converter", (name) => `http-request set-header x %[src,${name}]`),
  ...RULE_SETS.flatMap((ruleSet) => uses(`${ruleSet} action`, (name) => `${ruleSet} ${name} 1`)),
  ...["http-request", "http-response"].map((ruleSet) => ({
    name: "lua.own",
    line: `${ruleSet} lua.own`,
  })),
  { name: "do-resolve", line: "http-request do-resolve(txn.ip,dns,ipv4) req.hdr(host)" },
];

/** Runs a check of sections and gives what is said of each line. */
async function saidOf(
  stage: Stage,
  sections: readonly (readonly [section: string, uses: readonly Use[]])[],
): Promise<{ use: Use; said: string }[]> {
  let text = HTTP_DEFAULTS;
  const places: { use: Use; line: number }[] = [];
  for (const [section, lines] of sections) {
    text += `${section}\n`;
    for (const use of lines) {
      places.push({ use, line: text.split("\n").length });
      text += `  ${use.line}\n`;
    }
  }
  const path = stage.file("cfg", text);
  const { status, stderr } = await stage.run(["-c", "-f", path]);
  expect(status).toBe(1);
  const messages = stderr.split(/^(?=\[(?:ALERT|WARNING|NOTICE)\])/m);
  return places.map(({ use, line }) => ({
    use,
    said: messages.filter((message) => message.includes(`${path}:${line}]`)).join(""),
  }));
}

test("each word of HAProxy 1.9 that is not built is refused, with the place and what it needs", async () => {
  const stage = new Stage(BOTH.sluice);
  try {
    const said = [
      ...(await saidOf(stage, READ)),
      ...(await saidOf(stage, [[PROXY_SECTION, COMPILED]])),
    ];
    const silent = said.filter(
      ({ use, said: text }) =>
        !text.includes("exists in the reference but is not built yet.") ||
        !text.includes(use.name) ||
        !text.includes(`hint: ${hintOfMissing(use.name)}`),
    );
    expect(silent.map(({ use, said: text }) => `${use.line}: ${text}`)).toEqual([]);
  } finally {
    await stage.close();
  }
});

test("each section of HAProxy that is not built is refused, and says what it needs", async () => {
  const stage = new Stage(BOTH.sluice);
  try {
    const sections = REFERENCE_SECTIONS.split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !isSectionKind(name));
    const text = sections.map((name) => `${name} own\n  some line\n`).join("");
    const { stderr } = await stage.run(["-c", "-f", stage.file("cfg", text)]);
    for (const name of sections) {
      expect(stderr).toContain(`section '${name}' exists in the reference but is not built yet.`);
    }
    expect(stderr.match(/hint: (?:it needs|take it out)/g)).toHaveLength(sections.length);
  } finally {
    await stage.close();
  }
});

test("each command of HAProxy 1.9 that is not built says so", async () => {
  const stage = new Stage(BOTH.sluice);
  try {
    const port = stage.port();
    const proxy = await stage.start(`${HTTP_DEFAULTS}listen l\n  bind 127.0.0.1:${port}\n`);
    for (const name of lackingOf("runtime command")) {
      const answer = await proxy.command(`${name} x`);
      expect(answer).toStartWith(`'${name}' exists in the reference but is not built yet: `);
    }
  } finally {
    await stage.close();
  }
});
