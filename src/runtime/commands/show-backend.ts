import { defineCommand } from "../command.ts";

/** Lists the backends. */
export const showBackend = defineCommand({
  name: "show backend",
  usage: "show backend",
  summary: "list backends in the current running config",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ context }) {
    const names = [...context.table.backends].map(({ name }) => `${name}\n`);
    return `# name\n${names.join("")}`;
  },
});
