import type { Backend } from "../../balance/backend.ts";
import { CHECK_OUTCOMES, CheckStatus } from "../../balance/check-status.ts";
import type { Server } from "../../balance/server.ts";
import { defineCommand, refuse } from "../command.ts";

/** The version of the format, which its first line holds. */
const FORMAT_VERSION = "1\n";
const HEADER =
  "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight " +
  "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state " +
  "srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl " +
  "srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n";

/** Bits of the column `srv_check_state`. */
const CheckState = { RUNNING: 1, CONFIGURED: 2, ENABLED: 4, PAUSED: 8 } as const;

/** Shows what of a server changes while it runs, in the form that a state file has. */
export const showServersState = defineCommand({
  name: "show servers state",
  usage: "show servers state [<backend>]",
  summary: "dump volatile server information (all or for a single backend)",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run({ words, context }) {
    const [name] = words;
    const chosen = name === undefined ? undefined : context.table.findBackend(name);
    if (name !== undefined && chosen === undefined) return refuse("Can't find backend.");
    const backends = chosen === undefined ? [...context.table.backends] : [chosen];
    const nowMs = context.nowMs();
    return serverLines(backends, nowMs);
  },
});

function* serverLines(backends: readonly Backend[], nowMs: number): Generator<string> {
  yield FORMAT_VERSION + HEADER;
  for (const { servers } of backends) {
    for (const server of servers) yield `${serverFields(server, nowMs).join(" ")}\n`;
  }
}

function serverFields(server: Server, nowMs: number): (string | number)[] {
  const { backend, state, address } = server;
  const status = state.checkStatus.get();
  return [
    backend.id,
    backend.name,
    server.id,
    server.name,
    address.host() === "" ? "-" : address.host(),
    state.operational.get(),
    state.administrative.get(),
    state.userWeight.get(),
    state.initialWeight.get(),
    Math.floor((nowMs - state.changedMs) / 1000),
    // Without checks the reference says "initialising" as well.
    Math.max(status, CheckStatus.INITIALISING),
    status > CheckStatus.START ? CHECK_OUTCOMES[status]!.verdict : 0,
    state.checkHealth.get(),
    checkState(server),
    0,
    0,
    0,
    server.hostName === "" ? "-" : server.hostName,
    address.port,
    "-",
    0,
    0,
    "-",
    "-",
    0,
  ];
}

function checkState(server: Server): number {
  if (!server.isChecked)
    return server.isDisabledAtStart && server.isInMaintenance ? CheckState.PAUSED : 0;
  const running = server.state.isChecking.get() === 1 ? CheckState.RUNNING : 0;
  const paused = server.isInMaintenance ? CheckState.PAUSED : 0;
  return CheckState.CONFIGURED | CheckState.ENABLED | running | paused;
}
