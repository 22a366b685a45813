import { printErrors } from "../../stats/print-errors.ts";
import { defineCommand, refuse } from "../command.ts";

/** Shows the last malformed messages. */
export const showErrors = defineCommand({
  name: "show errors",
  usage: "show errors [<px>] [request|response]",
  summary: "report last request and/or response errors for each proxy",
  source: "HAProxy management guide, section 9.3",
  level: "operator",
  run({ words, context }) {
    const [which, kind] = words;
    let id = -1;
    if (which !== undefined && which !== "-1") {
      const isNumber = /^\d+$/.test(which);
      const proxy = context.table.find(which);
      if (proxy === undefined && !isNumber) return refuse("No such proxy.");
      id = proxy?.id ?? Number(which);
    }
    const captures = context.errors
      .list()
      .filter((capture) => id === -1 || capture.proxy.id === id || capture.otherProxy?.id === id)
      .filter((capture) => kind === undefined || capture.kind === kind);
    return printErrors(captures, context.errors.count, context.dateMs());
  },
});
