import { text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { LOG } from "../log-part.ts";

/** What RFC 3164 allows, with room for names that people use. */
const TAG_SIZE_MAX = 256;

/** Names the program in syslog headers. */
export const logTag = defineKeyword({
  name: "log-tag",
  sections: ["global", "defaults", "frontend", "listen", "backend"],
  summary: "Sets the program's name in syslog headers",
  source: "HAProxy configuration manual, sections 3.1 and 4.2",
  args: [text("tag")],
  apply(draft, [tag], at, diagnostics) {
    if (tag.length > TAG_SIZE_MAX) {
      diagnostics.error(at, `'log-tag' expects at most ${TAG_SIZE_MAX} characters.`);
      return;
    }
    draft.part(LOG).tag = tag;
  },
});
