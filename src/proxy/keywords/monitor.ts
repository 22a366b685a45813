import { rest, text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { MONITOR } from "../monitor.ts";
import { SECTIONS_OF } from "../sides.ts";

export const monitorUri = defineKeyword({
  name: "monitor-uri",
  sections: SECTIONS_OF.client,
  summary: "Answers requests for one URI with 200 and without a log line, for those who probe it",
  source: "HAProxy configuration manual, section 4.2",
  args: [text("uri")],
  apply(draft, [uri]) {
    draft.part(MONITOR).uri = uri;
  },
});

export const monitorFail = defineKeyword({
  name: "monitor fail",
  sections: ["frontend", "listen"],
  summary: "Answers the requests of 'monitor-uri' with 503 where a condition holds",
  source: "HAProxy configuration manual, section 4.2",
  args: [rest("condition")],
  apply(draft, [condition], at, diagnostics) {
    if (condition[0] === undefined) {
      const message = "'monitor fail' requires either 'if' or 'unless' followed by a condition.";
      diagnostics.error(at, message, "write it as: monitor fail if { nbsrv(app) lt 2 }");
    } else draft.part(MONITOR).failures.push(condition);
  },
});
