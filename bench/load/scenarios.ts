import {
  filledIn,
  HOST_MAP,
  JSON_LOG,
  MANY_SERVERS,
  RULES_ASIDE,
  type RuleWork,
  TYPICAL_RULES,
} from "./rule-scenarios.ts";

/** What is measured in one scenario: a configuration for both programs, and how they are driven. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly kind: "load" | "idle" | "churn" | "checks";
  readonly mode: "http" | "tcp";
  /** Lines of the `defaults` section, the same for both programs. */
  readonly defaults: readonly string[];
  readonly path: string;
  readonly connections: number;
  readonly tool: "wrk" | "ab" | "h2load";
  /** The client asks for a connection of its own for each request. */
  readonly closes: boolean;
  /** Each request is logged to a UDP socket that discards. */
  readonly logs: boolean;
  /** How many servers the backend has, each checked every two seconds; 0: one that is not checked. */
  readonly checkedServers: number;
  /** Words behind the server's address, the same for both programs. */
  readonly server: string;
  /** How many servers the backend has that are not checked. */
  readonly servers: number;
  /** Rules, files, backends and requests; null for none of them. */
  readonly rules: RuleWork | null;
}

const PLAIN: Scenario = {
  name: "",
  summary: "",
  kind: "load",
  mode: "http",
  defaults: [],
  path: "/small",
  connections: 64,
  tool: "wrk",
  closes: false,
  logs: false,
  checkedServers: 0,
  server: "",
  servers: 1,
  rules: null,
};

/** Every scenario, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  { ...PLAIN, name: "keep-alive-64", summary: "small answer, 64 keep-alive connections" },
  {
    ...PLAIN,
    name: "keep-alive-512",
    summary: "small answer, 512 keep-alive connections",
    connections: 512,
  },
  {
    ...PLAIN,
    name: "keep-alive-h2load",
    summary: "the first one, driven by h2load over HTTP/1.1",
    tool: "h2load",
  },
  {
    ...PLAIN,
    name: "server-close",
    summary: "option http-server-close, 64 connections",
    defaults: ["option http-server-close"],
  },
  {
    ...PLAIN,
    name: "full-close",
    summary: "option httpclose, a client connection for each request",
    defaults: ["option httpclose"],
    closes: true,
  },
  {
    ...PLAIN,
    name: "full-close-ab",
    summary: "the same, driven by ab without keep-alive",
    defaults: ["option httpclose"],
    tool: "ab",
    closes: true,
  },
  { ...PLAIN, name: "tcp", summary: "mode tcp, 64 connections that stay", mode: "tcp" },
  {
    ...PLAIN,
    name: "object-100k",
    summary: "100 KB answers, no splicing",
    path: "/100k",
    connections: 16,
  },
  {
    ...PLAIN,
    name: "object-100k-splice",
    summary: "100 KB answers, option splice-response",
    defaults: ["option splice-response"],
    path: "/100k",
    connections: 16,
  },
  {
    ...PLAIN,
    name: "object-1m",
    summary: "1 MB answers, no splicing",
    path: "/1m",
    connections: 16,
  },
  {
    ...PLAIN,
    name: "object-1m-splice",
    summary: "1 MB answers, option splice-response",
    defaults: ["option splice-response"],
    path: "/1m",
    connections: 16,
  },
  {
    ...PLAIN,
    name: "logging",
    summary: "keep-alive-64 with option httplog to a UDP socket",
    defaults: ["option httplog"],
    logs: true,
  },
  {
    ...PLAIN,
    name: "overload-queue",
    summary: "512 connections that wait for a server with maxconn 8",
    connections: 512,
    defaults: ["timeout queue 120s"],
    server: "maxconn 8",
  },
  {
    ...PLAIN,
    name: "rules-20",
    summary: "20 rules, a map of 100,000 addresses, captures, a log format, 50 backends",
    logs: true,
    rules: TYPICAL_RULES,
  },
  {
    ...PLAIN,
    name: "host-map",
    summary: "a map of 1,000 hosts names one of 50 backends",
    rules: HOST_MAP,
  },
  {
    ...PLAIN,
    name: "log-json",
    summary: "keep-alive-64 with lines of JSON to a UDP socket",
    logs: true,
    rules: JSON_LOG,
  },
  {
    ...PLAIN,
    name: "rules-aside",
    summary: "keep-alive-64 with the rules of rules-20 in a frontend that nobody asks",
    rules: RULES_ASIDE,
  },
  {
    ...PLAIN,
    name: "balance-1000",
    summary: "roundrobin among 1,000 servers of one origin",
    servers: MANY_SERVERS,
  },
  {
    ...PLAIN,
    name: "idle",
    summary: "10,000 idle keep-alive connections",
    kind: "idle",
    connections: 10_000,
  },
  {
    ...PLAIN,
    name: "churn",
    summary: "a connection for each request, watched for growth",
    kind: "churn",
    defaults: ["option httpclose"],
    closes: true,
  },
  {
    ...PLAIN,
    name: "checks-1000",
    summary: "1,000 servers with check inter 2s, and no traffic",
    kind: "checks",
    checkedServers: 1000,
  },
];

/**
 * The configuration of a scenario; only the three ports differ between the two programs.
 *
 * @param files - Paths of the files of its rules, by name.
 */
export function configurationOf(
  scenario: Scenario,
  ports: { listen: number; origin: number; log: number },
  connectionsMax: number,
  files: Readonly<Record<string, string>> = {},
): string {
  const values = { ...files, ORIGIN: `127.0.0.1:${ports.origin}` };
  const indented = (line: string) => `  ${filledIn(line, values)}`;
  const lines = [
    "global",
    `  maxconn ${connectionsMax}`,
    "  nbthread 1",
    ...(scenario.logs ? [`  log 127.0.0.1:${ports.log} local0`] : []),
    "defaults",
    `  mode ${scenario.mode}`,
    ...(scenario.logs ? ["  log global"] : []),
    "  timeout connect 5s",
    "  timeout client 120s",
    "  timeout server 120s",
    ...scenario.defaults.map((line) => `  ${line}`),
    "frontend web",
    `  bind 127.0.0.1:${ports.listen}`,
    `  maxconn ${connectionsMax}`,
    ...(scenario.rules?.frontend ?? []).map(indented),
    "  default_backend origin",
    "backend origin",
    ...serverLines(scenario, ports.origin),
    ...(scenario.rules?.sections ?? []).map((line) => filledIn(line, values)),
  ];
  return `${lines.join("\n")}\n`;
}

function serverLines({ checkedServers, server, servers }: Scenario, port: number): string[] {
  if (checkedServers === 0) {
    return Array.from({ length: servers }, (_, index) =>
      `  server s${index} 127.0.0.1:${port} ${server}`.trimEnd(),
    );
  }
  return Array.from(
    { length: checkedServers },
    (_, index) => `  server s${index} 127.0.0.1:${port} check inter 2s`,
  );
}
