import { defineFetch } from "../policy/declare.ts";
import { Reads } from "../policy/reads.ts";
import { SampleType } from "../policy/sample.ts";
import type { PolicyView } from "./policy-view.ts";
import type { Stream } from "./stream.ts";

/** Declares a fetch of a number that each stream has; a client that no stream served yet has none. */
export function defineStreamNumber(
  name: string,
  summary: string,
  numberOf: (stream: Stream) => number,
) {
  return defineFetch({
    name,
    summary,
    source: "HAProxy configuration manual, section 7.3.2",
    output: SampleType.INTEGER,
    reads: Reads.EXCHANGE,
    args: [],
    compile: () => (sample, view) => {
      const { streamOrNull: stream } = view as PolicyView;
      if (stream === null) return false;
      sample.setInteger(numberOf(stream));
      return true;
    },
  });
}
