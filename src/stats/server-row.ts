import type { CheckRecord } from "../balance/check-record.ts";
import { CHECK_OUTCOMES, CheckStatus } from "../balance/check-status.ts";
import { ObservedLayer } from "../balance/observation.ts";
import { type Server, WEIGHT_SCALE } from "../balance/server.ts";
import { hasCode } from "../balance/server-health.ts";
import { Administrative, Operational } from "../balance/server-status.ts";
import { ServerCounter as Counter } from "../state/server-state.ts";
import { TimeIndex } from "../state/time-averages.ts";
import { PROCESS_NUMBER, type Row, RowKind, type RowValues, TLS_VALUES } from "./row.ts";

/** Reads the numbers of a server. */
export function serverRow(server: Server, isHttp: boolean, nowMs: number): Row {
  const { backend, state } = server;
  const total = (index: number) => state.counters.total(index);
  const limit = state.sessionsLimit.get();
  const weight = Math.ceil(server.effectiveWeight / WEIGHT_SCALE);
  const values: RowValues = {
    pxname: backend.name,
    svname: server.name,
    qcur: state.queued.get(),
    qmax: state.queuedMax.get(),
    scur: state.sessions.get(),
    smax: state.sessionsMax.get(),
    slim: limit === 0 ? undefined : limit,
    stot: total(Counter.SESSIONS),
    bin: total(Counter.BYTES_IN),
    bout: total(Counter.BYTES_OUT),
    dresp: total(Counter.DENIED_RESPONSES),
    econ: total(Counter.CONNECTION_ERRORS),
    eresp: total(Counter.RESPONSE_ERRORS),
    wretr: total(Counter.RETRIES),
    wredis: total(Counter.REDISPATCHES),
    status: serverStatusText(server),
    weight,
    act: server.isBackup ? 0 : 1,
    bck: server.isBackup ? 1 : 0,
    lastchg: Math.floor((nowMs - state.changedMs) / 1000),
    qlimit: server.queueMax === 0 ? undefined : server.queueMax,
    pid: PROCESS_NUMBER,
    iid: backend.id,
    sid: server.id,
    lbtot: total(Counter.CHOSEN),
    type: RowKind.SERVER,
    rate: state.sessionRate.value(nowMs),
    rate_max: state.sessionRate.max,
    cli_abrt: total(Counter.CLIENT_ABORTS),
    srv_abrt: total(Counter.SERVER_ABORTS),
    lastsess: state.lastSessionSeconds(nowMs),
    qtime: state.times.average(TimeIndex.QUEUE),
    ctime: state.times.average(TimeIndex.CONNECT),
    rtime: state.times.average(TimeIndex.RESPONSE),
    ttime: state.times.average(TimeIndex.TOTAL),
    qtime_max: state.times.longest(TimeIndex.QUEUE),
    ctime_max: state.times.longest(TimeIndex.CONNECT),
    rtime_max: state.times.longest(TimeIndex.RESPONSE),
    ttime_max: state.times.longest(TimeIndex.TOTAL),
    addr: serverAddressText(server),
    cookie: server.cookie === "" ? undefined : server.cookie,
    mode: isHttp ? "http" : "tcp",
    wrew: total(Counter.FAILED_REWRITES),
    connect: total(Counter.CONNECTIONS),
    reuse: total(Counter.REUSES),
    srv_icur: state.idleConnections.get(),
    eint: total(Counter.INTERNAL_ERRORS),
    idle_conn_cur: state.idleConnections.get() - state.idleSafeConnections.get(),
    safe_conn_cur: state.idleSafeConnections.get(),
    used_conn_cur: state.usedConnections.get(),
    need_conn_est: state.neededConnections.get(),
    uweight: state.userWeight.get(),
    ...TLS_VALUES,
    ...(isHttp ? responseValues(server) : {}),
    tracked: server.tracked === null ? undefined : server.tracked.path,
    ...(server.check.isEnabled ? checkCounters(server, nowMs) : {}),
    // In maintenance there are no checks, so what the last one found means nothing.
    ...(server.check.isEnabled && !server.isInMaintenance ? checkValues(server) : {}),
    ...(server.agent.isEnabled ? agentValues(server) : {}),
  };
  return { kind: RowKind.SERVER, proxyId: backend.id, id: server.id, values };
}

