import { CheckStatus } from "../../balance/check-status.ts";
import { defineProbe, type ProbePlan } from "../probe.ts";
import { ScriptPlan } from "../script-plan.ts";
import { finding, plainConnect } from "../steps.ts";

/** What connects and says no more; also what checks fall back to. */
export const TCP_PLAN: ProbePlan = new ScriptPlan([plainConnect()], {
  answerSizeMax: 0,
  connected: finding(CheckStatus.L4_OK),
  sent: finding(CheckStatus.L4_OK),
});

/** The check of a server that has `check` and a section that says no more. */
export const tcp = defineProbe({
  name: "tcp",
  summary: "Passes when a connection can be established",
  source: "HAProxy configuration manual, section 5.2, check",
  compile: () => undefined,
});
