import { rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { partOfWord } from "../../config/word.ts";
import { RULES } from "../../policy/rules-part.ts";
import { REDIRECTS } from "../redirect-part.ts";

const SECTIONS = ["frontend", "listen", "backend"] as const;
const SOURCE = "HAProxy configuration manual, section 4.2";

/** Compiled with the section's rules. */
export const redirect = defineKeyword({
  name: "redirect",
  sections: SECTIONS,
  summary: "Sends clients elsewhere, once all 'http-request' rules have let their requests pass",
  source: SOURCE,
  args: [rest("{ location | prefix | scheme } <to> ...")],
  apply(draft, [words], at) {
    draft.part(REDIRECTS).lines.push({ at, words });
  },
});

/** The reference of today has it no more; it comes before all rules of 'http-request'. */
export const block = defineKeyword({
  name: "block",
  sections: SECTIONS,
  summary: "Refuses requests with 403, before any 'http-request' rule",
  source: `${SOURCE}, of earlier versions`,
  deprecated: "http-request deny",
  args: [rest("condition")],
  apply(draft, [condition], at, diagnostics) {
    if (condition.length === 0) {
      const message = "'block' requires either 'if' or 'unless' followed by a condition.";
      diagnostics.error(at, message, "write it as: http-request deny if <condition>");
      return;
    }
    const { lines } = draft.part(RULES);
    const rules = lines.get("http-request") ?? [];
    const behind = rules.findIndex((line) => line.at.text !== "block");
    const deny = { ...partOfWord(at, 0), text: "deny" };
    rules.splice(behind === -1 ? rules.length : behind, 0, { at, words: [deny, ...condition] });
    lines.set("http-request", rules);
  },
});
