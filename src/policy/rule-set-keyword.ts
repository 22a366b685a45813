import { rest } from "../config/arg.ts";
import type { SectionKind } from "../config/draft.ts";
import { defineKeyword } from "../config/keyword.ts";
import type { RuleSetName } from "./action.ts";
import { RULES } from "./rules-part.ts";

/** Declares the keyword of a rule set: its lines are kept in order and compiled with the section. */
export function defineRuleSet(
  name: RuleSetName,
  sections: readonly SectionKind[],
  summary: string,
) {
  return defineKeyword({
    name,
    sections,
    summary,
    source: `HAProxy configuration manual, section 4.2, ${name}`,
    args: [rest("action")],
    apply(draft, [words], at) {
      const { lines } = draft.part(RULES);
      const own = lines.get(name);
      if (own === undefined) lines.set(name, [{ at, words }]);
      else own.push({ at, words });
    },
  });
}
