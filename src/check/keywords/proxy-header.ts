import { defineKeyword } from "../../config/keyword.ts";
import { CHECK_TUNING } from "../tuning-part.ts";

/** `pp2-never-send-local`. */
export const neverSendLocal = defineKeyword({
  name: "pp2-never-send-local",
  sections: ["global"],
  summary: "Has PROXY headers of version 2 tell servers of checks as if they were traffic",
  source: "HAProxy configuration manual, section 3.1",
  args: [],
  apply(draft) {
    draft.part(CHECK_TUNING).tellsChecks = false;
  },
});
