import { oneOf, optional } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROCESS, TUNING } from "../process-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.1";

export const setDumpable = defineKeyword({
  name: "set-dumpable",
  sections: ["global"],
  summary: "Lets the kernel write core files, also after a change of user",
  source: SOURCE,
  args: [],
  apply(draft) {
    draft.part(PROCESS).isDumpable = true;
  },
});

export const insecureSetuidWanted = defineKeyword({
  name: "insecure-setuid-wanted",
  sections: ["global"],
  summary: "Lets programs that the process starts gain privileges by setuid files",
  source: SOURCE,
  args: [],
  apply(draft) {
    draft.part(PROCESS).mayGainPrivileges = true;
  },
});

export const profilingTasks = defineKeyword({
  name: "profiling.tasks",
  sections: ["global"],
  summary:
    "Measures what handling each kind of event takes: always, never, or while turns are long",
  source: "HAProxy configuration manual, section 3.2",
  args: [oneOf("state", ["auto", "on", "off"])],
  apply(draft, [state]) {
    draft.part(TUNING).profiling = state;
  },
});

export const statsBindProcess = defineKeyword({
  name: "stats bind-process",
  sections: ["global"],
  summary: "Has no effect: one process serves the runtime API",
  source: "HAProxy 2.4 configuration manual, section 3.1",
  args: [optional(oneOf("processes", ["all", "odd", "even", "1"]))],
  apply(_draft, _values, at, diagnostics) {
    diagnostics.warn(
      at,
      "'stats bind-process' has no effect: one process serves the runtime API.",
      "Remove the line",
    );
  },
});
