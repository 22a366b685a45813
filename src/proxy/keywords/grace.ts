import { duration } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROXY_OPTIONS } from "../proxy-options.ts";
import { SECTIONS_OF } from "../sides.ts";

export const proxyGrace = defineKeyword({
  name: "grace",
  sections: SECTIONS_OF.both,
  summary: "Keeps the listeners of one proxy open for this time once a soft stop was asked for",
  source: "HAProxy configuration manual, section 4.2, of earlier versions",
  args: [duration("time")],
  deprecated: "grace <time>' in the global section, or 'hard-stop-after",
  apply(draft, [ms]) {
    draft.part(PROXY_OPTIONS).graceMs = ms;
  },
  reset(draft) {
    draft.part(PROXY_OPTIONS).graceMs = 0;
  },
});
