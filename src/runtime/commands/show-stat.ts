import { printCsv, printJson, printTyped } from "../../stats/print-rows.ts";
import { RowSelection, selectRows } from "../../stats/select-rows.ts";
import { defineCommand, type Message, refuse } from "../command.ts";
import { AccessLevel } from "../level.ts";
import { missingCommand } from "../missing-command.ts";

const INTEGER = /^-?\d+$/;
/** What 1.9 calls the statistics of name servers. */
const RESOLVERS = ["show", "stat", "resolvers"];

/** What is said of statistics that are not those of proxies. */
function refusalOf([first, second = "", third = ""]: readonly string[]): Message | undefined {
  if (first === "domain") {
    if (second === "resolvers") return missingCommand(RESOLVERS);
    return second === "proxy" ? undefined : refuse("Invalid statistics domain.");
  }
  // With numbers behind it, it is a proxy of that name.
  const isProxy = INTEGER.test(second) && INTEGER.test(third);
  return first === "resolvers" && !isProxy ? missingCommand(RESOLVERS) : undefined;
}

/** Shows the statistics of proxies and servers. */
export const showStat = defineCommand({
  name: "show stat",
  usage: "show stat [desc|json|no-maint|typed|up]*",
  summary: "report counters for each proxy and server",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ words, session, context }) {
    const refusal = refusalOf(words);
    if (refusal !== undefined) return refusal;
    const rest = words[0] === "domain" ? words.slice(2) : words;
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
