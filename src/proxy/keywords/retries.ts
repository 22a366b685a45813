import { int, optional, rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { NO_REDISPATCH, PROXY_OPTIONS } from "../proxy-options.ts";
import { RETRY_WORDS } from "../retry-on.ts";
import { SECTIONS_OF } from "../sides.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

export const retries = defineKeyword({
  name: "retries",
  sections: SECTIONS_OF.server,
  summary: "Sets how often a failed attempt to reach a server is repeated",
  source: SOURCE,
  args: [int("value", { min: 0 })],
  apply(draft, [count]) {
    draft.part(PROXY_OPTIONS).retries = count;
  },
});

const LAST_RETRY = -1;

export const optionRedispatch = defineKeyword({
  name: "option redispatch",
  sections: SECTIONS_OF.server,
  summary: "Lets a retry go to another server: at the last one, or at each interval-th",
  source: SOURCE,
  args: [optional(int("interval", { min: -100 }))],
  apply(draft, [interval = LAST_RETRY]) {
    draft.part(PROXY_OPTIONS).redispatch = interval;
  },
  disable(draft) {
    draft.part(PROXY_OPTIONS).redispatch = NO_REDISPATCH;
  },
  reset(draft) {
    draft.part(PROXY_OPTIONS).redispatch = NO_REDISPATCH;
  },
});

export const redispatch = defineKeyword({
  name: "redispatch",
  sections: SECTIONS_OF.server,
  summary: "Lets the last retry go to another server",
  source: SOURCE,
  args: [],
  deprecated: "option redispatch",
  apply(draft) {
    draft.part(PROXY_OPTIONS).redispatch = LAST_RETRY;
  },
});

export const redisp = defineKeyword({ ...redispatch, name: "redisp" });

export const retryOn = defineKeyword({
  name: "retry-on",
  sections: SECTIONS_OF.server,
  isStrict: true,
  summary: "Names the failures after which a request is sent again, besides those to connect",
  source: SOURCE,
  args: [rest("keyword")],
  apply(draft, [words], at, diagnostics) {
    if (words.length === 0) {
      diagnostics.error(
        at,
        "'retry-on' needs at least one keyword to specify when to retry",
        `Choose from: ${[...RETRY_WORDS.keys()].join(", ")}`,
      );
      return;
    }
    let bits = 0;
    for (const word of words) {
      const bit = RETRY_WORDS.get(word.text);
      if (bit === undefined) {
        const near = nearestWord(word.text, [...RETRY_WORDS.keys()]);
        const hint = near ?? [...RETRY_WORDS.keys()].join(", ");
        diagnostics.error(
          word,
          `'retry-on': unknown keyword '${word.text}'`,
          near === undefined ? `Choose from: ${hint}` : `Did you mean "${hint}"?`,
        );
      } else if (word.text === "none" && words.length > 1) {
        diagnostics.error(word, "'retry-on' 'none' is only usable alone", "Remove the other words");
      } else bits |= bit;
    }
    draft.part(PROXY_OPTIONS).retryOn = bits;
  },
});
