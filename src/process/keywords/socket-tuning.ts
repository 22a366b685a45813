import { int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { TUNING } from "../process-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.2";

/** The fields of the part that hold a number. */
type Field =
  | "clientReceiveBufferSize"
  | "clientSendBufferSize"
  | "serverReceiveBufferSize"
  | "serverSendBufferSize"
  | "eventsMax"
  | "pipeSize"
  | "buffersMax"
  | "logLineSizeMax";

function defineTuning(name: string, unit: string, field: Field, summary: string) {
  return defineKeyword({
    name,
    sections: ["global"],
    summary,
    source: SOURCE,
    args: [int(unit)],
    apply(draft, [value]) {
      draft.part(TUNING)[field] = value;
    },
  });
}

export const clientReceiveBuffer = defineTuning(
  "tune.rcvbuf.client",
  "bytes",
  "clientReceiveBufferSize",
  "Sets what the kernel may hold of what each client sends; 0 leaves it to the kernel",
);
export const clientSendBuffer = defineTuning(
  "tune.sndbuf.client",
  "bytes",
  "clientSendBufferSize",
  "Sets what the kernel may hold of what is sent to each client; 0 leaves it to the kernel",
);
export const serverReceiveBuffer = defineTuning(
  "tune.rcvbuf.server",
  "bytes",
  "serverReceiveBufferSize",
  "Sets what the kernel may hold of what each server sends; 0 leaves it to the kernel",
);
export const serverSendBuffer = defineTuning(
  "tune.sndbuf.server",
  "bytes",
  "serverSendBufferSize",
  "Sets what the kernel may hold of what is sent to each server; 0 leaves it to the kernel",
);
export const pollEvents = defineTuning(
  "tune.maxpollevents",
  "number",
  "eventsMax",
  "Limits the events that are handled before the next look at all descriptors; at most 512",
);
export const pipeSize = defineTuning(
  "tune.pipesize",
  "bytes",
  "pipeSize",
  "Sets what the pipes hold that bodies are spliced through",
);
export const bufferLimit = defineTuning(
  "tune.buffers.limit",
  "number",
  "buffersMax",
  "Limits the buffers of the process; connections wait for one that is free",
);
export const logLineSize = defineTuning(
  "tune.http.logurilen",
  "length",
  "logLineSizeMax",
  "Limits the characters of a request line in the log",
);

/** `noreuseport`. */
export const noReusePort = defineKeyword({
  name: "noreuseport",
  sections: ["global"],
  summary: "Lets no other process listen on the same addresses at the same time",
  source: SOURCE,
  args: [],
  apply(draft) {
    draft.part(TUNING).reusesPort = false;
  },
});
