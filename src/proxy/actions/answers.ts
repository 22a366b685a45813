import { rest } from "../../config/arg.ts";
import type { Word } from "../../config/word.ts";
import { defineAction, type RuleSetName, Verdict } from "../../policy/action.ts";
import type { CompileContext } from "../../policy/declare.ts";
import type { RuleAnswer } from "../../policy/stream-control.ts";
import { type AnswerDefaults, compileAnswer } from "../compile-answer.ts";
import { MESSAGE_SIZE_MAX } from "../custom-answers.ts";
import { ERROR_GROUPS } from "../error-groups.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const BOTH: readonly RuleSetName[] = ["http-request", "http-response"];

function answerOf(
  words: readonly Word[],
  action: string,
  defaults: AnswerDefaults,
  context: CompileContext,
): RuleAnswer | undefined {
  const { compiler, place, sectionName, diagnostics, at } = context;
  return compileAnswer(words, defaults, {
    formats: compiler.formats,
    place,
    sectionName,
    diagnostics,
    groups: compiler.parts.get(ERROR_GROUPS).groups,
    label: `${place.name} ${action}`,
    at,
    sizeMax: MESSAGE_SIZE_MAX,
  });
}

/** Is it the response that rules at this place look at? */
function isOfResponse({ place }: CompileContext): boolean {
  return place.name === "http-response";
}

/** `deny`: 403 for a request, 502 for a response, unless it says what to answer. */
export const deny = defineAction({
  name: "deny",
  summary: "Refuses the message; the client gets an error, or the answer that the rule describes",
  source: `${SOURCE}, http-request deny`,
  ruleSets: BOTH,
  isFinal: true,
  args: [rest("{ status | deny_status } <code>")],
  compile([words], context) {
    const status = isOfResponse(context) ? 502 : 403;
    const answer = answerOf(words, "deny", { status, isProxys: true }, context);
    if (answer === undefined) return undefined;
    return (control) => {
      control.deny(answer);
      return Verdict.DONE;
    };
  },
});

/** `return`: the answer does not count as an error. */
export const returnAnswer = defineAction({
  name: "return",
  summary: "Answers in the place of a server with a status, header fields and a body",
  source: `${SOURCE}, http-request return`,
  ruleSets: BOTH,
  isFinal: true,
  args: [rest("status <code> ...")],
  compile([words], context) {
    const answer = answerOf(words, "return", { status: 200, isProxys: false }, context);
    if (answer === undefined) return undefined;
    return (control) => {
      control.answer(answer);
      return Verdict.DONE;
    };
  },
});

/** `tarpit`: 500 unless it says what to answer. */
export const tarpit = defineAction({
  name: "tarpit",
  summary: "Refuses the request after 'timeout tarpit', so that whoever sent it loses time",
  source: `${SOURCE}, http-request tarpit`,
  ruleSets: ["http-request"],
  isFinal: true,
  args: [rest("{ status | deny_status } <code>")],
  compile([words], context) {
    const answer = answerOf(words, "tarpit", { status: 500, isProxys: true }, context);
    if (answer === undefined) return undefined;
    return (control) => {
      control.tarpit(answer);
      return Verdict.DONE;
    };
  },
});
