import { duration, int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { CHECK_TUNING } from "../tuning-part.ts";

/** `spread-checks`. */
export const spreadChecks = defineKeyword({
  name: "spread-checks",
  sections: ["global"],
  summary: "Varies the time between checks by so many percent, so that they do not come together",
  source: "HAProxy configuration manual, section 3.2, spread-checks",
  args: [int("percent", { max: 50 })],
  apply(draft, [percent]) {
    draft.part(CHECK_TUNING).spreadPercent = percent;
  },
});

/** `max-spread-checks`. */
export const maxSpreadChecks = defineKeyword({
  name: "max-spread-checks",
  sections: ["global"],
  summary: "Limits the time over which the first checks are spread",
  source: "HAProxy configuration manual, section 3.2, max-spread-checks",
  args: [duration("delay")],
  apply(draft, [delayMs]) {
    draft.part(CHECK_TUNING).firstSpreadMaxMs = delayMs;
  },
});
