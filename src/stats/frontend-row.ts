import { FrontendCounter as Counter, FrontendStatus } from "../state/frontend-state.ts";
import { ListenerCounter } from "../state/listener-state.ts";
import type { FrontendEntry, ListenerEntry } from "./proxy-table.ts";
import { H2_VALUES, PROCESS_NUMBER, type Row, RowKind, type RowValues, TLS_VALUES } from "./row.ts";

const FRONTEND_STATUS: Readonly<Record<number, string>> = {
  [FrontendStatus.OPEN]: "OPEN",
  [FrontendStatus.FULL]: "FULL",
  [FrontendStatus.STOP]: "STOP",
  [FrontendStatus.PAUSED]: "PAUSED",
};

/** Reads the numbers of a frontend. */
export function frontendRow(frontend: FrontendEntry, nowMs: number): Row {
  const { id, name, isHttp, state } = frontend;
  const total = (index: number) => state.counters.total(index);
  const values: RowValues = {
    pxname: name,
    svname: "FRONTEND",
    scur: state.sessions.get(),
    smax: state.sessionsMax.get(),
    slim: state.sessionsLimit.get(),
    stot: total(Counter.SESSIONS),
    bin: total(Counter.BYTES_IN),
    bout: total(Counter.BYTES_OUT),
    dreq: total(Counter.DENIED_REQUESTS),
    dresp: total(Counter.DENIED_RESPONSES),
    ereq: total(Counter.REQUEST_ERRORS),
    status: FRONTEND_STATUS[state.status.get()],
    pid: PROCESS_NUMBER,
    iid: id,
    sid: 0,
    type: RowKind.FRONTEND,
    rate: state.sessionRate.value(nowMs),
    rate_lim: state.sessionRateLimit.get(),
    rate_max: state.sessionRate.max,
    req_rate: state.requestRate.value(nowMs),
    req_rate_max: state.requestRate.max,
    req_tot: total(Counter.REQUESTS),
    comp_in: total(Counter.COMPRESSION_IN),
    comp_out: total(Counter.COMPRESSION_OUT),
    comp_byp: total(Counter.COMPRESSION_BYPASSED),
    comp_rsp: total(Counter.COMPRESSED_RESPONSES),
    mode: isHttp ? "http" : "tcp",
    conn_rate: state.connectionRate.value(nowMs),
    conn_rate_max: state.connectionRate.max,
    conn_tot: total(Counter.CONNECTIONS),
    dcon: total(Counter.DENIED_CONNECTIONS),
    dses: total(Counter.DENIED_SESSIONS),
    wrew: total(Counter.FAILED_REWRITES),
    eint: total(Counter.INTERNAL_ERRORS),
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
  };
  if (isHttp) {
    values.hrsp_1xx = total(Counter.RESPONSES_1XX);
    values.hrsp_2xx = total(Counter.RESPONSES_2XX);
    values.hrsp_3xx = total(Counter.RESPONSES_3XX);
    values.hrsp_4xx = total(Counter.RESPONSES_4XX);
    values.hrsp_5xx = total(Counter.RESPONSES_5XX);
    values.hrsp_other = total(Counter.RESPONSES_OTHER);
    values.intercepted = total(Counter.INTERCEPTED);
    values.cache_lookups = total(Counter.CACHE_LOOKUPS);
    values.cache_hits = total(Counter.CACHE_HITS);
  }
  return { kind: RowKind.FRONTEND, proxyId: id, id: 0, values };
}

/** Reads the numbers of one listening address. */
export function listenerRow(frontend: FrontendEntry, listener: ListenerEntry): Row {
  const { state } = listener;
  const total = (index: number) => state.counters.total(index);
  const values: RowValues = {
    pxname: frontend.name,
    svname: listener.name,
    scur: state.sessions.get(),
    smax: state.sessionsMax.get(),
    slim: listener.sessionsLimit,
    stot: total(ListenerCounter.SESSIONS),
    bin: total(ListenerCounter.BYTES_IN),
    bout: total(ListenerCounter.BYTES_OUT),
    dreq: total(ListenerCounter.DENIED_REQUESTS),
    dresp: total(ListenerCounter.DENIED_RESPONSES),
    ereq: total(ListenerCounter.REQUEST_ERRORS),
    status: listenerStatus(frontend, listener),
    pid: PROCESS_NUMBER,
    iid: frontend.id,
    sid: listener.id,
    type: RowKind.LISTENER,
    addr: listener.address,
    mode: frontend.isHttp ? "http" : "tcp",
    dcon: total(ListenerCounter.DENIED_CONNECTIONS),
    dses: total(ListenerCounter.DENIED_SESSIONS),
    wrew: total(ListenerCounter.FAILED_REWRITES),
    eint: total(ListenerCounter.INTERNAL_ERRORS),
    ...TLS_VALUES,
  };
  return { kind: RowKind.LISTENER, proxyId: frontend.id, id: listener.id, values };
}

/** A paused frontend's addresses still say that they are open, as the reference's do. */
function listenerStatus(frontend: FrontendEntry, { state, sessionsLimit }: ListenerEntry): string {
  if (sessionsLimit > 0 && state.sessions.get() >= sessionsLimit) return "FULL";
  return frontend.state.status.get() === FrontendStatus.FULL ? "WAITING" : "OPEN";
}
