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

/** `accept`. */
export const accept = defineAction({
  name: "accept",
  summary: "Lets the traffic pass; no further rule of the set is looked at",
  source: "HAProxy configuration manual, section 4.2, tcp-request connection",
  ruleSets: ["tcp-request connection", "tcp-request session", "tcp-request content"],
  isFinal: true,
  args: [],
  compile: () => () => Verdict.STOP,
});

/** `reject`. */
export const reject = defineAction({
  name: "reject",
  summary: "Closes the connection without an answer",
  source: "HAProxy configuration manual, section 4.2, tcp-request connection",
  ruleSets: [
    "tcp-request connection",
    "tcp-request session",
    "tcp-request content",
    "http-request",
  ],
  isFinal: true,
  args: [],
  compile: () => (control) => {
    control.reject();
    return Verdict.DONE;
  },
});
