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
  ruleSets: [
    "tcp-request connection",
    "tcp-request session",
    "tcp-request content",
    "tcp-response content",
  ],
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
    "tcp-response content",
    "http-request",
  ],
  isFinal: true,
  args: [],
  compile: () => (control) => {
    control.reject();
    return Verdict.DONE;
  },
});

/** `close`. */
export const close = defineAction({
  name: "close",
  summary: "Ends the connection to the server at once; what it has sent goes on to the client",
  source: "HAProxy configuration manual, section 4.2, tcp-response content close",
  ruleSets: ["tcp-response content"],
  isFinal: true,
  args: [],
  compile: () => (control) => {
    control.closeServer();
    return Verdict.STOP;
  },
});
