import { changeConnectionsMax } from "../../balance/server-limit.ts";
import { defineCommand, refuse, refuseNumber } from "../command.ts";
import type { RateKind } from "../context.ts";
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
    const refusal = changeConnectionsMax(server, call.words[1] ?? "");
    return refusal === undefined ? undefined : refuseNumber(refusal);
  },
});

const RATE_KINDS: readonly RateKind[] = ["connections", "sessions", "ssl-sessions"];
const RATE_USAGE =
  "'set rate-limit' only supports :\n" +
  "   - 'connections global' to set the per-process maximum connection rate\n" +
  "   - 'sessions global' to set the per-process maximum session rate\n" +
  "   - 'ssl-sessions global' to set the per-process maximum SSL session rate\n";
const NO_COMPRESSION =
  "'set rate-limit http-compression' would limit nothing: compression is not built yet.";
const RATE_MAX = 2_147_483_647;

/** Changes how many connections or sessions the process takes a second. */
export const setRateLimit = defineCommand({
  name: "set rate-limit",
  usage: "set rate-limit <setting> <value>",
  summary: "change a rate limiting value",
  source,
  level: "admin",
  run({ words, context }) {
    const [kind, scope, text] = words;
    const known = RATE_KINDS.find((name) => name === kind);
    if (kind === "http-compression" && scope === "global") return refuse(NO_COMPRESSION);
    if (known === undefined || scope !== "global") return refuse(RATE_USAGE);
    if (text === undefined) return refuse("Expects an integer value.");
    if (/^-\d+$/.test(text) || Number(text) > RATE_MAX) return refuse("Value out of range.");
    if (!NUMBER.test(text)) return refuse("Expects an integer value.");
    context.setRateLimit(known, Number(text));
    return undefined;
  },
});
