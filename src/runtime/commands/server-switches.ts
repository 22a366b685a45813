import { enterMaintenance, enterReady } from "../../balance/server-lifecycle.ts";
import { defineCommand } from "../command.ts";
import { findServer, isRefused } from "../find-server.ts";

const source = "HAProxy management guide, section 9.3";

/** Puts a server in maintenance. */
export const disableServer = defineCommand({
  name: "disable server",
  usage: "disable server (DEPRECATED)",
  summary: "disable a server for maintenance (use 'set server' instead)",
  source,
  level: "admin",
  run(call) {
    const server = findServer(call);
    if (isRefused(server)) return server;
    enterMaintenance(server);
    return undefined;
  },
});

/** Opens a server again. */
export const enableServer = defineCommand({
  name: "enable server",
  usage: "enable server  (DEPRECATED)",
  summary: "enable a disabled server (use 'set server' instead)",
  source,
  level: "admin",
  run(call) {
    const server = findServer(call);
    if (isRefused(server)) return server;
    enterReady(server);
    return undefined;
  },
});

/** Ends the streams of a server. */
export const shutdownSessionsServer = defineCommand({
  name: "shutdown sessions server",
  usage: "shutdown sessions server <bk>/<srv>",
  summary: "kill sessions on a server",
  source,
  level: "admin",
  run(call) {
    const server = findServer(call);
    if (isRefused(server)) return server;
    call.context.endStreamsOf(server.backend.name, server.name);
    return undefined;
  },
});
