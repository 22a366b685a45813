import { rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { GLOBAL_TARGETS, LOG } from "../log-part.ts";
import { parseTarget } from "../parse-target.ts";

/** Adds a place that log lines are sent to. */
export const log = defineKeyword({
  name: "log",
  sections: ["global", "defaults", "frontend", "listen", "backend"],
  summary: "Sends log lines to a syslog server, a socket or a descriptor",
  source: "HAProxy configuration manual, sections 3.1 and 4.2",
  args: [rest("target")],
  apply(draft, [words], at, diagnostics) {
    const part = draft.part(LOG);
    if (words.length === 1 && words[0]!.text === "global") {
      if (draft.kind === "global") {
        diagnostics.error(words[0], "log : 'global' is not supported for a global syslog server");
        return;
      }
      part.targets.push(GLOBAL_TARGETS);
      return;
    }
    const target = parseTarget(words, at, diagnostics);
    if (target !== undefined) part.targets.push(target);
  },
  disable(draft, _at, diagnostics, [extra]) {
    if (extra === undefined) draft.part(LOG).targets = [];
    else diagnostics.error(extra, "log : 'no log' does not expect arguments");
  },
});
