import { printCsv, printJson, printTyped } from "../../stats/print-rows.ts";
import { RowSelection, selectRows } from "../../stats/select-rows.ts";
import { defineCommand, refuse } from "../command.ts";
import { AccessLevel } from "../level.ts";

const INTEGER = /^-?\d+$/;

/** Shows the statistics of proxies and servers. */
export const showStat = defineCommand({
  name: "show stat",
  usage: "show stat [desc|json|no-maint|typed|up]*",
  summary: "report counters for each proxy and server",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ words, session, context }) {
    const hasDomain = words[0] === "domain";
    if (hasDomain && words[1] !== "proxy") return refuse("Invalid statistics domain.");
    const rest = hasDomain ? words.slice(2) : words;
    const [proxy = "", kinds = "", server = ""] = rest;
    const isChosen = INTEGER.test(kinds) && INTEGER.test(server);
    const wanted = isChosen && proxy !== "-1" ? proxy : undefined;
    // A number that no proxy has shows nothing; a name that none has is a mistake.
    if (wanted !== undefined && !INTEGER.test(wanted) && context.table.find(wanted) === undefined) {
      return refuse("No such proxy.");
    }
    const rows = selectRows(context.table, context.nowMs(), {
      ...RowSelection.ALL,
      proxy: wanted,
      kinds: isChosen ? Number(kinds) : -1,
      id: isChosen ? Number(server) : -1,
      onlyUp: rest.includes("up"),
      noMaintenance: rest.includes("no-maint"),
      showsLegends: session.level >= AccessLevel.OPERATOR,
    });
    if (rest.includes("json")) return printJson(rows);
    return rest.includes("typed") ? printTyped(rows, rest.includes("desc")) : printCsv(rows);
  },
});
