import { defineCommand, refuse } from "../command.ts";

const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Changes how long this session may be silent. */
export const setTimeout = defineCommand({
  name: "set timeout",
  usage: "set timeout [cli] <delay>",
  summary: "change a timeout setting",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ words, session }) {
    const [what, delay] = words;
    if (what !== "cli") return refuse("'set timeout' only supports 'cli'.");
    if (delay === undefined) return refuse("Expects an integer value.");
    // A number alone is in seconds here, unlike in the configuration.
    const match = /^(\d+)(us|ms|s|m|h|d)?$/.exec(delay);
    const timeoutMs = match === null ? 0 : Number(match[1]) * UNITS[match[2] ?? "s"]!;
    if (timeoutMs < 1) return refuse("Invalid timeout value.");
    session.timeoutMs = Math.floor(timeoutMs);
    return undefined;
  },
});
