import { defineFetch } from "../../policy/declare.ts";
import { Reads } from "../../policy/reads.ts";
import { SampleType } from "../../policy/sample.ts";
import type { PolicyView } from "../policy-view.ts";
import type { Stream } from "../stream.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.2";

function defineMeasure(name: string, summary: string, measureOf: (stream: Stream) => number) {
  return defineFetch({
    name,
    summary: `Gives ${summary}, while work is measured (profiling.tasks)`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: Reads.EXCHANGE,
    args: [],
    compile: () => (sample, view) => {
      sample.setInteger(Math.trunc(measureOf((view as PolicyView).stream)));
      return true;
    },
  });
}

export const cpuCalls = defineMeasure(
  "cpu_calls",
  "how often events of the stream were handled, 1 at least",
  (stream) => stream.calls,
);
export const cpuNsTot = defineMeasure(
  "cpu_ns_tot",
  "how long handling the stream has taken before this call, in nanoseconds",
  (stream) => stream.durationNs,
);
export const cpuNsAvg = defineMeasure(
  "cpu_ns_avg",
  "how long handling the stream has taken per call, in nanoseconds",
  (stream) => stream.durationNs / stream.calls,
);
export const latNsTot = defineMeasure(
  "lat_ns_tot",
  "how long the stream has waited for its turns, in nanoseconds",
  (stream) => stream.latencyNs,
);
export const latNsAvg = defineMeasure(
  "lat_ns_avg",
  "how long the stream has waited per turn, in nanoseconds",
  (stream) => stream.latencyNs / stream.calls,
);
