import { FEATURES, REFERENCE_VERSION } from "../config/capabilities.ts";

/** Sluice's own version, that of package.json. */
export const OWN_VERSION = "0.3.0";

/** The version as tools are told: they look for `N.N.N-` at its start. */
export const TOLD_VERSION = `${REFERENCE_VERSION}-sluice${OWN_VERSION}`;

/** The day of the release. */
export const RELEASE_DATE = "2026/11/21";

/** What `-v` prints: the line that tools parse, then Sluice's own. */
export function versionText(): string {
  return [
    `HAProxy version ${TOLD_VERSION} ${RELEASE_DATE} - compatible`,
    `Sluice ${OWN_VERSION}, a load balancer that speaks HAProxy's language`,
    `Running on: Bun ${Bun.version}, Linux, ${process.arch}`,
    "",
  ].join("\n");
}

/** Names that scripts look for in the list of features, whether they are built or not. */
const KNOWN_FEATURES = [
  "51DEGREES",
  "ACCEPT4",
  "BACKTRACE",
  "CPU_AFFINITY",
  "DEVICEATLAS",
  "EPOLL",
  "GETADDRINFO",
  "LIBCRYPT",
  "LINUX_SPLICE",
  "LINUX_TPROXY",
  "LUA",
  "NS",
  "OPENSSL",
  "OT",
  "PCRE",
  "PCRE2",
  "PCRE2_JIT",
  "POLL",
  "PROMEX",
  "QUIC",
  "SLZ",
  "SYSTEMD",
  "TFO",
  "THREAD",
  "TPROXY",
  "WURFL",
  "ZLIB",
];

/** What `-vv` prints: versions, then what is built in, in the form that scripts search. */
export function buildText(): string {
  const names = [...new Set([...KNOWN_FEATURES, ...FEATURES])].sort();
  const features = names.map((name) => `${FEATURES.has(name) ? "+" : "-"}${name}`);
  const options = [...FEATURES].sort().map((name) => `USE_${name}=1`);
  return [
    `${versionText()}Build options :`,
    `  TARGET  = linux-glibc`,
    `  CPU     = ${process.arch}`,
    `  OPTIONS = ${options.join(" ")}`,
    "",
    `Feature list : ${features.join(" ")}`,
    "",
    "Default settings :",
    "  bufsize = 16384, maxrewrite = 1024, maxpollevents = 512",
    "",
    "Available polling systems :",
    "      epoll : pref=300,  test result OK",
    "Total: 1 (1 usable), will use epoll.",
    "",
    "Available services :",
    "Available filters :",
    "",
  ].join("\n");
}

/** The tag of log lines unless `log-tag` says otherwise: what readers of HAProxy's logs look for. */
export const LOG_TAG = "haproxy";
