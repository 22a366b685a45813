import { word } from "../../config/arg.ts";
import type { Word } from "../../config/word.ts";
import { type Act, defineAction, Verdict } from "../../policy/action.ts";
import type { CompileContext } from "../../policy/declare.ts";
import { compileIntegerOf } from "../../policy/integer-expression.ts";
import type { PolicyView } from "../policy-view.ts";
import type { StreamPolicy } from "../stream-policy.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
/** Both counting from as far below zero. */
const CLASS_MAX = 2047;
const OFFSET_MAX_MS = 524_287;

function sets(
  expression: Word,
  context: CompileContext,
  most: number,
  set: (policy: StreamPolicy, value: number) => void,
): Act | undefined {
  const integer = compileIntegerOf(expression, context);
  if (integer === undefined) return undefined;
  return (control) => {
    const value = integer(control);
    if (value !== null) {
      set((control as PolicyView).streamPolicy, Math.max(-most, Math.min(most, value)));
    }
    return Verdict.NEXT;
  };
}

/** `set-priority-class`: what lies beyond -2047 and 2047 counts as these. */
export const setPriorityClass = defineAction({
  name: "set-priority-class",
  summary: "Sets the class of a request in queues; lower ones are served first",
  source: `${SOURCE}, http-request set-priority-class`,
  ruleSets: ["tcp-request content", "http-request"],
  isFinal: false,
  args: [word("expr")],
  compile: ([expression], context) =>
    sets(expression, context, CLASS_MAX, (policy, value) => {
      policy.priorityClass = value;
    }),
});

/** `set-priority-offset`: what lies beyond -524287 and 524287 counts as these. */
export const setPriorityOffset = defineAction({
  name: "set-priority-offset",
  summary: "Makes a request count in queues as if it had come so many milliseconds later",
  source: `${SOURCE}, http-request set-priority-offset`,
  ruleSets: ["tcp-request content", "http-request"],
  isFinal: false,
  args: [word("expr")],
  compile: ([expression], context) =>
    sets(expression, context, OFFSET_MAX_MS, (policy, value) => {
      policy.priorityOffset = value;
    }),
});
