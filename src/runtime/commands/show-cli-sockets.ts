import { defineCommand } from "../command.ts";
import { levelName } from "../level.ts";

/** Lists the sockets of the runtime API. */
export const showCliSockets = defineCommand({
  name: "show cli sockets",
  usage: "show cli sockets",
  summary: "dump list of cli sockets",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ context }) {
    const lines = context.sockets.map(
      ({ address, level }) => `${address} ${levelName(level)} all\n`,
    );
    return `# socket lvl processes\n${lines.join("")}`;
  },
});
