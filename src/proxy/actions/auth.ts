import { rest } from "../../config/arg.ts";
import { defineAction, Verdict } from "../../policy/action.ts";
import { Challenge } from "../challenge.ts";
import type { PolicyView } from "../policy-view.ts";

/** `auth`: asks for a name and a password. Whether they are right is for its condition to say. */
export const auth = defineAction({
  name: "auth",
  summary: "Answers 401, or 407 as a proxy, so that the client sends a name and a password",
  source: "HAProxy configuration manual, section 4.2, http-request auth",
  ruleSets: ["http-request"],
  isFinal: true,
  args: [rest("realm <realm>")],
  compile([words], { diagnostics, at, sectionName }) {
    const [keyword, realm, extra] = words;
    if (keyword !== undefined && (keyword.text !== "realm" || extra !== undefined)) {
      const wrong = keyword.text === "realm" ? extra! : keyword;
      diagnostics.error(
        wrong,
        `'http-request auth' expects 'if' or 'unless' followed by a condition but found '${wrong.text}'.`,
        "write it as: http-request auth [ realm <realm> ] [ { if | unless } <condition> ]",
      );
      return undefined;
    }
    if (keyword !== undefined && realm === undefined) {
      diagnostics.error(keyword ?? at, "'http-request auth' : missing realm value.");
      return undefined;
    }
    if (realm !== undefined && /[\r\n]/.test(realm.text)) {
      diagnostics.error(realm, "'http-request auth' : a realm is one line of text.");
      return undefined;
    }
    const challenge = new Challenge(realm?.text ?? sectionName, false);
    const ofProxy = new Challenge(realm?.text ?? sectionName, true);
    return (control) => {
      control.answer((control as PolicyView).request?.usesProxyFields ? ofProxy : challenge);
      return Verdict.DONE;
    };
  },
});
