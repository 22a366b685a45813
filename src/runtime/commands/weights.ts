import { defineCommand } from "../command.ts";
import { findServer, isRefused } from "../find-server.ts";
import { setWeight } from "./set-server.ts";

const source = "HAProxy management guide, section 9.3";

/** Shows a server's weight now and at first. */
export const getWeight = defineCommand({
  name: "get weight",
  usage: "get weight <bk>/<srv>",
  summary: "report a server's current weight",
  source,
  level: "user",
  run(call) {
    const server = findServer(call);
    if (isRefused(server)) return server;
    const { userWeight, initialWeight } = server.state;
    return `${userWeight.get()} (initial ${initialWeight.get()})\n`;
  },
});

/** Changes a server's weight. */
export const setWeightCommand = defineCommand({
  name: "set weight",
  usage: "set weight <bk>/<srv>  (DEPRECATED)",
  summary: "change a server's weight (use 'set server' instead)",
  source,
  level: "admin",
  run(call) {
    const server = findServer(call);
    return isRefused(server) ? server : setWeight(server, call.words[1] ?? "");
  },
});
