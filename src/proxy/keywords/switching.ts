import { rest, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { SECTIONS_OF } from "../sides.ts";
import { SWITCHING } from "../switching.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

export const defaultBackend = defineKeyword({
  name: "default_backend",
  sections: SECTIONS_OF.client,
  summary: "Names the backend that takes what no other rule has sent elsewhere",
  source: SOURCE,
  args: [word("backend")],
  apply(draft, [backend]) {
    draft.part(SWITCHING).defaultBackend = backend;
  },
});

export const useBackend = defineKeyword({
  name: "use_backend",
  sections: ["frontend", "listen"],
  summary: "Sends traffic to a backend where a condition holds; the first such line wins",
  source: SOURCE,
  args: [word("backend"), rest("condition")],
  apply(draft, [backend, condition], at) {
    draft.part(SWITCHING).useBackend.push({ at, backend, condition });
  },
});
