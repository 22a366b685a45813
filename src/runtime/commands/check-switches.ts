import type { CheckRecord } from "../../balance/check-record.ts";
import type { Server } from "../../balance/server.ts";
import { type Answer, defineCommand, refuse } from "../command.ts";
import type { CommandCall } from "../command-call.ts";
import { findServer, isRefused } from "../find-server.ts";

const source = "HAProxy management guide, section 9.3";

function enable(call: CommandCall, pick: (server: Server) => CheckRecord, name: string): Answer {
  const server = findServer(call);
  if (isRefused(server)) return server;
  const record = pick(server);
  if (!record.isConfigured) {
    return refuse(`${name} was not configured on this server, cannot enable.`);
  }
  record.state.isEnabled.set(1);
  return undefined;
}

function disable(call: CommandCall, pick: (server: Server) => CheckRecord): Answer {
  const server = findServer(call);
  if (isRefused(server)) return server;
  pick(server).state.isEnabled.set(0);
  return undefined;
}

/** Goes on with the checks of a server. */
export const enableHealth = defineCommand({
  name: "enable health",
  usage: "enable health",
  summary: "enable health checks",
  source,
  level: "admin",
  run: (call) => enable(call, ({ check }) => check, "Health check"),
});

/** Stops the checks of a server, which is believed to be as they found it last. */
export const disableHealth = defineCommand({
  name: "disable health",
  usage: "disable health",
  summary: "disable health checks",
  source,
  level: "admin",
  run: (call) => disable(call, ({ check }) => check),
});

/** Asks the agent of a server again. */
export const enableAgent = defineCommand({
  name: "enable agent",
  usage: "enable agent",
  summary: "enable agent checks",
  source,
  level: "admin",
  run: (call) => enable(call, ({ agent }) => agent, "Agent"),
});

/** Asks the agent of a server no more; what it is saying now changes nothing. */
export const disableAgent = defineCommand({
  name: "disable agent",
  usage: "disable agent",
  summary: "disable agent checks",
  source,
  level: "admin",
  run: (call) => disable(call, ({ agent }) => agent),
});
