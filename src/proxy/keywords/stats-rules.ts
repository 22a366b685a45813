import { rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { STATS } from "../../stats/stats-part.ts";
import { STATS_RULES } from "../stats-rules-part.ts";

const ACTIONS = ["allow", "deny", "auth"];

/** Compiled with the section's rules. It turns the page on, as all keywords of `stats` do. */
export const statsHttpRequest = defineKeyword({
  name: "stats http-request",
  sections: ["listen", "backend"],
  summary: "Says who may see the statistics page: the first line whose condition holds decides",
  source: "HAProxy configuration manual, section 4.2",
  args: [rest("{ allow | deny | auth [realm <realm>] }")],
  apply(draft, [words], at, diagnostics) {
    const [action] = words;
    if (action === undefined || !ACTIONS.includes(action.text)) {
      const found = action === undefined ? "" : `, but got '${action.text}'`;
      diagnostics.error(
        action ?? at,
        `'stats http-request' expects 'allow', 'deny' or 'auth'${found}.`,
        "write it as: stats http-request deny unless <condition>",
      );
      return;
    }
    draft.part(STATS);
    draft.part(STATS_RULES).lines.push({ at, words });
  },
  check(draft, diagnostics) {
    const other = draft.used.get("stats auth") ?? draft.used.get("stats realm");
    if (other === undefined) return;
    diagnostics.error(
      other,
      "stats 'auth'/'realm' and 'http-request' can't be used at the same time.",
      "write 'stats http-request auth realm <realm>', with a condition",
    );
  },
});

/** Whoever meets the condition of one line may act on servers. */
export const statsAdmin = defineKeyword({
  name: "stats admin",
  sections: ["frontend", "listen", "backend"],
  summary: "Lets clients change the state of servers on the statistics page if a condition holds",
  source: "HAProxy configuration manual, section 4.2",
  args: [rest("{ if | unless } <condition>")],
  apply(draft, [condition], at, diagnostics) {
    const [first] = condition;
    if (first?.text !== "if" && first?.text !== "unless") {
      diagnostics.error(
        first ?? at,
        "'stats admin' requires either 'if' or 'unless' followed by a condition.",
        "write it as: stats admin if LOCALHOST",
      );
      return;
    }
    draft.part(STATS);
    draft.part(STATS_RULES).admin.push({ at, condition });
  },
});
