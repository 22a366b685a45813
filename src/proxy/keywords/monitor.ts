import { text } from "../../config/arg.ts";
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
