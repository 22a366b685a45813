import type { CheckRecord } from "./check-record.ts";
import type { Server } from "./server.ts";
import { forceAgent, forceHealth } from "./server-health.ts";
import {
  enterDrain,
  enterMaintenance,
  enterReady,
  switchDrain,
  switchMaintenance,
} from "./server-lifecycle.ts";

/** What an operator can do to a server from the statistics page. */
export interface ServerAction {
  /** As the page's form sends it. */
  readonly name: string;
  /** What the form's menu says; empty for names of old, which the menu has no more. */
  readonly label: string;
  /** Does it; false where it can change nothing about this server. */
  readonly act: (server: Server) => boolean;
}

/** An action that always counts as a change. */
function always(act: (server: Server) => void): (server: Server) => boolean {
  return (server) => {
    act(server);
    return true;
  };
}

function switchRecord(record: CheckRecord, isOn: boolean): boolean {
  if (!record.isConfigured) return false;
  record.state.isEnabled.set(isOn ? 1 : 0);
  return true;
}

/** The health of a server that tracks another one is not its own. */
function health(word: "up" | "stopping" | "down"): (server: Server) => boolean {
  return (server) => {
    if (server.tracked !== null) return false;
    forceHealth(server, word);
    return true;
  };
}

function agent(word: "up" | "down"): (server: Server) => boolean {
  return (server) => {
    if (!server.agent.isEnabled) return false;
    forceAgent(server, word);
    return true;
  };
}

/** The actions in the order of the menu, then those of the first versions. */
export const SERVER_ACTIONS: readonly ServerAction[] = [
  { name: "ready", label: "Set state to READY", act: always(enterReady) },
  { name: "drain", label: "Set state to DRAIN", act: always(enterDrain) },
  { name: "maint", label: "Set state to MAINT", act: always(enterMaintenance) },
  {
    name: "dhlth",
    label: "Health: disable checks",
    act: ({ check }) => switchRecord(check, false),
  },
  { name: "ehlth", label: "Health: enable checks", act: ({ check }) => switchRecord(check, true) },
  { name: "hrunn", label: "Health: force UP", act: health("up") },
  { name: "hnolb", label: "Health: force NOLB", act: health("stopping") },
  { name: "hdown", label: "Health: force DOWN", act: health("down") },
  {
    name: "dagent",
    label: "Agent: disable checks",
    act: (server) => switchRecord(server.agent, false),
  },
  {
    name: "eagent",
    label: "Agent: enable checks",
    act: (server) => switchRecord(server.agent, true),
  },
  { name: "arunn", label: "Agent: force UP", act: agent("up") },
  { name: "adown", label: "Agent: force DOWN", act: agent("down") },
  {
    name: "shutdown",
    label: "Kill Sessions",
    act: always((server) => server.backend.listener.endSessions(server, "killed")),
  },
  { name: "start", label: "", act: (server) => switchDrain(server, false) },
  { name: "stop", label: "", act: (server) => switchDrain(server, true) },
  { name: "enable", label: "", act: (server) => switchMaintenance(server, false) },
  { name: "disable", label: "", act: (server) => switchMaintenance(server, true) },
];
