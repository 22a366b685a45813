/**
 * What a statistics value is, in three letters: where it comes from (Metric, Status, Key, Config,
 * Product), what it measures (Age, average, Counter, Duration, Gauge, Limit, Max, Name, Output text,
 * Rate) and how far it reaches (Process, Service).
 *
 * Source: HAProxy management guide, section 9.2.
 */
export type Tags = string;

/** How a value is typed where types are shown. */
export type ValueType = "str" | "u32" | "u64" | "s32" | "flt";

/** One column of the statistics: tools find it by name or by its place, so places never change. */
export interface Column {
  readonly name: string;
  readonly tags: Tags;
  readonly type: ValueType;
  /** The tags in a backend's row, where they differ. */
  readonly backendTags?: Tags;
  /** A few words for `show stat desc`. */
  readonly summary: string;
}

/** The columns of every object, in their order. */
export const COLUMNS = [
  { name: "pxname", tags: "KNS", type: "str", summary: "Proxy name" },
  {
    name: "svname",
    tags: "KNS",
    type: "str",
    summary: "FRONTEND, BACKEND, or the name of a server or listener",
  },
  { name: "qcur", tags: "MGP", type: "u32", summary: "Requests in queue" },
  { name: "qmax", tags: "MMP", type: "u32", summary: "Max of qcur" },
  { name: "scur", tags: "MGP", type: "u32", summary: "Current sessions" },
  { name: "smax", tags: "MMP", type: "u32", summary: "Max sessions" },
  { name: "slim", tags: "CLP", type: "u32", summary: "Limit of sessions" },
  { name: "stot", tags: "MCP", type: "u64", summary: "Sessions so far" },
  { name: "bin", tags: "MCP", type: "u64", summary: "Bytes in" },
  { name: "bout", tags: "MCP", type: "u64", summary: "Bytes out" },
  { name: "dreq", tags: "MCP", type: "u64", summary: "Denied requests" },
  { name: "dresp", tags: "MCP", type: "u64", summary: "Denied responses" },
  { name: "ereq", tags: "MCP", type: "u64", summary: "Request errors" },
  { name: "econ", tags: "MCP", type: "u64", summary: "Connection errors" },
  { name: "eresp", tags: "MCP", type: "u64", summary: "Response errors" },
  { name: "wretr", tags: "MCP", type: "u64", summary: "Connection retries" },
  { name: "wredis", tags: "MCP", type: "u64", summary: "Redispatches" },
  { name: "status", tags: "SGP", type: "str", summary: "State" },
  { name: "weight", tags: "MaP", type: "u32", summary: "Effective weight" },
  { name: "act", tags: "SGP", type: "u32", backendTags: "MGP", summary: "Active servers" },
  { name: "bck", tags: "SGP", type: "u32", backendTags: "MGP", summary: "Backup servers" },
  { name: "chkfail", tags: "MCP", type: "u64", summary: "Failed checks" },
  { name: "chkdown", tags: "MCP", type: "u64", summary: "Up to down transitions" },
  { name: "lastchg", tags: "MAP", type: "u32", summary: "Seconds since last change" },
  { name: "downtime", tags: "MCP", type: "u32", summary: "Down time in seconds" },
  { name: "qlimit", tags: "CGS", type: "u32", summary: "Queue limit" },
  { name: "pid", tags: "KGP", type: "u32", summary: "Number of the process" },
  { name: "iid", tags: "KGS", type: "u32", summary: "Proxy id" },
  { name: "sid", tags: "KGS", type: "u32", summary: "Server or listener id, 0 for a whole side" },
  { name: "throttle", tags: "MaP", type: "u32", summary: "Slow start percentage" },
  { name: "lbtot", tags: "MCP", type: "u64", summary: "Times selected" },
  { name: "tracked", tags: "CNS", type: "str", summary: "Tracked server" },
  {
    name: "type",
    tags: "CGS",
    type: "u32",
    summary: "0 frontend, 1 backend, 2 server, 3 listener",
  },
  { name: "rate", tags: "MRP", type: "u32", backendTags: "MGP", summary: "Sessions per second" },
  { name: "rate_lim", tags: "CLP", type: "u32", summary: "Rate limit" },
  { name: "rate_max", tags: "MMP", type: "u32", backendTags: "MGP", summary: "Max rate" },
  { name: "check_status", tags: "MOP", type: "str", summary: "Last check status code name" },
  { name: "check_code", tags: "MOP", type: "u32", summary: "Protocol code of the last check" },
  {
    name: "check_duration",
    tags: "MDP",
    type: "u64",
    summary: "Duration of the last check in milliseconds",
  },
  { name: "hrsp_1xx", tags: "MCP", type: "u64", summary: "1xx responses" },
  { name: "hrsp_2xx", tags: "MCP", type: "u64", summary: "2xx responses" },
  { name: "hrsp_3xx", tags: "MCP", type: "u64", summary: "3xx responses" },
  { name: "hrsp_4xx", tags: "MCP", type: "u64", summary: "4xx responses" },
  { name: "hrsp_5xx", tags: "MCP", type: "u64", summary: "5xx responses" },
  { name: "hrsp_other", tags: "MCP", type: "u64", summary: "Responses with another status" },
  {
    name: "hanafail",
    tags: "MCP",
    type: "u64",
    summary: "Failed checks by observation of traffic",
  },
  { name: "req_rate", tags: "MRP", type: "u32", summary: "Requests per second" },
  { name: "req_rate_max", tags: "MMP", type: "u32", summary: "Max requests per second" },
  { name: "req_tot", tags: "MCP", type: "u64", summary: "Requests" },
  { name: "cli_abrt", tags: "MCP", type: "u64", summary: "Client aborts" },
  { name: "srv_abrt", tags: "MCP", type: "u64", summary: "Server aborts" },
  { name: "comp_in", tags: "MCP", type: "u64", summary: "Compressor input bytes" },
  { name: "comp_out", tags: "MCP", type: "u64", summary: "Compressor output bytes" },
  { name: "comp_byp", tags: "MCP", type: "u64", summary: "Bytes that bypassed the compressor" },
  { name: "comp_rsp", tags: "MCP", type: "u64", summary: "Compressed responses" },
  {
    name: "lastsess",
    tags: "MAP",
    type: "s32",
    summary: "Seconds since the last session, -1 for none",
  },
  { name: "last_chk", tags: "MOP", type: "str", summary: "Last check text" },
  { name: "last_agt", tags: "MOP", type: "str", summary: "Last agent text" },
  {
    name: "qtime",
    tags: "MaP",
    type: "u32",
    summary: "Average queue time of the last 1024 requests in milliseconds",
  },
  { name: "ctime", tags: "MaP", type: "u32", summary: "Average connect time in milliseconds" },
  { name: "rtime", tags: "MaP", type: "u32", summary: "Average response time in milliseconds" },
  { name: "ttime", tags: "MaP", type: "u32", summary: "Average total time in milliseconds" },
  { name: "agent_status", tags: "MOP", type: "str", summary: "Agent status name" },
  { name: "agent_code", tags: "MOP", type: "u32", summary: "Agent code" },
  { name: "agent_duration", tags: "MDP", type: "u64", summary: "Agent duration" },
  { name: "check_desc", tags: "MOP", type: "str", summary: "Check status text" },
  { name: "agent_desc", tags: "MOP", type: "str", summary: "Agent status text" },
  { name: "check_rise", tags: "CGS", type: "u32", summary: "Check rise" },
  { name: "check_fall", tags: "CGS", type: "u32", summary: "Check fall" },
  { name: "check_health", tags: "CGS", type: "u32", summary: "Check health counter" },
  { name: "agent_rise", tags: "CGS", type: "u32", summary: "Agent rise" },
  { name: "agent_fall", tags: "CGS", type: "u32", summary: "Agent fall" },
  { name: "agent_health", tags: "CGS", type: "u32", summary: "Agent health counter" },
  { name: "addr", tags: "CGS", type: "str", summary: "Address" },
  { name: "cookie", tags: "CNS", type: "str", summary: "Cookie" },
  { name: "mode", tags: "CGS", type: "str", summary: "Mode" },
  { name: "algo", tags: "CGS", type: "str", summary: "Algorithm" },
  { name: "conn_rate", tags: "MRP", type: "u32", summary: "Connections per second" },
  { name: "conn_rate_max", tags: "MMP", type: "u32", summary: "Max connection rate" },
  { name: "conn_tot", tags: "MCP", type: "u64", summary: "Connections" },
  { name: "intercepted", tags: "MCP", type: "u64", summary: "Intercepted requests" },
  { name: "dcon", tags: "MCP", type: "u64", summary: "Connections denied at layer 4" },
  { name: "dses", tags: "MCP", type: "u64", summary: "Sessions denied" },
  { name: "wrew", tags: "MCP", type: "u64", summary: "Failed rewrites" },
  { name: "connect", tags: "MCP", type: "u64", summary: "Connection attempts" },
  { name: "reuse", tags: "MCP", type: "u64", summary: "Connection reuses" },
  { name: "cache_lookups", tags: "MCP", type: "u64", summary: "Cache lookups" },
  { name: "cache_hits", tags: "MCP", type: "u64", summary: "Cache hits" },
  { name: "srv_icur", tags: "MGP", type: "u32", summary: "Idle connections" },
  { name: "src_ilim", tags: "CLP", type: "u32", summary: "Idle connection limit" },
  { name: "qtime_max", tags: "MMP", type: "u32", summary: "Max queue time" },
  { name: "ctime_max", tags: "MMP", type: "u32", summary: "Max connect time" },
  { name: "rtime_max", tags: "MMP", type: "u32", summary: "Max response time" },
  { name: "ttime_max", tags: "MMP", type: "u32", summary: "Max total time" },
  { name: "eint", tags: "MCP", type: "u64", summary: "Internal errors" },
  { name: "idle_conn_cur", tags: "MGP", type: "u32", summary: "Unsafe idle connections" },
  { name: "safe_conn_cur", tags: "MGP", type: "u32", summary: "Safe idle connections" },
  { name: "used_conn_cur", tags: "MGP", type: "u32", summary: "Used connections" },
  { name: "need_conn_est", tags: "MGP", type: "u32", summary: "Estimated needed connections" },
  { name: "uweight", tags: "MaP", type: "u32", summary: "Configured weight" },
  { name: "agg_server_status", tags: "MGP", type: "u32", summary: "Servers per state (aggregate)" },
  {
    name: "agg_server_check_status",
    tags: "MGP",
    type: "u32",
    summary: "Servers per state, under its older name",
  },
  {
    name: "agg_check_status",
    tags: "MGP",
    type: "u32",
    summary: "Servers per check state (aggregate)",
  },
] as const satisfies readonly Column[];

