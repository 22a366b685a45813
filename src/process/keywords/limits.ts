import { int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROCESS, TUNING } from "../process-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.2";

export const maxconn = defineKeyword({
  name: "maxconn",
  sections: ["global"],
  summary: "Limits the connections of the whole process; beyond it clients wait",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count]) {
    draft.part(PROCESS).connectionsMax = count;
  },
});

export const maxconnrate = defineKeyword({
  name: "maxconnrate",
  sections: ["global"],
  summary: "Limits the connections that the whole process accepts a second; clients wait",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count]) {
    draft.part(PROCESS).connectionRateMax = count;
  },
});

export const maxsessrate = defineKeyword({
  name: "maxsessrate",
  sections: ["global"],
  summary: "Limits the sessions that the whole process begins a second; clients wait",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count]) {
    draft.part(PROCESS).sessionRateMax = count;
  },
});

export const maxsslrate = defineKeyword({
  name: "maxsslrate",
  sections: ["global"],
  summary: "Limits the TLS sessions that the whole process begins a second",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count], at, diagnostics) {
    draft.part(PROCESS).tlsRateMax = count;
    if (count === 0) return;
    const hint = "Lines that use TLS are refused; this one may stay";
    diagnostics.warn(at, "'maxsslrate' has no effect: TLS is not built yet.", hint);
  },
});

export const ulimitN = defineKeyword({
  name: "ulimit-n",
  sections: ["global"],
  summary: "Sets how many descriptors the process may open instead of computing it",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count]) {
    draft.part(PROCESS).descriptorsMax = count;
  },
});

export const fdHardLimit = defineKeyword({
  name: "fd-hard-limit",
  sections: ["global"],
  summary: "Bounds the descriptors that the limit of connections is computed from",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count]) {
    draft.part(PROCESS).descriptorsCeiling = count;
  },
});

export const strictLimits = defineKeyword({
  name: "strict-limits",
  sections: ["global"],
  summary: "Refuses to start where the system does not grant the limits that are needed",
  source: SOURCE,
  args: [],
  apply(draft) {
    draft.part(PROCESS).limitsAreStrict = true;
  },
  disable(draft) {
    draft.part(PROCESS).limitsAreStrict = false;
  },
});

export const maxpipes = defineKeyword({
  name: "maxpipes",
  sections: ["global"],
  summary: "Limits the pipes that are kept for splicing",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count]) {
    draft.part(TUNING).pipesMax = count;
  },
});

export const nosplice = defineKeyword({
  name: "nosplice",
  sections: ["global"],
  summary: "Never splices in the kernel, like -dS",
  source: SOURCE,
  args: [],
  apply(draft) {
    draft.part(TUNING).splices = false;
  },
});
