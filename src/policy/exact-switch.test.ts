import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { Random } from "../../test/support/random.ts";
import { lexLine } from "../config/testing.ts";
import { madeWord } from "../config/word.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { AclScope, compileCondition } from "./compile-condition.ts";
import { Condition } from "./condition.ts";
import { ExactSwitch } from "./exact-switch.ts";
import { TestView, testContext } from "./testing.ts";
import { Truth } from "./truth.ts";

const declarations = { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS };

function wordsOf(line: string) {
  const words = lexLine(line);
  if (typeof words === "string") throw new Error(words);
  return words.map((text) => madeWord(text));
}

/** Compiles conditions as one section has them. */
function compileAll(texts: readonly string[], acls: readonly string[] = []) {
  const context = testContext(declarations, "");
  const lines = acls.map((line) => {
    const [name, ...words] = wordsOf(line);
    return { name: name!, words };
  });
  const scope = new AclScope(lines, context);
  const conditions = texts.map((text) => compileCondition(wordsOf(text), scope, context)!);
  return { conditions, references: context.compiler.references };
}

function viewOf(...hosts: string[]): TestView {
  const view = new TestView();
  const fields = hosts.map((host) => `X-Host: ${host}\r\n`).join("");
  view.request = parseHead(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`).head;
  return view;
}

function firstOf(conditions: readonly Condition[], view: TestView): number {
  return conditions.findIndex((condition) => condition.test(view) === Truth.YES);
}

describe("ExactSwitch", () => {
  test("finds what asking one condition after the other finds, whatever comes and goes", () => {
    const random = new Random(11);
    const names = ["a", "b", "A", "ab", "Ab", "c", "d.e", ""];
    for (let round = 0; round < 60; round++) {
      const flag = random.chance(0.5) ? "-i " : "";
      const texts = Array.from({ length: 3 + random.below(9) }, () => {
        const patterns = Array.from({ length: 1 + random.below(3) }, () => random.pick(names));
        return `if { req.hdr(x-host) ${flag}-m str ${patterns.map((text) => `'${text}'`).join(" ")} }`;
      });
      const { conditions, references } = compileAll(texts);
      const made = ExactSwitch.ofRow(conditions, 0)!;
      expect(made.count).toBe(texts.length);
      for (let step = 0; step < 12; step++) {
        const hosts = Array.from({ length: random.below(3) }, () =>
          random.pick([...names, "a, b"]),
        );
        const view = viewOf(...hosts);
        expect(made.find(view)).toBe(firstOf(conditions, view));
        const list = random.pick(references.all);
        if (random.chance(0.3)) list.add(random.pick(names));
        if (random.chance(0.3)) list.remove(random.pick(names));
        if (random.chance(0.05)) list.clear();
      }
    }
  });

  test("takes named ACLs whose lines all compare the same", () => {
    const { conditions } = compileAll(
      ["if one", "if two", "if { hdr(x-host) c }"],
      ["one hdr(x-host) a", "two hdr(x-host) b", "one hdr(x-host) x"],
    );
    const made = ExactSwitch.ofRow(conditions, 0)!;
    expect(["x", "b", "c", "d"].map((host) => made.find(viewOf(host)))).toEqual([0, 1, 2, -1]);
  });

  test.each([
    { odd: "unless { hdr(x-host) a }", because: "it is inverted" },
    { odd: "if !{ hdr(x-host) a }", because: "its term is negated" },
    { odd: "if { hdr(x-host) a } { path / }", because: "two terms must hold" },
    { odd: "if { hdr(x-host) a } or { path / }", because: "one of two is enough" },
    { odd: "if { hdr(x-host) -i a }", because: "its case does not count" },
    { odd: "if { hdr(x-host) -m beg a }", because: "it compares beginnings" },
    { odd: "if { hdr(x-host),lower a }", because: "its expression is another one" },
    { odd: "if { hdr(x-host) -m found }", because: "it has no pattern" },
  ])("ends in front of $odd: $because", ({ odd }) => {
    const plain = ["a", "b", "c"].map((name) => `if { hdr(x-host) ${name} }`);
    const { conditions } = compileAll([...plain, odd, ...plain]);
    expect(ExactSwitch.ofRow(conditions, 0)?.count).toBe(3);
    expect(ExactSwitch.ofRow(conditions, 3)?.count ?? 1).toBe(1);
    expect(ExactSwitch.ofRow(conditions, 4)?.count).toBe(3);
  });

  test("leaves alone what may be another value each time, and what is looked on", () => {
    const { conditions } = compileAll(Array.from({ length: 4 }, () => "if { rand(2) -m str 1 }"));
    expect(ExactSwitch.ofRow(conditions, 0)).toBeUndefined();
    const plain = compileAll(
      ["a", "b", "c"].map((name) => `if { hdr(x-host) ${name} }`),
    ).conditions;
    class Observed extends Condition {}
    const [first, ...others] = plain;
    const observed = new Observed(first!.groups, first!.isInverted);
    expect(ExactSwitch.ofRow([observed, ...others], 0)).toBeUndefined();
    expect(ExactSwitch.ofRow([null, ...plain], 0)).toBeUndefined();
    expect(ExactSwitch.ofRow(plain.slice(1), 0)).toBeUndefined();
  });
});
