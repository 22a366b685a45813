import { CheckStatus } from "../../balance/check-status.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe } from "../probe.ts";
import { protocolPlan } from "../protocol-plan.ts";
import { readAgentHello, spopHello } from "../spop-hello.ts";
import { expectAnswer, finding, Judgement, sendBytes } from "../steps.ts";

const NAME = "option spop-check";

/** The size in front of a frame. */
const PREFIX_SIZE = 4;

const ANSWER = expectAnswer({
  sizeMin: PREFIX_SIZE,
  judge(input) {
    const { bytes } = input;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const size = bytes.length < PREFIX_SIZE ? 0 : view.getUint32(0);
    const end = PREFIX_SIZE + size;
    if (bytes.length < end && !input.isLast) return Judgement.WAIT;
    const isWhole = size > 0 && bytes.length >= end;
    const problem = isWhole
      ? readAgentHello(bytes.subarray(PREFIX_SIZE, end))
      : "invalid frame received";
    return problem === "" ? Judgement.PASS : finding(CheckStatus.L7_RESPONSE, problem);
  },
  passed: () => finding(CheckStatus.L7_OK, "SPOA server is ok"),
});

/** The check of sections with `option spop-check`. */
export const spop = defineProbe({
  name: NAME,
  summary: "Says hello as SPOP has it, which an agent answers with its own",
  source: "HAProxy configuration manual, section 4.2, option spop-check",
  compile(draft, context) {
    if (!isKind(draft, NAME)) return undefined;
    return protocolPlan(context, [sendBytes(spopHello()), ANSWER]);
  },
});
