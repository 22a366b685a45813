import { printInfo, printJsonInfo, printTypedInfo } from "../../stats/print-info.ts";
import { defineCommand } from "../command.ts";

/** Shows facts about the process. */
export const showInfo = defineCommand({
  name: "show info",
  usage: "show info [desc|json|typed|float]*",
  summary: "report information about the running process",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ words, context }) {
    const info = context.info();
    const form = { withSummary: words.includes("desc"), isFloat: words.includes("float") };
    if (words.includes("json")) return printJsonInfo(info);
    return words.includes("typed") ? printTypedInfo(info, form) : printInfo(info, form);
  },
});
