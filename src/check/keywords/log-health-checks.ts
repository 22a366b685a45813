import { BALANCE } from "../../balance/balance-part.ts";
import { defineKeyword } from "../../config/keyword.ts";

/** `option log-health-checks`. */
export const optionLogHealthChecks = defineKeyword({
  name: "option log-health-checks",
  sections: ["defaults", "listen", "backend"],
  summary: "Logs each check that changes a server's health or status",
  source: "HAProxy configuration manual, section 4.2, option log-health-checks",
  args: [],
  apply(draft) {
    draft.part(BALANCE).logsChecks = true;
  },
  disable(draft) {
    draft.part(BALANCE).logsChecks = false;
  },
  reset(draft) {
    draft.part(BALANCE).logsChecks = false;
  },
});
