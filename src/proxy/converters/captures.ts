import { int } from "../../config/arg.ts";
import { defineConverter } from "../../policy/declare.ts";
import { SampleType } from "../../policy/sample.ts";
import type { PolicyView } from "../policy-view.ts";
import type { CaptureSide } from "../rule-captures.ts";

function defineCapture(name: string, side: CaptureSide) {
  return defineConverter({
    name,
    summary: `Keeps the text in a slot of the ${side} as well, and passes it on`,
    source: "HAProxy configuration manual, section 7.3.1",
    input: SampleType.STRING,
    output: SampleType.STRING,
    args: [int("id")],
    examples: [],
    compile:
      ([slot]) =>
      (sample, view) => {
        const { streamOrNull: stream, context } = view as PolicyView;
        if (stream === null) return false;
        return context.frontend.captures?.keep(side, slot, sample, stream) === true;
      },
  });
}

/** `capture-req`. */
export const captureReq = defineCapture("capture-req", "request");

/** `capture-res`. */
export const captureRes = defineCapture("capture-res", "response");
