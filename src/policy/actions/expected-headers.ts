import { oneOf } from "../../config/arg.ts";
import { defineAction, Verdict } from "../action.ts";

const SOURCE = "HAProxy configuration manual, section 4.2, tcp-request connection";

/** `expect-proxy`. */
export const expectProxy = defineAction({
  name: "expect-proxy",
  summary:
    "Wants a PROXY header in front of what the client sends, as 'accept-proxy' of a bind line",
  source: `${SOURCE} expect-proxy`,
  ruleSets: ["tcp-request connection"],
  isFinal: false,
  args: [oneOf("layer", ["layer4"])],
  compile: () => (control) => {
    control.expectProxyHeader();
    return Verdict.NEXT;
  },
});

/** `expect-netscaler-cip`. */
export const expectNetscalerCip = defineAction({
  name: "expect-netscaler-cip",
  summary:
    "Wants a NetScaler Client IP header; its magic number is that of the bind line, or else 0",
  source: `${SOURCE} expect-netscaler-cip`,
  ruleSets: ["tcp-request connection"],
  isFinal: false,
  args: [oneOf("layer", ["layer4"])],
  compile: () => (control) => {
    control.expectNetscalerHeader();
    return Verdict.NEXT;
  },
});