function responseValues({ state }: Server): RowValues {
  const total = (index: number) => state.counters.total(index);
  return {
    hrsp_1xx: total(Counter.RESPONSES_1XX),
    hrsp_2xx: total(Counter.RESPONSES_2XX),
    hrsp_3xx: total(Counter.RESPONSES_3XX),
    hrsp_4xx: total(Counter.RESPONSES_4XX),
    hrsp_5xx: total(Counter.RESPONSES_5XX),
    hrsp_other: total(Counter.RESPONSES_OTHER),
    req_tot: total(Counter.REQUESTS),
  };
}

function checkCounters({ state }: Server, nowMs: number): RowValues {
  const isDown = state.operational.get() === Operational.STOPPED;
  const downMs = state.downtimeMs + (isDown ? nowMs - state.changedMs : 0);
  return {
    chkfail: state.counters.total(Counter.CHECKS_FAILED),
    chkdown: state.counters.total(Counter.DOWN_TRANSITIONS),
    downtime: Math.floor(downMs / 1000),
  };
}

function checkValues({ check, observation, state }: Server): RowValues {
  const found = findingOf(check);
  return {
    check_status: found.status,
    check_code: found.code,
    check_duration: found.durationMs,
    last_chk: found.text,
    check_desc: found.description,
    check_rise: check.rise,
    check_fall: check.fall,
    check_health: check.state.health.get(),
    hanafail:
      observation.layer === ObservedLayer.NONE
        ? undefined
        : state.counters.total(Counter.OBSERVED_FAILURES),
  };
}

function agentValues({ agent }: Server): RowValues {
  const found = findingOf(agent);
  return {
    agent_status: found.status,
    agent_code: found.code,
    agent_duration: found.durationMs,
    last_agt: found.text,
    agent_desc: found.description,
    agent_rise: agent.rise,
    agent_fall: agent.fall,
    agent_health: agent.state.health.get(),
  };
}

/** What a check or an agent last found; nothing was found before the first one has run. */
function findingOf({ state, text }: CheckRecord) {
  const status = state.status.get();
  const { name, description } = CHECK_OUTCOMES[status]!;
  const hasRun = status > CheckStatus.START;
  const durationMs = state.durationMs.get();
  return {
    status: `${state.isRunning.get() === 1 ? "* " : ""}${name}`,
    code: hasCode(status) ? state.code.get() : undefined,
    durationMs: hasRun && durationMs >= 0 ? durationMs : undefined,
    text: hasRun ? text : undefined,
    description,
  };
}

/**
 * The state of a server in the words of the status column: `UP`, `DOWN 1/2`, `DRAIN (agent)`,
 * `MAINT (via bk/s1)`, `no check`. A server that tracks another one has the health of that one.
 *
 * Source: HAProxy management guide, section 9.1, field 17.
 */
export function serverStatusText(server: Server): string {
  if (server.isInMaintenance) return maintenanceText(server);
  const operational = server.state.operational.get();
  const { check, agent } = server.checkedServer;
  if (operational === Operational.STOPPED) {
    if (agent.isEnabled && agent.state.health.get() === 0) return "DOWN (agent)";
    if (!check.isEnabled) return agent.isEnabled ? `DOWN ${check.fraction}` : "DOWN";
    return withHealth(check, "DOWN");
  }
  if (server.isDraining) return agent.isEnabled ? "DRAIN (agent)" : withHealth(check, "DRAIN");
  if (operational === Operational.STOPPING) return withHealth(check, "NOLB");
  return check.isEnabled ? withHealth(check, "UP") : "no check";
}

function maintenanceText({ state, tracked }: Server): string {
  const flags = state.administrative.get();
  if ((flags & Administrative.RESOLUTION_MAINTENANCE) !== 0) return "MAINT (resolution)";
  const isInherited = (flags & Administrative.INHERITED_MAINTENANCE) !== 0;
  return isInherited && tracked !== null ? `MAINT (via ${tracked.path})` : "MAINT";
}

/** Adds how many checks it takes to the other side, unless that is all of them. */
function withHealth(check: CheckRecord, status: string): string {
  return !check.isEnabled || check.isSettled ? status : `${status} ${check.fraction}`;
}

/** A server's address with its port; a port that follows the client's has a sign. */
export function serverAddressText({ address }: Server): string {
  return address.toString();
}
