import type { Server } from "../balance/server.ts";
import { type Message, refuse } from "./command.ts";
import type { CommandCall } from "./command-call.ts";

/** Finds the server that the first word names as `backend/server`, each by name or `#` and number, or says why there is none. */
export function findServer({ words, context }: CommandCall): Server | Message {
  const [path = ""] = words;
  const slash = path.indexOf("/");
  if (slash === -1 || slash === path.length - 1) return refuse("Require 'backend/server'.");
  const backend = context.table.findBackend(path.slice(0, slash));
  if (backend === undefined) return refuse("No such backend.");
  const server = backend.findServerOrNumber(path.slice(slash + 1));
  return server ?? refuse("No such server.");
}

/** Tells a refusal from a server. */
export function isRefused(found: Server | Message): found is Message {
  return "severity" in found;
}
