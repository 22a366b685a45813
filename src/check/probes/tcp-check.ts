import { CheckStatus } from "../../balance/check-status.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe } from "../probe.ts";
import { TCP_RULES } from "../rules-part.ts";
import { ScriptPlan } from "../script-plan.ts";
import { finding, plainConnect, type Step, StepKind } from "../steps.ts";

const NAME = "option tcp-check";

/** The check of sections with `option tcp-check`. */
export const tcpCheck = defineProbe({
  name: NAME,
  summary: "Follows the section's tcp-check rules; without rules, a connection passes",
  source: "HAProxy configuration manual, section 4.2, option tcp-check",
  compile(draft, { answerSizeMax }) {
    if (!isKind(draft, NAME)) return undefined;
    const rules: Step[] = draft.part(TCP_RULES).rules.map(({ rule }) => rule);
    const connects = rules.some(({ kind }) => kind === StepKind.CONNECT);
    const acts = rules.some(({ kind }) => kind !== StepKind.COMMENT);
    return new ScriptPlan(connects ? rules : [plainConnect(), ...rules], {
      answerSizeMax,
      impliedCount: connects ? 0 : 1,
      namesSteps: true,
      connected: finding(CheckStatus.L4_OK, acts ? "(tcp-check)" : ""),
      sent: finding(CheckStatus.L7_OK, "(tcp-check)"),
    });
  },
});
