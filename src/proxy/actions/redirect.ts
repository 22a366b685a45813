import { rest } from "../../config/arg.ts";
import { type Act, defineAction, Verdict } from "../../policy/action.ts";
import { compileRedirect } from "../compile-redirect.ts";
import type { Redirect } from "../redirect.ts";

/** `redirect`. */
export const redirect = defineAction({
  name: "redirect",
  summary:
    "Sends the client elsewhere: to a location, or to the same path under a prefix or scheme",
  source: "HAProxy configuration manual, section 4.2, http-request redirect",
  ruleSets: ["http-request", "http-response"],
  isFinal: true,
  isFinalWith: ([words]) => !words.some(({ text }) => text === "ignore-empty"),
  args: [rest("{ location | prefix | scheme } <fmt> ...")],
  compile([words], context) {
    const made = compileRedirect(words, `${context.place.name} redirect`, true, context);
    return made === undefined ? undefined : actOf(made);
  },
});

/** Makes an action of a redirect. */
export function actOf(redirect: Redirect): Act {
  return (control) => {
    const answer = redirect.answerTo(control);
    if (answer === null) return Verdict.NEXT;
    control.answer(answer);
    return Verdict.DONE;
  };
}
