import { CheckStatus } from "../../balance/check-status.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe } from "../probe.ts";
import { firstLine, protocolPlan } from "../protocol-plan.ts";
import { expectAnswer, finding, Judgement, sendBytes } from "../steps.ts";

const NAME = "option redis-check";
const PING = Buffer.from("*1\r\n$4\r\nPING\r\n");
const PONG = "+PONG\r\n";

const ANSWER = expectAnswer({
  sizeMin: PONG.length,
  nothingStatus: CheckStatus.L7_STATUS,
  judge(input) {
    if (input.text.includes(PONG)) return Judgement.PASS;
    if (!input.isLast) return Judgement.WAIT;
    return finding(CheckStatus.L7_STATUS, firstLine(input.text));
  },
  passed: () => finding(CheckStatus.L7_OK, "Redis server is ok"),
});

/** The check of sections with `option redis-check`. */
export const redis = defineProbe({
  name: NAME,
  summary: "Sends a PING, which a Redis server answers with +PONG",
  source: "HAProxy configuration manual, section 4.2, option redis-check",
  compile(draft, context) {
    return isKind(draft, NAME) ? protocolPlan(context, [sendBytes(PING), ANSWER]) : undefined;
  },
});
