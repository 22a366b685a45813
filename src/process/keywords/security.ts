import { oneOf, optional } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROCESS } from "../process-part.ts";

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
  summary: "Has no effect: tasks are not measured",
  source: "HAProxy configuration manual, section 3.2",
  args: [oneOf("state", ["on", "off", "auto"])],
  apply(_draft, [state], at, diagnostics) {
    if (state === "off") return;
    diagnostics.warn(
      at,
      "'profiling.tasks' has no effect: tasks are not measured.",
      "Remove the line",
    );
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
