import { defineCommand, refuse } from "../command.ts";
import { SeverityOutput } from "../severity-output.ts";

const KINDS: readonly string[] = Object.values(SeverityOutput);

/** Chooses how messages show their severity. */
export const setSeverityOutput = defineCommand({
  name: "set severity-output",
  usage: "set severity-output [none|number|string]",
  summary: "set presence of severity level in feedback information",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ words, session }) {
    const [kind = ""] = words;
    if (!KINDS.includes(kind)) {
      return refuse("one of 'none', 'number', 'string' is a required argument");
    }
    session.severityOutput = kind as SeverityOutput;
    return undefined;
  },
});