/** The columns that stand behind a `-` of their own: those of TLS, HTTP/2 and HTTP/1. */
export const PROTOCOL_COLUMNS = [
  { name: "ssl_sess", tags: "MCP", type: "u64", summary: "TLS sessions" },
  { name: "ssl_reused_sess", tags: "MCP", type: "u64", summary: "TLS sessions that were resumed" },
  { name: "ssl_failed_handshake", tags: "MCP", type: "u64", summary: "Failed TLS handshakes" },
  { name: "h2_headers_rcvd", tags: "MCP", type: "u64", summary: "HEADERS frames received" },
  { name: "h2_data_rcvd", tags: "MCP", type: "u64", summary: "DATA frames received" },
  { name: "h2_settings_rcvd", tags: "MCP", type: "u64", summary: "SETTINGS frames received" },
  { name: "h2_rst_stream_rcvd", tags: "MCP", type: "u64", summary: "RST_STREAM frames received" },
  { name: "h2_goaway_rcvd", tags: "MCP", type: "u64", summary: "GOAWAY frames received" },
  {
    name: "h2_detected_conn_protocol_errors",
    tags: "MCP",
    type: "u64",
    summary: "HTTP/2 connections ended by a protocol error",
  },
  {
    name: "h2_detected_strm_protocol_errors",
    tags: "MCP",
    type: "u64",
    summary: "HTTP/2 streams ended by a protocol error",
  },
  {
    name: "h2_rst_stream_resp",
    tags: "MCP",
    type: "u64",
    summary: "RST_STREAM frames sent for an error",
  },
  { name: "h2_goaway_resp", tags: "MCP", type: "u64", summary: "GOAWAY frames sent for an error" },
  { name: "h2_open_connections", tags: "MGP", type: "u64", summary: "Open HTTP/2 connections" },
  { name: "h2_backend_open_streams", tags: "MGP", type: "u64", summary: "Open HTTP/2 streams" },
  { name: "h2_total_connections", tags: "MCP", type: "u64", summary: "HTTP/2 connections so far" },
  { name: "h2_backend_total_streams", tags: "MCP", type: "u64", summary: "HTTP/2 streams so far" },
  { name: "h1_open_connections", tags: "MGP", type: "u64", summary: "Open HTTP/1 connections" },
  { name: "h1_open_streams", tags: "MGP", type: "u64", summary: "Open HTTP/1 exchanges" },
  { name: "h1_total_connections", tags: "MCP", type: "u64", summary: "HTTP/1 connections so far" },
  { name: "h1_total_streams", tags: "MCP", type: "u64", summary: "HTTP/1 exchanges so far" },
  { name: "h1_bytes_in", tags: "MCP", type: "u64", summary: "HTTP/1 bytes received" },
  { name: "h1_bytes_out", tags: "MCP", type: "u64", summary: "HTTP/1 bytes sent" },
  {
    name: "h1_spliced_bytes_in",
    tags: "MCP",
    type: "u64",
    summary: "HTTP/1 bytes received through a kernel pipe",
  },
  {
    name: "h1_spliced_bytes_out",
    tags: "MCP",
    type: "u64",
    summary: "HTTP/1 bytes sent through a kernel pipe",
  },
] as const satisfies readonly Column[];

/** The name of a column. */
export type ColumnName =
  | (typeof COLUMNS)[number]["name"]
  | (typeof PROTOCOL_COLUMNS)[number]["name"];

/** All columns in the order of their numbers. */
export const ALL_COLUMNS: readonly (Column & { readonly name: ColumnName })[] = [
  ...COLUMNS,
  ...PROTOCOL_COLUMNS,
];
