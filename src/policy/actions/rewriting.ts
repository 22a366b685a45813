import { type Arg, argument, oneOf, REFUSED } from "../../config/arg.ts";
import { reasonOf } from "../../http/statuses.ts";
import { defineAction, Verdict } from "../action.ts";
import { octetsOf } from "../args.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const STATUS_MIN = 100;
const STATUS_MAX = 999;
/** Responses below are not the last of their request. */
const FINAL_STATUS_MIN = 200;

const status = argument("status", (text, refuse) => {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value >= STATUS_MIN && value <= STATUS_MAX) return value;
  return refuse(
    `expects an integer status code between ${STATUS_MIN} and ${STATUS_MAX}, but got '${text}'.`,
  );
});

/** The words `reason TEXT`, which may be left out. */
const reason: Arg<string | undefined> = {
  name: "reason",
  syntax: "[reason <str>]",
  read(words, diagnostics) {
    const next = words.peek();
    if (next === undefined) return undefined;
    words.next();
    const value = next.text === "reason" ? words.next() : undefined;
    if (value !== undefined) return value.text.replace(/[^\t\x20-\x7e\x80-\xff]/g, " ");
    diagnostics.error(
      next,
      next.text === "reason"
        ? `${words.subject} expects a text behind 'reason'.`
        : `${words.subject} expects 'reason', 'if' or 'unless', but got '${next.text}'.`,
    );
    return REFUSED;
  },
};

/** `set-status`. */
export const setStatus = defineAction({
  name: "set-status",
  summary: "Replaces the status of the response, and its reason",
  source: `${SOURCE}, http-response set-status`,
  ruleSets: ["http-response", "http-after-response"],
  isFinal: false,
  args: [status, reason],
  compile([code, text]) {
    const phrase = octetsOf(text ?? reasonOf(code));
    return (control) => {
      const isSet =
        code >= FINAL_STATUS_MIN && control.response!.setStatus(code, phrase, 0, phrase.length);
      return isSet ? Verdict.NEXT : control.failRewrite();
    };
  },
});

/** `strict-mode`. */
export const strictMode = defineAction({
  name: "strict-mode",
  summary: "Says whether the following rewrites of the rule set must be made or may fail",
  source: `${SOURCE}, http-request strict-mode`,
  ruleSets: ["http-request", "http-response", "http-after-response"],
  isFinal: false,
  args: [oneOf("mode", ["on", "off"])],
  compile([mode]) {
    const isStrict = mode === "on";
    return (control) => {
      control.setStrict(isStrict);
      return Verdict.NEXT;
    };
  },
});
