import { describe, expect, test } from "bun:test";
import { Random } from "../../test/support/random.ts";
import { Severity } from "../config/diagnostic.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { madeWord, type Word } from "../config/word.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { AclScope, compileCondition } from "./compile-condition.ts";
import { compileExpression } from "./expression.ts";
import { readPatternFile } from "./patterns/file.ts";
import { PatternReference } from "./patterns/reference.ts";
import { Places } from "./reads.ts";
import { Sample, SampleType } from "./sample.ts";
import { testContext } from "./testing.ts";

const random = new Random(20_261_125);
const declarations = { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS };

/** What is refused was told of, where it stands; what is taken was not. */
function expectLocated(diagnostics: Diagnostics, isTaken: boolean, what: string): void {
  const alerts = diagnostics.list.filter(({ severity }) => severity === Severity.ALERT);
  const isLocated = diagnostics.list.every(
    ({ at, message }) => at !== undefined && at.line > 0 && at.column > 0 && message.length > 0,
  );
  expect({ what, isLocated, hasAlerts: alerts.length > 0 }).toEqual({
    what,
    isLocated: true,
    hasAlerts: !isTaken,
  });
}

/** A few of the marks of a text are changed, taken out or doubled. */
function mutated(text: string, marks: string): string {
  let result = text;
  for (let change = random.below(4); change > 0; change--) {
    const at = random.below(result.length + 1);
    const rest = result.slice(random.chance(0.5) ? at : at + 1);
    result = result.slice(0, at) + (random.chance(0.7) ? random.pick([...marks]) : "") + rest;
  }
  return result;
}

describe("whatever is written", () => {
  test("expressions compile, or are refused where they are wrong", () => {
    const calls = CONVERTERS.flatMap(({ examples }) =>
      examples.map(({ expression }) => expression),
    );
    const fetches = [
      ...FETCHES.map(({ name }) => name),
      "req.hdr(host,-1)",
      "str('a\\'b')",
      "int(7)",
      "var(txn.a,none)",
      "url_param(a,;)",
      'str("x,y")',
    ];
    let taken = 0;
    for (let round = 0; round < 2500; round++) {
      const steps = Array.from({ length: random.below(3) }, () => random.pick(calls));
      const text = mutated([random.pick(fetches), ...steps].join(","), "(),'\"\\ -x9:/%[]\n\0é");
      const place = random.pick(Object.values(Places));
      const context = testContext(declarations, text, place);
      const compiled = compileExpression(context);
      if (compiled !== undefined) taken++;
      expectLocated(context.diagnostics, compiled !== undefined, text);
    }
    expect(taken).toBeGreaterThan(200);
  });

  test("conditions and ACLs compile, or are refused where they are wrong", () => {
    const pieces = [
      ...[
        "{",
        "}",
        "!",
        "or",
        "||",
        "if",
        "unless",
        "-i",
        "-n",
        "-M",
        "-m",
        "-f",
        "-u",
        "--",
        "-x",
      ],
      ...["str", "beg", "reg", "int", "ip", "found", "bool", "len", "sub", "bin", "dom", "none"],
      ...["path", "path_beg", "hdr(host)", "src", "method", "req.len", "always_true", "hdr_cnt(a)"],
      ...["10.0.0.0/8", "::1/200", "5:", "gt", "7", "(", "a[", "^a+$", "", "GET", "/none/such"],
      ...["named", "other", "HTTP", "TRUE"],
    ];
    let taken = 0;
    for (let round = 0; round < 2500; round++) {
      const wordsOf = (count: number): Word[] =>
        Array.from({ length: count }, () => madeWord(mutated(random.pick(pieces), "({-! ")));
      const context = testContext(declarations, "acl");
      const lines = [{ name: madeWord("named"), words: wordsOf(random.below(5)) }];
      const scope = new AclScope(lines, context);
      const typical = [
        madeWord("if"),
        madeWord("{"),
        ...wordsOf(1 + random.below(4)),
        madeWord("}"),
      ];
      const words = random.chance(0.6) ? typical : [madeWord("if"), ...wordsOf(random.below(7))];
      const compiled = compileCondition(words, scope, context);
      if (compiled !== undefined) taken++;
      const text = words.map((word) => word.text).join(" ");
      expectLocated(context.diagnostics, compiled !== undefined, text);
      scope.compileAll();
      const isLocated = context.diagnostics.list.every(({ at }) => at !== undefined);
      expect({ text, isLocated }).toEqual({ text, isLocated: true });
    }
    expect(taken).toBeGreaterThan(30);
  });

  test("pattern files load, or one of their lines is named", () => {
    const parts = [
      "a",
      "10.0.0.0/8",
      "::1",
      "5:9",
      "^b+$",
      "(",
      "[",
      "#",
      " ",
      "\t",
      "\r",
      "\n",
      "\n",
    ];
    let refused = 0;
    for (let round = 0; round < 1500; round++) {
      const length = random.below(30);
      const text = Array.from({ length }, () =>
        random.pick([...parts, "-1 x", "ff", "\0", "é"]),
      ).join("");
      const isMap = random.chance(0.5);
      const reference = new PatternReference("f", madeWord("f"), isMap);
      readPatternFile(text, reference);
      const lineCount = text.split("\n").length;
      for (const matcher of MATCHERS) {
        const options = { ignoresCase: random.chance(0.5), looksNothingUp: true };
        const output = isMap
          ? random.pick([SampleType.STRING, SampleType.INTEGER, SampleType.ADDRESS])
          : null;
        const use = reference.use(matcher, options, output);
        if ("error" in use) {
          refused++;
          expect(use.error.message.length).toBeGreaterThan(0);
          expect(use.entry.line).toBeGreaterThan(0);
          expect(use.entry.line).toBeLessThanOrEqual(lineCount);
          continue;
        }
        const sample = new Sample();
        sample.setBytes(SampleType.STRING, new Uint8Array([0x61, 0x0a, 0xff]), 0, 3);
        if (matcher.input === SampleType.STRING) use.index.find(sample);
        expect(use.index.count).toBeLessThanOrEqual(reference.count);
      }
    }
    expect(refused).toBeGreaterThan(400);
  });
});
