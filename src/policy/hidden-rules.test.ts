import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../config/diagnostics.ts";
import { madeWord } from "../config/word.ts";
import { warnOfHiddenRules } from "./hidden-rules.ts";

/** Judges rules written as `final: CONDITION` or `edit: CONDITION`, one a line. */
function told(...rules: string[]): string[] {
  const diagnostics = new Diagnostics();
  const judged = rules.map((rule, index) => {
    const [kind, condition] = rule.split(":");
    const words = condition!
      .trim()
      .split(" ")
      .filter((word) => word !== "");
    return {
      at: { ...madeWord("rule"), line: index + 1 },
      isFinal: kind === "final",
      condition: words.map((word) => madeWord(word)),
    };
  });
  warnOfHiddenRules("x", judged, diagnostics);
  return diagnostics.list.map(({ message, at }) => `${at!.line}: ${message}`);
}

const ALWAYS = (line: number, by: number) =>
  `${line}: this 'x' rule is never reached: the one at line ${by} always ends the rule set.`;
const SAME = (line: number, by: number) =>
  `${line}: this 'x' rule is never reached: the one at line ${by} ends the rule set under the same condition.`;

describe("warnOfHiddenRules()", () => {
  test.each([
    { rules: [], because: "there is nothing", wanted: [] },
    { rules: ["edit:", "final:"], because: "the last may end it all", wanted: [] },
    { rules: ["final:", "edit:", "edit: if a"], because: "one is enough", wanted: [ALWAYS(2, 1)] },
    { rules: ["final: if a", "final: if b", "final:"], because: "they differ", wanted: [] },
    { rules: ["final: if a", "final: unless a"], because: "they are opposites", wanted: [] },
    {
      rules: ["final: if a", "final: if b", "edit: if a", "final: if a"],
      because: "whoever meets the condition has gone",
      wanted: [SAME(3, 1), SAME(4, 1)],
    },
    {
      rules: ["final: if a", "edit: if b", "final: if a"],
      because: "the rule between may change what the condition sees",
      wanted: [],
    },
    {
      rules: ["final: if { rand(2) 0 }", "final: if { rand(2) 0 }"],
      because: "chance gives another answer each time",
      wanted: [],
    },
    { rules: ["edit: if a", "edit: if a"], because: "the first goes on", wanted: [] },
  ])("$because: $rules", ({ rules, wanted }) => {
    expect(told(...rules)).toEqual([...wanted]);
  });
});
