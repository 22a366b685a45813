import { defineFetch } from "../../policy/declare.ts";
import { Reads } from "../../policy/reads.ts";
import { SampleType } from "../../policy/sample.ts";
import type { PolicyView } from "../policy-view.ts";
import type { Stream } from "../stream.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.2";

function definePriority(name: string, summary: string, priorityOf: (stream: Stream) => number) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: Reads.EXCHANGE,
    args: [],
    compile: () => (sample, view) => {
      sample.setInteger(priorityOf((view as PolicyView).stream));
      return true;
    },
  });
}

export const prioClass = definePriority(
  "prio_class",
  "Gives the class of the stream in queues (set-priority-class)",
  (stream) => stream.priorityClass,
);
export const prioOffset = definePriority(
  "prio_offset",
  "Gives the offset of the stream in queues, in milliseconds (set-priority-offset)",
  (stream) => stream.priorityOffset,
);
