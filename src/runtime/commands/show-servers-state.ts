import type { Backend } from "../../balance/backend.ts";
import type { CheckRecord } from "../../balance/check-record.ts";
import { CHECK_OUTCOMES, CheckStatus } from "../../balance/check-status.ts";
import { PortRule, type Server } from "../../balance/server.ts";
import { Operational } from "../../balance/server-status.ts";
import { CheckStateBit, STATE_COLUMNS, STATE_FILE_VERSION } from "../../balance/state-file.ts";
import { AddressFamily, type SocketAddress } from "../../sys/socket-address.ts";
import { defineCommand, refuse } from "../command.ts";

const HEADER = `${STATE_FILE_VERSION}\n# ${STATE_COLUMNS.join(" ")}\n`;

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
  yield HEADER;
  for (const { servers } of backends) {
    for (const server of servers) yield `${serverFields(server, nowMs).join(" ")}\n`;
  }
}

function serverFields(server: Server, nowMs: number): (string | number)[] {
  const { backend, state, address, check, agent } = server;
  const status = check.state.status.get();
  const isRising = server.isRunning && server.risenShare < 1;
  return [
    backend.id,
    backend.name,
    server.id,
    server.name,
    hostOrDash(address),
    isRising ? Operational.STARTING : state.operational.get(),
    state.administrative.get(),
    state.userWeight.get(),
    state.initialWeight.get(),
    Math.floor((nowMs - state.changedMs) / 1000),
    status,
    status > CheckStatus.START ? CHECK_OUTCOMES[status]!.verdict : 0,
    check.state.health.get(),
    checkState(server),
    agentState(agent),
    backend.hasOwnId ? 1 : 0,
    server.hasOwnId ? 1 : 0,
    server.hostName === "" ? "-" : server.hostName,
    server.portRule === PortRule.FIXED ? address.port : server.portOffset & 0xffff,
    "-",
    0,
    check.port,
    hostOrDash(check.address),
    hostOrDash(agent.address),
    agent.port,
  ];
}

function hostOrDash(address: SocketAddress | null): string {
  if (address === null || address.family === AddressFamily.UNIX) return "-";
  return address.host() || "-";
}

function checkState(server: Server): number {
  const { check, isInMaintenance } = server;
  if (!check.isConfigured) {
    return server.isDisabledAtStart && isInMaintenance ? CheckStateBit.PAUSED : 0;
  }
  return switchesOf(check) | (isInMaintenance ? CheckStateBit.PAUSED : 0);
}

function agentState(agent: CheckRecord): number {
  return agent.isConfigured ? switchesOf(agent) | CheckStateBit.AGENT : 0;
}

function switchesOf({ isEnabled, state }: CheckRecord): number {
  const running = state.isRunning.get() === 1 ? CheckStateBit.RUNNING : 0;
  return CheckStateBit.CONFIGURED | (isEnabled ? CheckStateBit.ENABLED : 0) | running;
}
