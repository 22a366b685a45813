import { rest } from "../config/arg.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft, SectionKind } from "../config/draft.ts";
import { defineKeyword } from "../config/keyword.ts";
import type { Part } from "../config/part.ts";
import { isKind } from "./kind-part.ts";
import { RuleReader } from "./rule-reader.ts";
import { addRule, ownRules, type RulesDraft } from "./rules-part.ts";
import { type CommentStep, StepKind } from "./steps.ts";

/** Sections that rules of checks stand in. */
export const RULE_SECTIONS: readonly SectionKind[] = ["defaults", "listen", "backend"];

/** A family of rules: `http-check` or `tcp-check`. */
export interface RuleFamily<Rule> {
  readonly name: "http-check" | "tcp-check";
  /** The kind of check that the rules are for, such as "option httpchk". */
  readonly option: "option httpchk" | "option tcp-check";
  readonly part: Part<RulesDraft<Rule>>;
}

/** Reads the words of a rule; `before` are the section's rules so far. */
export type RuleParser<Rule> = (reader: RuleReader, before: readonly Rule[]) => Rule | undefined;

/** Declares one rule of a family by what reads its words. */
export function defineCheckRule<Rule>(
  family: RuleFamily<Rule>,
  verb: string,
  summary: string,
  parse: RuleParser<Rule>,
) {
  const name = `${family.name} ${verb}`;
  return defineKeyword({
    name,
    sections: RULE_SECTIONS,
    summary,
    source: `HAProxy configuration manual, section 4.2, ${family.name}`,
    args: [rest("argument")],
    apply(draft, [words], at, diagnostics) {
      const rules = draft.part(family.part);
      const rule = parse(new RuleReader(words, at, name, diagnostics), ownRules(rules));
      if (rule !== undefined) addRule(rules, rule, at);
    },
    check: (draft, diagnostics) => warnOfIdleRules(family, draft, diagnostics),
  });
}

/** Says that rules do nothing where another kind of check is asked for. */
function warnOfIdleRules<Rule>(
  { name, option, part }: RuleFamily<Rule>,
  draft: SectionDraft,
  diagnostics: Diagnostics,
): void {
  const { rules, areInherited } = draft.part(part);
  if (draft.kind === "defaults" || areInherited || isKind(draft, option)) return;
  // Each rule has the keyword judge the section: one of them tells it.
  const spoken = `${name} rules without option`;
  if (rules.length === 0 || draft.used.get(spoken) !== undefined) return;
  draft.used.set(spoken, rules[0]!.at);
  diagnostics.warn(
    rules[0]!.at,
    `${draft.kind} '${draft.name.text}' uses ${name} rules without '${option}', so the rules are ignored.`,
    `add "${option}"`,
  );
}

/** Reads the words behind `comment`. */
export function parseComment(reader: RuleReader): CommentStep | undefined {
  const word = reader.next();
  if (word === undefined || word.text === "") {
    return reader.refuse(word, "expects a string as argument.");
  }
  const more = reader.next();
  if (more === undefined) return { kind: StepKind.COMMENT, comment: word.text };
  return reader.refuse(more, `cannot handle unexpected argument '${more.text}'.`);
}
