import { optional, rest, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { BALANCE } from "../balance-part.ts";

/** `balance`. The algorithm itself is judged when its backend is compiled. */
export const balance = defineKeyword({
  name: "balance",
  sections: ["defaults", "listen", "backend"],
  summary: "Chooses the algorithm that spreads streams over the servers",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [optional(word("algorithm")), rest("parameters")],
  apply(draft, [algorithm, parameters]) {
    const part = draft.part(BALANCE);
    // Alone it stands for the default, as old files have it.
    part.algorithm = algorithm ?? null;
    part.parameters = Object.freeze([...parameters]);
  },
  reset(draft) {
    const part = draft.part(BALANCE);
    part.algorithm = null;
    part.parameters = [];
  },
});
