import { int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { BALANCE } from "../balance-part.ts";

/** `fullconn`. */
export const fullconn = defineKeyword({
  name: "fullconn",
  sections: ["defaults", "listen", "backend"],
  summary: "Sets the load of the backend at which servers with minconn take their full maxconn",
  source: "HAProxy configuration manual, section 4.2, fullconn",
  args: [int("conns")],
  apply(draft, [streams]) {
    draft.part(BALANCE).fullLoad = streams;
  },
});

/** `option allbackups`. */
export const optionAllbackups = defineKeyword({
  name: "option allbackups",
  sections: ["defaults", "listen", "backend"],
  summary: "Uses all backup servers at once when no other server is left, not the first one only",
  source: "HAProxy configuration manual, section 4.2, option allbackups",
  args: [],
  apply(draft) {
    draft.part(BALANCE).usesAllBackups = true;
  },
  disable(draft) {
    draft.part(BALANCE).usesAllBackups = false;
  },
  reset(draft) {
    draft.part(BALANCE).usesAllBackups = false;
  },
});
