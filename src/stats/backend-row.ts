import type { Backend } from "../balance/backend.ts";
import { BackendCounter as Counter } from "../state/backend-state.ts";
import { TimeIndex } from "../state/time-averages.ts";
import { H2_VALUES, PROCESS_NUMBER, type Row, RowKind, type RowValues, TLS_VALUES } from "./row.ts";

/**
 * Reads the numbers of a backend.
 *
 * @param cookieName - Name of its persistence cookie, or the empty text.
 */
export function backendRow(
  backend: Backend,
  isHttp: boolean,
  cookieName: string,
  nowMs: number,
): Row {
  const { state } = backend;
  const total = (index: number) => state.counters.total(index);
  const values: RowValues = {
    pxname: backend.name,
    svname: "BACKEND",
    qcur: state.queued.get(),
    qmax: state.queuedMax.get(),
    scur: state.sessions.get(),
    smax: state.sessionsMax.get(),
    slim: state.fullLoad.get(),
    stot: total(Counter.SESSIONS),
    bin: total(Counter.BYTES_IN),
    bout: total(Counter.BYTES_OUT),
    dreq: total(Counter.DENIED_REQUESTS),
    dresp: total(Counter.DENIED_RESPONSES),
    econ: total(Counter.CONNECTION_ERRORS),
    eresp: total(Counter.RESPONSE_ERRORS),
    wretr: total(Counter.RETRIES),
    wredis: total(Counter.REDISPATCHES),
    status: state.isUp.get() === 1 ? "UP" : "DOWN",
    weight: state.weight.get(),
    act: state.activeServers.get(),
    bck: state.backupServers.get(),
    chkdown: total(Counter.DOWN_TRANSITIONS),
    lastchg: Math.floor((nowMs - state.changedMs) / 1000),
    downtime: backend.servers.length === 0 ? undefined : state.downtimeSeconds(nowMs),
    pid: PROCESS_NUMBER,
    iid: backend.id,
    sid: 0,
    lbtot: total(Counter.CHOSEN),
    type: RowKind.BACKEND,
    rate: state.sessionRate.value(nowMs),
    rate_max: state.sessionRate.max,
    cli_abrt: total(Counter.CLIENT_ABORTS),
    srv_abrt: total(Counter.SERVER_ABORTS),
    comp_in: total(Counter.COMPRESSION_IN),
    comp_out: total(Counter.COMPRESSION_OUT),
    comp_byp: total(Counter.COMPRESSION_BYPASSED),
    comp_rsp: total(Counter.COMPRESSED_RESPONSES),
    lastsess: state.lastSessionSeconds(nowMs),
    ...timeValues(backend),
    cookie: cookieName === "" ? undefined : cookieName,
    mode: isHttp ? "http" : "tcp",
    algo: backend.algorithm.name,
    wrew: total(Counter.FAILED_REWRITES),
    connect: total(Counter.CONNECTIONS),
    reuse: total(Counter.REUSES),
    eint: total(Counter.INTERNAL_ERRORS),
    uweight: state.userWeight.get(),
    // The reference prints these columns and leaves them at 0.
    agg_server_status: 0,
    agg_server_check_status: 0,
    agg_check_status: 0,
    ...TLS_VALUES,
    ...H2_VALUES,
    h1_open_connections: state.h1Connections.get(),
    h1_open_streams: state.h1Streams.get(),
    h1_total_connections: total(Counter.H1_CONNECTIONS),
    h1_total_streams: total(Counter.H1_STREAMS),
    h1_bytes_in: total(Counter.H1_BYTES_IN),
    h1_bytes_out: total(Counter.H1_BYTES_OUT),
    h1_spliced_bytes_in: total(Counter.H1_SPLICED_BYTES_IN),
    h1_spliced_bytes_out: total(Counter.H1_SPLICED_BYTES_OUT),
    ...(isHttp ? responseValues(backend) : {}),
  };
  return { kind: RowKind.BACKEND, proxyId: backend.id, id: 0, values };
}

function timeValues({ state: { times } }: Backend): RowValues {
  return {
    qtime: times.average(TimeIndex.QUEUE),
    ctime: times.average(TimeIndex.CONNECT),
    rtime: times.average(TimeIndex.RESPONSE),
    ttime: times.average(TimeIndex.TOTAL),
    qtime_max: times.longest(TimeIndex.QUEUE),
    ctime_max: times.longest(TimeIndex.CONNECT),
    rtime_max: times.longest(TimeIndex.RESPONSE),
    ttime_max: times.longest(TimeIndex.TOTAL),
  };
}

function responseValues({ state }: Backend): RowValues {
  const total = (index: number) => state.counters.total(index);
  return {
    hrsp_1xx: total(Counter.RESPONSES_1XX),
    hrsp_2xx: total(Counter.RESPONSES_2XX),
    hrsp_3xx: total(Counter.RESPONSES_3XX),
    hrsp_4xx: total(Counter.RESPONSES_4XX),
    hrsp_5xx: total(Counter.RESPONSES_5XX),
    hrsp_other: total(Counter.RESPONSES_OTHER),
    req_tot: total(Counter.REQUESTS),
    cache_lookups: total(Counter.CACHE_LOOKUPS),
    cache_hits: total(Counter.CACHE_HITS),
  };
}
