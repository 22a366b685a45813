import { CheckStatus } from "../../balance/check-status.ts";
import { type Conversation, defineProbe, type Finding, type ProbePlan } from "../probe.ts";

const PASSED: Finding = { status: CheckStatus.L4_OK, code: 0, text: "" };

/** That the connection is there says it all. */
const CONVERSATION: Conversation = {
  layer: "L6",
  connected: () => PASSED,
  received: () => PASSED,
  ended: () => PASSED,
};

/** What connects and says no more; also what checks fall back to. */
export const TCP_PLAN: ProbePlan = { start: () => CONVERSATION };

/** The check of a server that has `check` and a section that says no more. */
export const tcp = defineProbe({
  name: "tcp",
  summary: "Passes when a connection can be established",
  source: "HAProxy configuration manual, section 5.2, check",
  compile: () => undefined,
});
