import { type Command, defineCommand, inform } from "../command.ts";
import type { SessionMode } from "../session-mode.ts";

function defineMode(mode: SessionMode): Command {
  return defineCommand({
    name: `${mode}-mode`,
    usage: `${mode}-mode [on|off]`,
    summary: `show or change whether ${mode} commands may be used`,
    source: "HAProxy management guide, section 9.3",
    level: "admin",
    isHidden: true,
    run({ words, session }) {
      const [wish] = words;
      if (wish === undefined) {
        return inform(`${mode}-mode is ${session.modes.has(mode) ? "ON" : "OFF"}`);
      }
      if (wish === "on") session.modes.add(mode);
      else if (wish === "off") session.modes.delete(mode);
      return undefined;
    },
  });
}

/** Lets this session use commands that are experimental. */
export const experimentalMode = defineMode("experimental");

/** Lets this session use commands that may do harm. */
export const expertMode = defineMode("expert");
