import type { Server } from "../../balance/server.ts";
import { forceHealth } from "../../balance/server-health.ts";
import { enterDrain, enterMaintenance, enterReady } from "../../balance/server-lifecycle.ts";
import { changeWeight } from "../../balance/server-weight.ts";
import { type Answer, defineCommand, refuse } from "../command.ts";
import { findServer, isRefused } from "../find-server.ts";

const USAGE =
  "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | " +
  "check-addr | check-port | fqdn | health | ssl | state | weight";

/** What the manual has and Sluice has not yet: saying so is better than "usage". */
const NOT_BUILT: readonly string[] = [
  "addr",
  "agent",
  "agent-addr",
  "agent-port",
  "agent-send",
  "check-addr",
  "check-port",
  "fqdn",
  "ssl",
];

/** Changes a server while it runs. */
export const setServer = defineCommand({
  name: "set server",
  usage: "set server <bk>/<srv> [opts]",
  summary: "change a server's state, weight, address or ssl",
  source: "HAProxy management guide, section 9.3",
  level: "admin",
  run(call) {
    const server = findServer(call);
    if (isRefused(server)) return server;
    const [, what = "", value = ""] = call.words;
    if (what === "weight") return setWeight(server, value);
    if (what === "state") return setState(server, value);
    if (what === "health") return setHealth(server, value);
    if (what === "agent") return refuse("agent checks are not enabled on this server.");
    if (NOT_BUILT.includes(what)) return refuse(`'set server <srv> ${what}' is not built yet.`);
    return refuse(USAGE);
  },
});

/** Changes a weight, or says why not. */
export function setWeight(server: Server, text: string): Answer {
  if (text === "") return refuse("Require <weight> or <weight%>.");
  const refusal = changeWeight(server, text);
  return refusal === undefined ? undefined : refuse(refusal);
}

function setState(server: Server, state: string): Answer {
  switch (state) {
    case "ready":
      enterReady(server);
      return undefined;
    case "drain":
      enterDrain(server);
      return undefined;
    case "maint":
      enterMaintenance(server);
      return undefined;
    default:
      return refuse("'set server <srv> state' expects 'ready', 'drain' and 'maint'.");
  }
}

function setHealth(server: Server, health: string): Answer {
  if (health !== "up" && health !== "stopping" && health !== "down") {
    return refuse("'set server <srv> health' expects 'up', 'stopping', or 'down'.");
  }
  forceHealth(server, health);
  return undefined;
}
