import { CheckStatus } from "../../balance/check-status.ts";
import type { SectionDraft } from "../../config/draft.ts";
import { PLAIN_EXPECT } from "../expect-options.ts";
import { HTTP_CHECK } from "../http-check-part.ts";
import {
  GOOD_STATUS,
  type HttpExpectContext,
  type HttpExpectRule,
  httpExpect,
} from "../http-expect.ts";
import { HttpReply } from "../http-reply.ts";
import { type HttpRequestRule, httpRequest } from "../http-request.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe, type ProbeContext } from "../probe.ts";
import { HTTP_RULES, type HttpRule } from "../rules-part.ts";
import { ScriptPlan } from "../script-plan.ts";
import { finding, plainConnect, type Step, StepKind } from "../steps.ts";

const NAME = "option httpchk";

const GOOD_ANSWER: HttpExpectRule = {
  kind: StepKind.EXPECT,
  matcher: GOOD_STATUS,
  options: PLAIN_EXPECT,
  comment: "",
};

/**
 * The rules with what they imply: a connection in front, the request of the option, and that the last
 * answer is a good one.
 */
function completed(rules: readonly HttpRule[], option: HttpRequestRule): HttpRule[] {
  const all = [...rules];
  if (!all.some(({ kind }) => kind === StepKind.CONNECT)) all.unshift(plainConnect());
  const firstSend = all.findIndex(({ kind }) => kind === StepKind.SEND);
  if (firstSend !== -1) {
    all[firstSend] = merged(all[firstSend] as HttpRequestRule, option);
  } else {
    const lastConnect = all.findLastIndex(({ kind }) => kind === StepKind.CONNECT);
    all.splice(lastConnect + 1, 0, option);
  }
  const lastSend = all.findLastIndex(({ kind }) => kind === StepKind.SEND);
  if (!all.slice(lastSend).some(({ kind }) => kind === StepKind.EXPECT)) all.push(GOOD_ANSWER);
  return all;
}

/** The first request says for itself what it says, and the rest as the option has it. */
function merged(rule: HttpRequestRule, option: HttpRequestRule): HttpRequestRule {
  return {
    ...rule,
    method: rule.method ?? option.method,
    target: rule.target ?? option.target,
    version: rule.version ?? option.version,
    fields: rule.fields.length > 0 ? rule.fields : option.fields,
    body: rule.body ?? option.body,
  };
}

function stepsOf(draft: SectionDraft, context: ProbeContext): Step[] {
  const { request, sendsState, disablesOn404 } = draft.part(HTTP_CHECK);
  const rules = draft.part(HTTP_RULES).rules.map(({ rule }) => rule);
  const expectations: HttpExpectContext = {
    reply: new HttpReply(context.answerSizeMax),
    disablesOn404,
  };
  let isHeadRequest = false;
  return completed(rules, request).map((rule): Step => {
    if (rule.kind === StepKind.SEND) {
      isHeadRequest = rule.method === "HEAD";
      const { node, fieldCase } = context;
      return httpRequest(rule, { sendsState, node, fieldCase });
    }
    if (rule.kind === StepKind.EXPECT) return httpExpect(rule, isHeadRequest, expectations);
    return rule;
  });
}

/** The check of sections with `option httpchk`. */
export const httpchk = defineProbe({
  name: NAME,
  summary: "Sends HTTP requests; without rules, a status of 200 to 399 passes",
  source: "HAProxy configuration manual, section 4.2, option httpchk",
  compile(draft, context) {
    if (!isKind(draft, NAME)) return undefined;
    return new ScriptPlan(stepsOf(draft, context), {
      answerSizeMax: context.answerSizeMax,
      connected: finding(CheckStatus.L4_OK),
      sent: finding(CheckStatus.L7_OK),
    });
  },
});
