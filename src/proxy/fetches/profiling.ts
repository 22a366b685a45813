import type { Stream } from "../stream.ts";
import { defineStreamNumber } from "../stream-number.ts";

function defineMeasure(name: string, summary: string, measureOf: (stream: Stream) => number) {
  const whole = `Gives ${summary}, while work is measured (profiling.tasks)`;
  return defineStreamNumber(name, whole, (stream) => Math.trunc(measureOf(stream)));
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
