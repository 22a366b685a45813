import { rest, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { hasClientSide } from "../capability.ts";
import { SWITCHING } from "../switching.ts";

const ALL = ["defaults", "frontend", "listen", "backend"] as const;
const SOURCE = "HAProxy configuration manual, section 4.2";

export const defaultBackend = defineKeyword({
  name: "default_backend",
  sections: ALL,
  summary: "Names the backend that takes what no other rule has sent elsewhere",
  source: SOURCE,
  args: [word("backend")],
  apply(draft, [backend], at, diagnostics) {
    if (hasClientSide(draft, at, diagnostics)) draft.part(SWITCHING).defaultBackend = backend;
  },
});

export const useBackend = defineKeyword({
  name: "use_backend",
  sections: ["frontend", "listen", "backend"],
  summary: "Sends all traffic to a backend; the first such line wins",
  source: SOURCE,
  args: [word("backend"), rest("condition")],
  apply(draft, [backend, condition], at, diagnostics) {
    if (!hasClientSide(draft, at, diagnostics)) return;
    const [first] = condition;
    if (first !== undefined) {
      diagnostics.error(
        first,
        "conditions are not built yet: 'use_backend' takes a backend alone",
        "remove the condition, or send everything by default_backend",
      );
      return;
    }
    const switching = draft.part(SWITCHING);
    if (switching.useBackend === null) switching.useBackend = backend;
  },
});
