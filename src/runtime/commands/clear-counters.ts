import { defineCommand, refuse } from "../command.ts";
import { AccessLevel } from "../level.ts";

/** Forgets the highest values, or with `all` everything that was counted. */
export const clearCounters = defineCommand({
  name: "clear counters",
  usage: "clear counters [all]",
  summary: "clear max statistics counters (or all counters)",
  source: "HAProxy management guide, section 9.3",
  level: "operator",
  run({ words, session, context }) {
    const isAll = words[0] === "all";
    if (isAll && session.level < AccessLevel.ADMIN) return refuse("Permission denied");
    for (const { frontend, backend } of context.table.proxies) {
      const states = [
        frontend?.state,
        ...(frontend?.listeners.map(({ state }) => state) ?? []),
        backend?.state,
        ...(backend?.servers.map(({ state }) => state) ?? []),
      ];
      for (const state of states) {
        if (isAll) state?.clear();
        else state?.clearPeaks();
      }
    }
    context.clearCounters(isAll);
    return undefined;
  },
});
