import { defineCommand, inform } from "../command.ts";

/** Shows the version. */
export const showVersion = defineCommand({
  name: "show version",
  usage: "show version",
  summary: "show version of the current process",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run: ({ context }) => inform(`${context.version}\n`),
});
