import type { Backend } from "../../balance/backend.ts";
import type { Server } from "../../balance/server.ts";
import { defineCommand, refuse } from "../command.ts";

/** How long an idle connection is kept: what a `server` line has unless it says otherwise. */
const PURGE_DELAY_MS = 5000;
const HEADER =
  "# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb " +
  "safe_nb idle_lim idle_cur idle_per_thr[1]\n";

/** Shows the connections that each server's pool holds. */
export const showServersConn = defineCommand({
  name: "show servers conn",
  usage: "show servers conn [<backend>]",
  summary: "dump server connections status (all or for a single backend)",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ words, context }) {
    const [name] = words;
    const chosen = name === undefined ? undefined : context.table.findBackend(name);
    if (name !== undefined && chosen === undefined) return refuse("Can't find backend.");
    return serverLines(chosen === undefined ? [...context.table.backends] : [chosen]);
  },
});

function* serverLines(backends: readonly Backend[]): Generator<string> {
  yield HEADER;
  for (const { servers } of backends) {
    for (const server of servers) yield `${serverFields(server).join(" ")}\n`;
  }
}

function serverFields(server: Server): (string | number)[] {
  const { backend, state, address } = server;
  const idle = state.idleConnections.get();
  const safe = state.idleSafeConnections.get();
  const needed = state.neededConnections.get();
  return [
    server.path,
    `${backend.id}/${server.id}`,
    address.host() === "" ? "-" : address.host(),
    address.port,
    "-",
    PURGE_DELAY_MS,
    state.usedConnections.get(),
    needed,
    needed,
    idle - safe,
    safe,
    -1,
    idle,
    idle,
  ];
}
