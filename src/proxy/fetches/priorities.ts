import { defineStreamNumber } from "../stream-number.ts";

export const prioClass = defineStreamNumber(
  "prio_class",
  "Gives the class of the stream in queues (set-priority-class)",
  (stream) => stream.priorityClass,
);
export const prioOffset = defineStreamNumber(
  "prio_offset",
  "Gives the offset of the stream in queues, in milliseconds (set-priority-offset)",
  (stream) => stream.priorityOffset,
);
