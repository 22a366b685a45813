import { rest, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PersistRule } from "../server-rules.ts";
import { SERVER_RULES } from "../server-rules-part.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const SECTIONS = ["listen", "backend"] as const;

/** `use-server`. */
export const useServer = defineKeyword({
  name: "use-server",
  sections: SECTIONS,
  summary: "Sends what fits a condition to one server, before persistence is looked at",
  source: `${SOURCE}, use-server`,
  args: [word("server"), rest("condition")],
  apply(draft, [server, condition], at, diagnostics) {
    if (condition.length === 0) {
      diagnostics.error(
        at,
        "'use-server' expects 'if' or 'unless' followed by a condition.",
        "Write it as: use-server app1 if { path_beg /app1 }",
      );
      return;
    }
    draft.part(SERVER_RULES).useServer.push({ at, server, condition });
  },
});

function definePersistLine(name: string, rule: PersistRule, summary: string) {
  return defineKeyword({
    name,
    sections: SECTIONS,
    summary,
    source: `${SOURCE}, ${name}`,
    args: [rest("condition")],
    apply(draft, [condition], at, diagnostics) {
      if (condition.length === 0) {
        diagnostics.error(
          at,
          `'${name}' expects 'if' or 'unless' followed by a condition.`,
          `Write it as: ${name} if { src 192.0.2.0/24 }`,
        );
        return;
      }
      draft.part(SERVER_RULES).persist.push({ at, rule, condition });
    },
  });
}

export const forcePersist = definePersistLine(
  "force-persist",
  PersistRule.FORCE,
  "Lets what fits a condition reach the server of its cookie even when that is down",
);
export const ignorePersist = definePersistLine(
  "ignore-persist",
  PersistRule.IGNORE,
  "Balances what fits a condition whatever its cookie says",
);
