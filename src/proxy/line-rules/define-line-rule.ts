import { rest, word } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import type { SectionDraft, SectionKind } from "../../config/draft.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { LINE_RULES, type LineAction, type LineRule } from "./line-rules-part.ts";
import { todaysRule } from "./todays-rule.ts";

const BOTH_SIDES = ["frontend", "listen", "backend"] as const;
const SOURCE = "HAProxy configuration manual, sections 4.2 and 6, of versions up to 1.9";

/** A keyword of rules on lines, as its declaration says it. */
export interface LineKeyword {
  readonly name: string;
  readonly summary: string;
  readonly side: "request" | "response";
  readonly action: LineAction;
  readonly ignoresCase?: boolean;
  readonly sections?: readonly SectionKind[];
}

/** Declares a rule that looks for a line: `reqdel` and its kin. */
export function defineSearchRule(line: LineKeyword) {
  return defineKeyword({
    ...declarationOf(line),
    args: [word("search"), rest("{ if | unless } <cond>")],
    apply(draft, [search, condition], at, diagnostics) {
      keep(draft, line, { at, search, text: null, condition }, diagnostics);
    },
  });
}

/** Declares a rule that looks for a line and has a word for what becomes of it: `reqrep`, `reqsetbe`. */
export function defineReplaceRule(line: LineKeyword) {
  return defineKeyword({
    ...declarationOf(line),
    args: [
      word("search"),
      word(line.action === "setbe" ? "backend" : "string"),
      rest("{ if | unless } <cond>"),
    ],
    apply(draft, [search, text, condition], at, diagnostics) {
      keep(draft, line, { at, search, text, condition }, diagnostics);
    },
  });
}

/** Declares a rule that adds a line: `reqadd`, `rspadd`. */
export function defineAddRule(line: LineKeyword) {
  return defineKeyword({
    ...declarationOf(line),
    args: [word("string"), rest("{ if | unless } <cond>")],
    apply(draft, [text, condition], at, diagnostics) {
      keep(draft, line, { at, search: null, text, condition }, diagnostics);
    },
  });
}

function declarationOf({ name, summary, ignoresCase, sections }: LineKeyword) {
  const letters = ignoresCase === true ? "; letter case does not matter" : "";
  return {
    name,
    sections: sections ?? BOTH_SIDES,
    summary: `${summary}${letters}`,
    source: SOURCE,
  };
}

type Typed = Pick<LineRule, "at" | "search" | "text" | "condition">;

function keep(
  draft: SectionDraft,
  { name, side, action, ignoresCase = false }: LineKeyword,
  typed: Typed,
  diagnostics: Diagnostics,
): void {
  const rule: LineRule = { ...typed, action, ignoresCase };
  draft.part(LINE_RULES)[side].push(rule);
  const ruleSet = side === "request" ? "http-request" : "http-response";
  const today = todaysRule(rule, ruleSet);
  const instead = action === "setbe" ? "use_backend" : today.split(" ").slice(0, 2).join(" ");
  diagnostics.warn(
    typed.at,
    `the '${name}' directive is deprecated. Use '${instead}' instead.`,
    `write it as: ${today}`,
  );
}
