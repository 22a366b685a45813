import { defineAction, Verdict } from "../action.ts";

/** `allow`. */
export const allow = defineAction({
  name: "allow",
  summary: "Lets the message pass; no further rule of the set is looked at",
  source: "HAProxy configuration manual, section 4.2, http-request allow",
  ruleSets: ["http-request", "http-response", "http-after-response"],
  isFinal: true,
  args: [],
  compile: () => () => Verdict.STOP,
});
