import { word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { BALANCE } from "../balance-part.ts";

/** `dispatch`. The address itself is read when the backend is compiled. */
export const dispatch = defineKeyword({
  name: "dispatch",
  sections: ["listen", "backend"],
  summary: "Sends every stream without a server of its own to one address, without any balancing",
  source: "HAProxy configuration manual, section 4.2, dispatch",
  args: [word("address:port")],
  apply(draft, [address]) {
    draft.part(BALANCE).dispatch = address;
  },
});

/** `option transparent`. */
export const optionTransparent = defineKeyword({
  name: "option transparent",
  sections: ["defaults", "listen", "backend"],
  summary:
    "Sends every stream without a server of its own to the address that its client asked for",
  source: "HAProxy configuration manual, section 4.2, option transparent",
  args: [],
  apply(draft) {
    draft.part(BALANCE).isTransparent = true;
  },
  disable(draft) {
    draft.part(BALANCE).isTransparent = false;
  },
  reset(draft) {
    draft.part(BALANCE).isTransparent = false;
  },
});

/** The spelling of old. */
export const transparent = defineKeyword({
  name: "transparent",
  sections: ["defaults", "listen", "backend"],
  summary: "Is the old spelling of option transparent",
  source: "HAProxy configuration manual, section 4.2, transparent (deprecated)",
  args: [],
  apply(draft) {
    draft.part(BALANCE).isTransparent = true;
  },
});
