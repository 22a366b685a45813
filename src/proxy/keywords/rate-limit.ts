import { int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROXY_OPTIONS } from "../proxy-options.ts";

/** `rate-limit sessions`. */
export const rateLimitSessions = defineKeyword({
  name: "rate-limit sessions",
  sections: ["defaults", "frontend", "listen"],
  summary: "Limits the sessions that a frontend begins a second; clients wait in the kernel",
  source: "HAProxy configuration manual, section 4.2, rate-limit sessions",
  args: [int("rate")],
  apply(draft, [rate]) {
    draft.part(PROXY_OPTIONS).sessionRateMax = rate;
  },
});
