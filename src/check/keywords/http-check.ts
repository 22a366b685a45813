import { rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { defineCheckRule, parseComment, RULE_SECTIONS, type RuleFamily } from "../define-rule.ts";
import { HTTP_CHECK, type HttpCheckDraft } from "../http-check-part.ts";
import { isKind } from "../kind-part.ts";
import { parseConnect, refuseLateConnect } from "../parse-connect.ts";
import { parseExpect } from "../parse-expect.ts";
import { HTTP_MATCHERS, parseHttpMatcher } from "../parse-http-matcher.ts";
import { parseHttpSend } from "../parse-http-send.ts";
import type { RuleReader } from "../rule-reader.ts";
import { HTTP_RULES, type HttpRule } from "../rules-part.ts";
import { StepKind } from "../steps.ts";

const SOURCE = "HAProxy configuration manual, section 4.2, http-check";

const FAMILY: RuleFamily<HttpRule> = {
  name: "http-check",
  option: "option httpchk",
  part: HTTP_RULES,
};

/** `http-check connect`. */
export const httpCheckConnect = defineCheckRule(
  FAMILY,
  "connect",
  "Opens a connection; a check may open several, one after the other",
  (reader, before) => {
    refuseLateConnect(reader, before);
    return reader.hasFailed ? undefined : parseConnect(reader, "http-check");
  },
);

/** `http-check send`. */
export const httpCheckSend = defineCheckRule(
  FAMILY,
  "send",
  "Sends a request",
  (reader, before) => {
    refuseUnlessAfter(reader, before, "send");
    return reader.hasFailed ? undefined : parseHttpSend(reader);
  },
);

/** `http-check expect`. */
export const httpCheckExpect = defineCheckRule(
  FAMILY,
  "expect",
  "Waits for the answer, and fails unless it is as expected",
  (reader, before) => {
    refuseUnlessAfter(reader, before, "expect");
    if (reader.hasFailed) return undefined;
    const parsed = parseExpect(reader, parseHttpMatcher, HTTP_MATCHERS);
    return parsed && { kind: StepKind.EXPECT, ...parsed, comment: parsed.options.comment };
  },
);

/** A request needs a connection of its own, and an answer a request; the first ones are implied. */
function refuseUnlessAfter(
  reader: RuleReader,
  before: readonly HttpRule[],
  what: "send" | "expect",
): void {
  const last = before.findLast(({ kind }) => kind !== StepKind.COMMENT);
  if (last === undefined) return;
  const isMissing =
    what === "send" ? last.kind !== StepKind.CONNECT : last.kind === StepKind.CONNECT;
  if (!isMissing) return;
  const missing = what === "send" ? "connect" : "send";
  reader.refuse(
    undefined,
    `unable to add http-check ${what} rule at step ${before.length + 1} (missing ${missing} rule).`,
    `add "http-check ${missing}" in front of it`,
  );
}

/** `http-check comment`. */
export const httpCheckComment = defineCheckRule(
  FAMILY,
  "comment",
  "Says what the next rule is for; told when it fails",
  parseComment,
);

function defineSwitch(
  verb: "send-state" | "disable-on-404",
  field: "sendsState" | "disablesOn404",
  summary: string,
) {
  return defineKeyword({
    name: `http-check ${verb}`,
    sections: RULE_SECTIONS,
    summary,
    source: SOURCE,
    args: [],
    apply(draft) {
      draft.part(HTTP_CHECK)[field] = true;
    },
    check(draft, diagnostics) {
      const part: HttpCheckDraft = draft.part(HTTP_CHECK);
      if (!part[field] || draft.kind === "defaults" || isKind(draft, "option httpchk")) return;
      diagnostics.warn(
        draft.used.get(`http-check ${verb}`),
        `'${verb}' will be ignored for ${draft.kind} '${draft.name.text}' (requires 'option httpchk').`,
      );
    },
  });
}

/** `http-check send-state`. */
export const httpCheckSendState = defineSwitch(
  "send-state",
  "sendsState",
  "Tells servers in a header of each check how they are seen",
);

/** `http-check disable-on-404`. */
export const httpCheckDisableOn404 = defineSwitch(
  "disable-on-404",
  "disablesOn404",
  "Takes a server that answers checks with 404 out of balancing, but keeps its regulars",
);

const VERBS = "'disable-on-404', 'send-state', 'comment', 'connect', 'send' and 'expect'";

/** Any other `http-check`. */
export const httpCheck = defineKeyword({
  name: "http-check",
  sections: RULE_SECTIONS,
  summary: "Adds a step to the check of option httpchk",
  source: SOURCE,
  args: [rest("rule")],
  apply(_draft, [words], at, diagnostics) {
    const verb: Word | undefined = words[0];
    const isVariable = /^(?:set-var|set-var-fmt|unset-var)\(/.test(verb?.text ?? "");
    diagnostics.error(
      verb ?? at,
      isVariable
        ? `'http-check ${verb?.text}' exists in the reference but variables are not built yet.`
        : `'http-check' only supports ${VERBS}, but got '${verb?.text ?? ""}'`,
    );
  },
});
