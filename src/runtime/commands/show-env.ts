import { defineCommand, refuse } from "../command.ts";

/** Shows the environment. */
export const showEnv = defineCommand({
  name: "show env",
  usage: "show env [var]",
  summary: "dump environment variables known to the process",
  source: "HAProxy management guide, section 9.3",
  level: "operator",
  run({ words, context }) {
    const variables = context.variables();
    const [name] = words;
    if (name !== undefined) {
      const value = variables[name];
      return value === undefined ? refuse("Variable not found") : `${name}=${value}\n`;
    }
    return Object.entries(variables)
      .map(([key, value]) => `${key}=${value}\n`)
      .join("");
  },
});
