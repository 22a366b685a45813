import { CheckStatus } from "../balance/check-status.ts";
import type { ProbeContext } from "./probe.ts";
import { ScriptPlan } from "./script-plan.ts";
import { finding, plainConnect, type Step } from "./steps.ts";

/** Makes the plan of a check that speaks one protocol: steps behind a connection. */
export function protocolPlan(
  { answerSizeMax }: ProbeContext,
  steps: readonly Step[],
  lingers = false,
): ScriptPlan {
  return new ScriptPlan([plainConnect({ lingers }), ...steps], {
    answerSizeMax,
    // A connection that is opened in the usual way is no step of its own.
    impliedCount: lingers ? 0 : 1,
    connected: finding(CheckStatus.L4_OK),
    sent: finding(CheckStatus.L7_OK),
  });
}

/** The first line of a text, without its end. */
export function firstLine(text: string): string {
  return /^[^\r\n]*/.exec(text)![0];
}
