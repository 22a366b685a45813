import { defineCommand } from "../command.ts";
import { AccessLevel, levelName } from "../level.ts";
import { lowerLevel } from "../session.ts";

const source = "HAProxy management guide, section 9.3";

/** Lowers the session to operator. */
export const operator = defineCommand({
  name: "operator",
  usage: "operator",
  summary: "lower the level of the current CLI session to operator",
  source,
  level: "operator",
  run({ session }) {
    lowerLevel(session, AccessLevel.OPERATOR);
    return undefined;
  },
});

/** Lowers the session to user. */
export const user = defineCommand({
  name: "user",
  usage: "user",
  summary: "lower the level of the current CLI session to user",
  source,
  level: "user",
  run({ session }) {
    lowerLevel(session, AccessLevel.USER);
    return undefined;
  },
});

/** Shows the session's level. */
export const showCliLevel = defineCommand({
  name: "show cli level",
  usage: "show cli level",
  summary: "display the level of the current CLI session",
  source,
  level: "user",
  run: ({ session }) => ({ severity: 6, text: `${levelName(session.level)}\n` }),
});
