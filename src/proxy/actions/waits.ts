import { type Arg, duration, optional, REFUSED, size } from "../../config/arg.ts";
import { defineAction, Verdict } from "../../policy/action.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const WAIT_LABEL = "time <time> [ at-least <bytes> ]";

/** A word that stands in front of a value. */
function behind<T>(keyword: string, arg: Arg<T>): Arg<T> {
  return {
    name: arg.name,
    syntax: `${keyword} ${arg.syntax}`,
    read(words, diagnostics) {
      const word = words.next();
      if (word?.text !== keyword) {
        diagnostics.error(word ?? words.at, `${words.subject} expects ${WAIT_LABEL}.`);
        return REFUSED;
      }
      if (words.peek() !== undefined) return arg.read(words, diagnostics);
      diagnostics.error(word, `${words.subject} : missing argument for '${keyword}'.`);
      return REFUSED;
    },
  };
}

/** `wait-for-body`. What its time is over for ends with 408, or with 504 for a response. */
export const waitForBody = defineAction({
  name: "wait-for-body",
  summary: "Waits for the body of the message, or its first bytes, before the next rule",
  source: `${SOURCE}, http-request wait-for-body`,
  ruleSets: ["http-request", "http-response"],
  isFinal: false,
  waits: true,
  args: [behind("time", duration("time")), optional(behind("at-least", size("bytes")))],
  compile:
    ([waitMs, sizeMin = 0]) =>
    (control) =>
      control.awaitBody(waitMs, sizeMin),
});

/** `wait-for-handshake`: requests that come before their TLS handshake ends do not get here. */
export const waitForHandshake = defineAction({
  name: "wait-for-handshake",
  summary: "Waits for the end of the TLS handshake before the next rule; others have none to await",
  source: `${SOURCE}, http-request wait-for-handshake`,
  ruleSets: ["http-request"],
  isFinal: false,
  args: [],
  compile: () => () => Verdict.NEXT,
});
