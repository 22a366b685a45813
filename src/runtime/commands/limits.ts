import { defineCommand, refuse } from "../command.ts";
import { findServer, isRefused } from "../find-server.ts";

const source = "HAProxy management guide, section 9.3";
const NUMBER = /^\d+$/;

/** Changes how many connections the process may have. */
export const setMaxconnGlobal = defineCommand({
  name: "set maxconn global",
  usage: "set maxconn global <value>",
  summary: "change the per-process maxconn setting",
  source,
  level: "admin",
  run({ words, context }) {
    const [text = ""] = words;
    if (!NUMBER.test(text)) return refuse("Expects an integer value.");
    return context.setConnectionsLimit(Number(text)) ? undefined : refuse("Value out of range.");
  },
});

/** Changes how many connections a server may have; who waits is served at once. */
export const setMaxconnServer = defineCommand({
  name: "set maxconn server",
  usage: "set maxconn server <bk>/<srv>",
  summary: "change a server's maxconn setting",
  source,
  level: "admin",
  run(call) {
    const server = findServer(call);
    if (isRefused(server)) return server;
    const [, text] = call.words;
    if (text === undefined) return refuse("Require <maxconn>.");
    if (!NUMBER.test(text)) return refuse("maxconn string empty or preceded by garbage");
    server.setConnectionsMax(Number(text));
    return undefined;
  },
});
