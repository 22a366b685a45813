import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import type { Pattern } from "../sys/pcre2.ts";
import type { CheckFormat } from "./check-format.ts";
import { type ExpectOptions, expectFailed, expectPassed } from "./expect-options.ts";
import { type HttpReply, ReplyState } from "./http-reply.ts";
import type { Finding } from "./probe.ts";
import { type ExpectStep, expectAnswer, finding, Judgement, type StepKind } from "./steps.ts";

/** What an `http-check expect` rule looks for in an answer. */
export interface HttpMatcher {
  /** Whether it looks at the content, and has to wait for it. */
  readonly readsBody: boolean;
  matches(reply: HttpReply, server: Server): boolean;
}

/** A rule of `http-check expect`. */
export interface HttpExpectRule {
  readonly kind: typeof StepKind.EXPECT;
  readonly matcher: HttpMatcher;
  readonly options: ExpectOptions;
  readonly comment: string;
}

/** From and to which status codes, both included. */
export type StatusRange = readonly [number, number];

/** Looks whether the status is in one of the ranges. */
export function statusMatcher(ranges: readonly StatusRange[]): HttpMatcher {
  return {
    readsBody: false,
    matches: ({ status }) => ranges.some(([from, to]) => status >= from && status <= to),
  };
}

/** What an answer is expected to be when no rule says: 200 to 399. */
export const GOOD_STATUS = statusMatcher([[200, 399]]);

/** Looks for a regular expression in the status. */
export function statusRegexMatcher(pattern: Pattern): HttpMatcher {
  return {
    readsBody: false,
    matches: ({ status }) => pattern.test(Buffer.from(String(status))),
  };
}

/** Looks for a text in the content. */
export function bodyMatcher(format: CheckFormat): HttpMatcher {
  return {
    readsBody: true,
    matches({ body }, server) {
      const wanted = Buffer.from(format.print(server), "latin1");
      return Buffer.from(body.buffer, body.byteOffset, body.length).includes(wanted);
    },
  };
}

/** Looks for a regular expression in the content. */
export function bodyRegexMatcher(pattern: Pattern): HttpMatcher {
  return { readsBody: true, matches: ({ body }) => pattern.test(body) };
}

/** How a field's name or value is compared. */
export interface TextMatcher {
  is(text: string, server: Server): boolean;
}

/** Looks for a field with such a name and, where given, such a value. */
export function fieldMatcher(
  name: TextMatcher,
  value: TextMatcher | undefined,
  isWholeValue: boolean,
): HttpMatcher {
  return {
    readsBody: false,
    matches: (reply, server) =>
      reply.someField((fieldName, fieldValue) => {
        if (!name.is(fieldName, server)) return false;
        if (value === undefined) return true;
        if (isWholeValue) return value.is(fieldValue, server);
        return listItems(fieldValue).some((item) => value.is(item, server));
      }),
  };
}

/** Cuts a value at its commas, but for those in quoted strings. */
function listItems(value: string): string[] {
  const items = value.match(/(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return items.map((item) => item.trim());
}

/** What the expectations of one section share. */
export interface HttpExpectContext {
  readonly reply: HttpReply;
  /** `http-check disable-on-404`. */
  readonly disablesOn404: boolean;
}

/** Makes the step of a rule that judges the answer to a request. */
export function httpExpect(
  rule: HttpExpectRule,
  isHeadRequest: boolean,
  { reply, disablesOn404 }: HttpExpectContext,
): ExpectStep {
  const { options } = rule;
  const isDisabling = () => disablesOn404 && reply.status === 404;
  return expectAnswer({
    judgesNothing: true,
    timeoutStatus: options.timeoutStatus,
    comment: options.comment,
    judge(input, { server }) {
      reply.read(input, isHeadRequest);
      if (reply.state === ReplyState.PARTIAL) return Judgement.WAIT;
      if (reply.state === ReplyState.INVALID) return invalid(options, server);
      return isDisabling() ? Judgement.PASS : judgeReply(rule, reply, server);
    },
    passed(input, { server }) {
      reply.read(input, isHeadRequest);
      if (isDisabling()) return finding(CheckStatus.L7_OK_CONDITIONAL, "", 404);
      return expectPassed(options, server, "", reply.status);
    },
  });
}

/** Judges an answer whose head is there. */
function judgeReply(
  { matcher, options }: HttpExpectRule,
  reply: HttpReply,
  server: Server,
): Judgement {
  const matches = matcher.matches(reply, server);
  if (matcher.readsBody) {
    const canGrow = reply.state !== ReplyState.WHOLE;
    if (canGrow && reply.body.length < options.sizeMin) return Judgement.WAIT;
    if (canGrow && !matches && options.sizeMin < 0) return Judgement.WAIT;
    if (!canGrow && reply.body.length === 0) {
      const text = "HTTP content check could not find a response body";
      return expectFailed(options, server, finding(CheckStatus.L7_RESPONSE, text, reply.status));
    }
  }
  if (matches !== options.isInverse) return Judgement.PASS;
  return expectFailed(options, server, failure(matcher, reply, matches));
}

/** Whatever the rule says of its status, an answer that is none is no valid response. */
function invalid(options: ExpectOptions, server: Server): Finding {
  return finding(CheckStatus.L7_RESPONSE, options.onError?.print(server) ?? "");
}

function failure(matcher: HttpMatcher, reply: HttpReply, matches: boolean): Finding {
  const { status, reason } = reply;
  if (!matcher.readsBody) return finding(CheckStatus.L7_STATUS, reason, status);
  const text = matches ? "HTTP check matched unwanted content" : "HTTP content check did not match";
  return finding(CheckStatus.L7_RESPONSE, text, status);
}
