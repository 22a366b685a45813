import { duration, int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { RUNTIME } from "../runtime-part.ts";

/** Ends silent sessions. */
export const statsTimeout = defineKeyword({
  name: "stats timeout",
  sections: ["global"],
  summary: "Sets how long a session of the runtime API may be silent",
  source: "HAProxy configuration manual, section 3.1",
  args: [duration("timeout", { minMs: 1 })],
  apply(draft, [timeoutMs]) {
    draft.part(RUNTIME).timeoutMs = timeoutMs;
  },
});

/** Limits sessions. */
export const statsMaxconn = defineKeyword({
  name: "stats maxconn",
  sections: ["global"],
  summary: "Sets how many sessions of the runtime API may be open at once",
  source: "HAProxy configuration manual, section 3.1",
  args: [int("connections", { min: 1 })],
  apply(draft, [connectionsMax]) {
    draft.part(RUNTIME).connectionsMax = connectionsMax;
  },
});
