import { int } from "../../config/arg.ts";
import { defineConverter } from "../../policy/declare.ts";
import { SampleType } from "../../policy/sample.ts";
import type { PolicyView } from "../policy-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";

/** `capture-req`. */
export const captureReq = defineConverter({
  name: "capture-req",
  summary: "Keeps the text in a slot of the request as well, and passes it on",
  source: SOURCE,
  input: SampleType.STRING,
  output: SampleType.STRING,
  args: [int("id")],
  examples: [],
  compile:
    ([slot]) =>
    (sample, view) => {
      const { streamOrNull: stream, context } = view as PolicyView;
      if (stream === null) return false;
      return context.frontend.captures?.keepRequest(slot, sample, stream) === true;
    },
});

/** `capture-res`. */
export const captureRes = defineConverter({
  name: "capture-res",
  summary: "Keeps the text in a slot of the response as well, and passes it on",
  source: SOURCE,
  input: SampleType.STRING,
  output: SampleType.STRING,
  args: [int("id")],
  examples: [],
  compile:
    ([slot]) =>
    (sample, view) => {
      const { streamOrNull: stream, context } = view as PolicyView;
      if (stream === null) return false;
      return context.frontend.captures?.keepResponse(slot, sample, stream) === true;
    },
});
