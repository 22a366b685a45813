import { argument, duration, int, oneOf } from "../../config/arg.ts";
import { defineKeyword, defineServerOption } from "../../config/keyword.ts";
import { IDLE_SETTINGS, IDLE_TUNING, type IdleTuning } from "../idle-settings.ts";
import { PROXY_OPTIONS, Reuse } from "../proxy-options.ts";
import { SECTIONS_OF } from "../sides.ts";

const SERVER_SOURCE = "HAProxy configuration manual, section 5.2";

const REUSES = {
  never: Reuse.NEVER,
  safe: Reuse.SAFE,
  aggressive: Reuse.AGGRESSIVE,
  always: Reuse.ALWAYS,
} as const;

export const httpReuse = defineKeyword({
  name: "http-reuse",
  sections: SECTIONS_OF.server,
  summary: "Says which requests may use a connection that other clients' requests came over",
  source: "HAProxy configuration manual, section 4.2",
  args: [oneOf("strategy", ["never", "safe", "aggressive", "always"])],
  apply(draft, [strategy]) {
    draft.part(PROXY_OPTIONS).reuse = REUSES[strategy];
  },
});

/** A count of at least -1, which stands for no limit. */
function countOrNone(name: string) {
  return int(name, { min: -1 });
}

/** `pool-max-conn`. */
export const poolMaxConn = defineServerOption({
  name: "pool-max-conn",
  summary: "Limits the idle connections kept for the server; -1 keeps as many as are needed",
  source: SERVER_SOURCE,
  args: [countOrNone("max")],
  apply(server, [max]) {
    server.part(IDLE_SETTINGS).countMax = max;
  },
});

/** `pool-low-conn`. */
export const poolLowConn = defineServerOption({
  name: "pool-low-conn",
  summary: "Keeps so many idle connections to the server even when fewer were needed lately",
  source: SERVER_SOURCE,
  args: [int("max")],
  apply(server, [max]) {
    server.part(IDLE_SETTINGS).countMin = max;
  },
});

/** `pool-purge-delay`. */
export const poolPurgeDelay = defineServerOption({
  name: "pool-purge-delay",
  summary:
    "Sets how often half of the idle connections that nobody needed are closed; 0 keeps none",
  source: SERVER_SOURCE,
  args: [duration("delay")],
  apply(server, [delayMs]) {
    server.part(IDLE_SETTINGS).purgeMs = delayMs;
  },
});

/** `max-reuse`. */
export const maxReuse = defineServerOption({
  name: "max-reuse",
  summary: "Limits how often a connection to the server is used again; -1 is no limit",
  source: SERVER_SOURCE,
  args: [countOrNone("count")],
  apply(server, [count]) {
    server.part(IDLE_SETTINGS).reuseMax = count;
  },
});

function defineRatio(name: string, field: keyof IdleTuning, summary: string) {
  return defineKeyword({
    name,
    sections: ["global"],
    summary,
    source: "HAProxy configuration manual, section 3.2",
    args: [
      argument("number", (text, refuse) => {
        const ratio = /^[0-9]+$/.test(text) ? Number(text) : -1;
        if (ratio >= 0 && ratio <= 100) return ratio;
        return refuse("expects an integer argument between 0 and 100.");
      }),
    ],
    apply(draft, [ratio]) {
      draft.part(IDLE_TUNING)[field] = ratio;
    },
  });
}

export const poolLowFdRatio = defineRatio(
  "tune.pool-low-fd-ratio",
  "lowRatio",
  "Sets the share of descriptors in use, in percent, above which connections are not kept idle",
);
export const poolHighFdRatio = defineRatio(
  "tune.pool-high-fd-ratio",
  "highRatio",
  "Sets the share of descriptors in use, in percent, above which idle connections are closed for new ones",
);
