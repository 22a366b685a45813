import { rest, word } from "../arg.ts";
import { defineKeyword } from "../keyword.ts";

const source = "HAProxy configuration manual, section 4.2";
const proxies = ["frontend", "listen", "backend"] as const;

/** Numbers a proxy. */
export const id = defineKeyword({
  name: "id",
  sections: proxies,
  summary: "Sets the number of the proxy in statistics, instead of the next free one",
  source,
  args: [word("number")],
  apply(draft, [number], _at, diagnostics) {
    const value = /^[0-9]{1,9}$/.test(number.text) ? Number(number.text) : 0;
    if (value === 0) diagnostics.error(number, "custom id has to be > 0.");
    else draft.id = value;
  },
});

/** Describes a proxy or the process. */
export const description = defineKeyword({
  name: "description",
  sections: ["global", ...proxies, "ring"],
  summary: "Describes the proxy or the ring, or in the global section the process",
  source,
  args: [rest("text")],
  apply(draft, [words], at, diagnostics) {
    if (words.length === 0) diagnostics.error(at, "'description' expects a string argument.");
    else draft.description = words.map((item) => item.text).join(" ");
  },
});

/** Leaves a proxy out. */
export const disabled = defineKeyword({
  name: "disabled",
  sections: ["defaults", ...proxies],
  summary: "Checks the proxy like any other but does not start it",
  source,
  args: [],
  apply(draft) {
    draft.isDisabled = true;
  },
});

/** Takes the `disabled` of the defaults back. */
export const enabled = defineKeyword({
  name: "enabled",
  sections: ["defaults", ...proxies],
  summary: "Starts the proxy although its defaults say disabled",
  source,
  args: [],
  apply(draft) {
    draft.isDisabled = false;
  },
});
