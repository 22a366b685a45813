import { type Arg, oneOf, REFUSED, word } from "../../config/arg.ts";
import { hasBackend } from "../../config/draft.ts";
import { parseDuration } from "../../config/duration.ts";
import type { Word } from "../../config/word.ts";
import { defineAction, Verdict } from "../../policy/action.ts";
import type { CompileContext } from "../../policy/declare.ts";
import { compileIntegerOf } from "../../policy/integer-expression.ts";
import type { StreamView } from "../../policy/stream-view.ts";
import type { PolicyView } from "../policy-view.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const TIMEOUT_MAX_MS = 2_147_483_647;

type Milliseconds = (view: StreamView) => number | null;

/** A duration, or an expression that gives milliseconds. */
const timeoutOrExpression: Arg<Word> = {
  ...word("timeout"),
  syntax: "{ <timeout> | <expr> }",
  read(words, diagnostics) {
    const next = words.next();
    if (next !== undefined && next.text !== "") return next;
    diagnostics.error(
      next ?? words.at,
      `${words.subject} expects exactly 2 arguments.`,
      "write a duration such as 5s, or an expression that gives milliseconds",
    );
    return REFUSED;
  },
};

function compileTimeout(at: Word, context: CompileContext): Milliseconds | undefined {
  if (!/^[0-9]/.test(at.text)) return compileIntegerOf(at, context);
  const { diagnostics } = context;
  const ms = parseDuration(at.text, "ms");
  if (typeof ms === "string") {
    diagnostics.error(at, `${ms} in <timeout>.`, "write a number and one of: us, ms, s, m, h, d");
    return undefined;
  }
  if (ms === 0) {
    diagnostics.error(
      at,
      "null value is not valid for a timeout.",
      "write how long to wait, as in 5s",
    );
    return undefined;
  }
  if (ms > TIMEOUT_MAX_MS) {
    const most = `maximum value is ${TIMEOUT_MAX_MS} ms or ~24.8 days`;
    diagnostics.error(at, `timer overflow in argument '${at.text}' (${most}).`);
    return undefined;
  }
  return () => ms;
}

/** `set-timeout`. */
export const setTimeout = defineAction({
  name: "set-timeout",
  summary: "Sets the timeout of the server's side, or of a tunnel, for this stream alone",
  source: `${SOURCE}, http-request set-timeout`,
  ruleSets: ["http-request"],
  isFinal: false,
  args: [oneOf("timeout", ["server", "tunnel"]), timeoutOrExpression],
  compile([which, at], context) {
    if (context.sectionKind !== undefined && !hasBackend(context.sectionKind)) {
      context.diagnostics.error(
        context.at,
        `proxy '${context.sectionName}' has no backend capability: 'set-timeout ${which}' cannot act.`,
        "move the rule to the backend, or make the section a 'listen'",
      );
      return undefined;
    }
    const timeout = compileTimeout(at, context);
    if (timeout === undefined) return undefined;
    const isTunnel = which === "tunnel";
    return (control) => {
      const ms = timeout(control);
      // Below zero there is no time to wait for.
      if (ms === null || ms < 0) return Verdict.NEXT;
      const { streamPolicy } = control as PolicyView;
      if (isTunnel) streamPolicy.tunnelMs = Math.min(ms, TIMEOUT_MAX_MS);
      else streamPolicy.serverMs = Math.min(ms, TIMEOUT_MAX_MS);
      return Verdict.NEXT;
    };
  },
});

/** `disable-l7-retry`. */
export const disableL7Retry = defineAction({
  name: "disable-l7-retry",
  summary: "Sends the request to a server once: only connecting is tried again (`retry-on`)",
  source: `${SOURCE}, http-request disable-l7-retry`,
  ruleSets: ["http-request"],
  isFinal: false,
  args: [],
  compile: () => (control) => {
    (control as PolicyView).streamPolicy.allowsRetry = false;
    return Verdict.NEXT;
  },
});
