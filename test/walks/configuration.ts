import type { Random } from "../support/random.ts";

/** One server of a walk: the words behind its address; `refused` has an address that refuses. */
export interface ServerSetting {
  readonly words: string;
  readonly isRefused: boolean;
}

/** What a walk runs through. */
export interface WalkConfiguration {
  readonly mode: "http" | "tcp";
  /** The one timeout that steps wait for; the others are out of reach. Empty: none. */
  readonly shortTimeout: string;
  /** Lines of the walk's own `defaults`. */
  readonly defaults: readonly string[];
  readonly backend: readonly string[];
  readonly servers: readonly ServerSetting[];
  /** Servers take one connection at a time, so that others wait. */
  readonly hasQueue: boolean;
  /** Connections to servers end with each exchange. */
  readonly closesServers: boolean;
  /** What takes turns goes on in another order once all servers have been full. */
  readonly takesTurns: boolean;
  /** Servers answer requests that are sent again after an answer was bad (`retry-on`). */
  readonly repeatsRequests: boolean;
}

/** The timeout that a walk waits for. */
const SHORT = "200ms";
/** Pauses before a retry are no longer than this. */
const CONNECT = "60ms";

const CONNECTION_LINES = [
  [],
  ["option http-keep-alive"],
  ["option http-server-close"],
  ["option httpclose"],
  ["option http-server-close", "option http-pretend-keepalive"],
];
const REUSE = [
  "",
  "http-reuse never",
  "http-reuse safe",
  "http-reuse aggressive",
  "http-reuse always",
];
const COOKIES = [
  "",
  "",
  "cookie SRV insert",
  "cookie SRV insert indirect nocache",
  "cookie SRV insert preserve",
  "cookie SRV insert postonly",
  "cookie SRV prefix",
  "cookie SRV rewrite",
  "cookie SRV",
];
const BALANCE = [
  "roundrobin",
  "roundrobin",
  "static-rr",
  "leastconn",
  "first",
  "source",
  "uri",
  "hdr(x-key)",
];
const RETRY_ON = [
  "",
  "",
  "retry-on none",
  "retry-on conn-failure empty-response",
  "retry-on all-retryable-errors",
  "retry-on 500 503 response-timeout",
  "retry-on junk-response conn-failure",
];
const HTTP_TIMEOUTS = ["", "", "", "client", "server", "queue", "http-request", "http-keep-alive"];
const TCP_TIMEOUTS = ["", "", "client", "server", "queue", "client-fin", "server-fin"];

/** Makes a configuration; the same random source gives the same one. */
export function makeConfiguration(random: Random): WalkConfiguration {
  const mode = random.chance(0.8) ? "http" : "tcp";
  const isHttp = mode === "http";
  const shortTimeout = random.pick(isHttp ? HTTP_TIMEOUTS : TCP_TIMEOUTS);
  const reuse = random.pick(REUSE);
  const cookie = isHttp ? random.pick(COOKIES) : "";
  const hasQueue = shortTimeout === "queue" || random.chance(0.25);
  const defaults = [`mode ${mode}`, `option ${mode}log`, ...timeouts(shortTimeout)];
  const backend = [`balance ${isHttp ? random.pick(BALANCE) : random.pick(BALANCE.slice(0, 6))}`];
  const sometimes = (line: string, share: number) => {
    if (random.chance(share)) defaults.push(line);
  };
  if (isHttp) {
    defaults.push(...random.pick(CONNECTION_LINES), reuse, random.pick(RETRY_ON));
    if (cookie !== "") backend.push(cookie);
    sometimes("option forwardfor", 0.2);
    sometimes("option http-buffer-request", 0.1);
    sometimes("option http-ignore-probes", 0.1);
    sometimes("option prefer-last-server", 0.1);
  }
  sometimes("option abortonclose", 0.25);
  sometimes("option dontlognull", 0.15);
  sometimes("option logasap", 0.1);
  defaults.push(
    random.pick(["", "option redispatch", "option redispatch 1", "no option redispatch"]),
  );
  defaults.push(`retries ${random.pick([0, 1, 1, 2, 3])}`);
  sometimes("option allbackups", 0.3);
  return {
    mode,
    shortTimeout,
    defaults: defaults.filter((line) => line !== ""),
    backend,
    servers: makeServers(random, cookie !== "", hasQueue),
    hasQueue,
    closesServers: defaults.some((line) => /close$/.test(line)),
    takesTurns: !/source|uri|first/.test(backend[0]!),
    repeatsRequests: defaults.some((line) => /^retry-on (?!none)/.test(line)),
  };
}

function timeouts(short: string): string[] {
  const times: Record<string, string> = {
    client: "8s",
    server: "8s",
    connect: CONNECT,
    queue: "8s",
  };
  if (short !== "") times[short] = SHORT;
  return Object.entries(times).map(([name, time]) => `timeout ${name} ${time}`);
}

function makeServers(random: Random, hasCookie: boolean, hasQueue: boolean): ServerSetting[] {
  const servers: ServerSetting[] = [];
  const count = 1 + random.below(3);
  for (let number = 1; number <= count; number++) {
    const words: string[] = [];
    if (hasCookie && random.chance(0.9)) words.push(`cookie c${number}`);
    if (hasQueue) words.push("maxconn 1");
    if (hasQueue && random.chance(0.15)) words.push("maxqueue 1");
    if (random.chance(0.2)) words.push(`weight ${random.pick([1, 2, 3, 0])}`);
    if (number > 1 && random.chance(0.2)) words.push("backup");
    if (random.chance(0.08)) words.push("disabled");
    servers.push({ words: words.join(" "), isRefused: random.chance(0.08) });
  }
  return servers;
}
