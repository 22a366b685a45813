import { defineAction, Verdict } from "../../policy/action.ts";

/** `silent-drop`. */
export const silentDrop = defineAction({
  name: "silent-drop",
  summary: "Forgets the client's connection without a word, so that it believes to have it still",
  source: "HAProxy configuration manual, section 4.2, http-request silent-drop",
  ruleSets: [
    "tcp-request connection",
    "tcp-request session",
    "tcp-request content",
    "tcp-response content",
    "http-request",
    "http-response",
  ],
  isFinal: true,
  args: [],
  compile: () => (control) => {
    control.drop();
    return Verdict.DONE;
  },
});
