import type { Server } from "../../balance/server.ts";
import { forceAgent, forceHealth } from "../../balance/server-health.ts";
import { enterDrain, enterMaintenance, enterReady } from "../../balance/server-lifecycle.ts";
import { changeWeight } from "../../balance/server-weight.ts";
import { type Answer, defineCommand, refuse, refuseNumber } from "../command.ts";
import type { CommandCall } from "../command-call.ts";
import { findServer, isRefused } from "../find-server.ts";
import { changeAddress, changeProbeAddress, changeProbePort } from "../server-addresses.ts";

const USAGE =
  "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | " +
  "check-addr | check-port | fqdn | health | ssl | state | weight";

type Change = (server: Server, words: readonly string[], call: CommandCall) => Answer;

/** What may be changed; the words are those behind the name of the change. */
const CHANGES: Readonly<Record<string, Change>> = {
  addr: changeAddress,
  agent: setAgent,
  "agent-addr": (server, words) => changeProbeAddress(server, "agent", words),
  "agent-port": (server, words) => changeProbePort(server, "agent", words),
  "agent-send": setAgentText,
  "check-addr": (server, words) => changeProbeAddress(server, "check", words),
  "check-port": (server, words) => changeProbePort(server, "check", words),
  fqdn: (_server, [name = ""]) =>
    refuse(
      name === ""
        ? "set server <b>/<s> fqdn requires a FQDN."
        : "set server <b>/<s> fqdn failed because no resolution is configured.",
    ),
  health: setHealth,
  ssl: () =>
    refuse("'set server <srv> ssl' cannot be set.  default-server should define ssl settings"),
  state: setState,
  weight: (server, [text = ""]) => setWeight(server, text),
};

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
    const [, what = "", ...words] = call.words;
    const change = Object.hasOwn(CHANGES, what) ? CHANGES[what] : undefined;
    return change === undefined ? refuse(USAGE) : change(server, words, call);
  },
});

/** Changes a weight, or says why not. */
export function setWeight(server: Server, text: string): Answer {
  if (text === "") return refuse("Require <weight> or <weight%>.");
  const refusal = changeWeight(server, text);
  return refusal === undefined ? undefined : refuseNumber(refusal);
}

function setState(server: Server, [state]: readonly string[]): Answer {
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

function setHealth(server: Server, [health]: readonly string[]): Answer {
  if (server.tracked !== null) return refuse("cannot change health on a tracking server.");
  if (health !== "up" && health !== "stopping" && health !== "down") {
    return refuse("'set server <srv> health' expects 'up', 'stopping', or 'down'.");
  }
  forceHealth(server, health);
  return undefined;
}

const NO_AGENT = "agent checks are not enabled on this server.";

function setAgent(server: Server, [health]: readonly string[]): Answer {
  if (!server.agent.isEnabled) return refuse(NO_AGENT);
  if (health !== "up" && health !== "down") {
    return refuse("'set server <srv> agent' expects 'up' or 'down'.");
  }
  forceAgent(server, health);
  return undefined;
}

function setAgentText(server: Server, [text = ""]: readonly string[]): Answer {
  if (!server.agent.isConfigured) return refuse(NO_AGENT);
  server.agent.sentText = text;
  return undefined;
}
