import { EXPERIMENTAL } from "../experimental-part.ts";
import { defineKeyword } from "../keyword.ts";

/** `expose-experimental-directives`. */
export const exposeExperimentalDirectives = defineKeyword({
  name: "expose-experimental-directives",
  sections: ["global"],
  summary: "Allows words that are experimental, which must follow it",
  source: "HAProxy configuration manual, section 3.1",
  args: [],
  apply(draft, _values, at) {
    draft.part(EXPERIMENTAL).at ??= at;
  },
});
