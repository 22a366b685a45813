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

/** `deny`, with the answer that the proxy has for 403. */
export const deny = defineAction({
  name: "deny",
  summary: "Refuses the message; the client gets an error",
  source: "HAProxy configuration manual, section 4.2, http-request deny",
  ruleSets: ["http-request", "http-response"],
  isFinal: true,
  args: [],
  compile: () => (control) => {
    control.deny({ status: control.response === null ? 403 : 502, message: null });
    return Verdict.DONE;
  },
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
