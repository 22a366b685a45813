import { rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { RuleSetName } from "../action.ts";
import { RULES } from "../rules-part.ts";

function defineRuleSet(name: RuleSetName, summary: string) {
  return defineKeyword({
    name,
    sections: ["frontend", "listen", "backend"],
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

/** `http-request`. */
export const httpRequest = defineRuleSet(
  "http-request",
  "Acts on requests before they go to a server, in the order of the lines",
);

/** `http-response`. */
export const httpResponse = defineRuleSet(
  "http-response",
  "Acts on the responses of servers, in the order of the lines",
);
