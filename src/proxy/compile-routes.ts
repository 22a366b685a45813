import type { Server } from "../balance/server.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft, ServerDraft } from "../config/draft.ts";
import { type ConnectExtras, PLAIN_EXTRAS } from "../net/connector.ts";
import { SourcePorts } from "../net/source-ports.ts";
import { AddressFamily } from "../sys/socket-address.ts";
import { CONNECTING } from "./connecting-part.ts";
import type { Engine } from "./engine.ts";
import { IDLE_SETTINGS } from "./idle-settings.ts";
import { judgeServerProtocol } from "./judge-protocol.ts";
import { PROXY_OPTIONS } from "./proxy-options.ts";
import { ProxyTlvs, ROUTE, type RouteSettings, SendsProxy } from "./server-route.ts";
import { Presented, SOURCE, type SourceSettings } from "./server-source.ts";
import { habitsOf, SOCKET_HABITS } from "./socket-habits-part.ts";

/** What routes are compiled with. */
export interface RouteCompiler {
  readonly diagnostics: Diagnostics;
  readonly engine: Engine;
  readonly serverSockets: ServerSocketDefaults;
}

/** `tune.rcvbuf.server`, `tune.sndbuf.server`, in bytes; 0 leaves them to the system. */
export interface ServerSocketDefaults {
  readonly receiveBufferSize: number;
  readonly sendBufferSize: number;
}

/** Adds the ways to the servers of a section to the engine, and reports what cannot work. */
export function addRoutes(
  draft: SectionDraft,
  servers: readonly Server[],
  compiler: RouteCompiler,
): void {
  for (const [index, server] of servers.entries()) {
    const route = compileRoute(draft, draft.servers[index]!, server, compiler);
    compiler.engine.addRoute(server, route);
  }
}

/** Adds the way to where streams go that have no server, which only the section says something of. */
export function addDirectRoute(
  section: SectionDraft,
  server: Server,
  { diagnostics, engine, serverSockets }: RouteCompiler,
): void {
  const { isHttp } = section.part(PROXY_OPTIONS);
  const { source } = section.part(SOURCE);
  const extras = { ...extrasOf(PLAIN_CONNECTING, source), ...serverSockets };
  if (source !== null) judgeSource(source, server, isHttp, diagnostics);
  engine.addRoute(server, {
    ...ROUTE.create(),
    idle: IDLE_SETTINGS.create(),
    connectOptions: {
      source: source?.address ?? null,
      habits: habitsOf(section.part(SOCKET_HABITS).server),
      extras: needsExtras(extras) || source?.presented ? extras : null,
    },
    presented: source?.presented ?? null,
    socks: null,
    followsNamespace: false,
  });
}

const PLAIN_CONNECTING = CONNECTING.create();

function compileRoute(
  section: SectionDraft,
  draft: ServerDraft,
  server: Server,
  { diagnostics, serverSockets }: RouteCompiler,
): RouteSettings {
  const { isHttp } = section.part(PROXY_OPTIONS);
  const source = draft.part(SOURCE).source ?? section.part(SOURCE).source;
  const { sendsProxy, proxyTlvs, redirectPrefix } = draft.part(ROUTE);
  const { socks, protocol, followsNamespace } = draft.part(CONNECTING);
  const extras = { ...extrasOf(draft.part(CONNECTING), source), ...serverSockets };
  judgeServerProtocol(protocol, isHttp, diagnostics);
  if (source !== null) judgeSource(source, server, isHttp, diagnostics);
  judgeConnecting(section, draft, server, diagnostics);
  return {
    idle: draft.part(IDLE_SETTINGS),
    sendsProxy,
    redirectPrefix,
    proxyTlvs,
    connectOptions: {
      source: source?.address ?? null,
      habits: habitsOf(section.part(SOCKET_HABITS).server),
      extras: needsExtras(extras) || source?.presented ? extras : null,
    },
    presented: source?.presented ?? null,
    socks,
    followsNamespace,
  };
}

function extrasOf(
  { userTimeoutMs, hasFastOpen, namespace }: ReturnType<typeof CONNECTING.create>,
  source: SourceSettings | null,
): ConnectExtras {
  const hasRange = source !== null && source.firstPort > 0;
  return {
    ...PLAIN_EXTRAS,
    ports: hasRange ? new SourcePorts(source.firstPort, source.lastPort) : null,
    interfaceName: source?.interfaceName ?? "",
    namespace,
    userTimeoutMs,
    hasFastOpen,
  };
}

function needsExtras(extras: ConnectExtras): boolean {
  const names = Object.keys(PLAIN_EXTRAS) as (keyof ConnectExtras)[];
  return names.some((name) => extras[name] !== PLAIN_EXTRAS[name]);
}

function judgeSource(
  { at, address, presented }: SourceSettings,
  { address: target, path }: Server,
  isHttp: boolean,
  diagnostics: Diagnostics,
): void {
  const hasOther =
    address !== null &&
    !address.isUnspecified &&
    target.family !== AddressFamily.NONE &&
    address.family !== target.family;
  if (hasOther) {
    const message = `'source' : the address is of another family than that of server '${path}'.`;
    diagnostics.warn(
      at,
      message,
      "Connections to the server will fail: give it a source of its own",
    );
  }
  if (presented?.kind === Presented.HEADER && !isHttp) {
    const message = "'usesrc hdr_ip' changes nothing in TCP mode: there are no headers.";
    diagnostics.warn(at, message, 'Write "mode http", or "usesrc clientip"');
  }
}

function judgeConnecting(
  section: SectionDraft,
  draft: ServerDraft,
  server: Server,
  diagnostics: Diagnostics,
): void {
  const { socks, hasFastOpen, checksViaSocks } = draft.part(CONNECTING);
  const { sendsProxy, proxyTlvs } = draft.part(ROUTE);
  const path = `'server ${server.path}'`;
  if (socks !== null && isBeyondSocks(server.address.family)) {
    const message = `${path} : SOCKS4 reaches IPv4 addresses only.`;
    diagnostics.error(draft.used.get("socks4") ?? draft.name, message, "Remove socks4");
  }
  const viaSocks = draft.used.get("check-via-socks4");
  if (viaSocks !== undefined && checksViaSocks && socks === null && !draft.isCopy) {
    const message = `${path} : 'check-via-socks4' changes nothing without 'socks4'.`;
    diagnostics.warn(viaSocks, message, "Name the proxy: socks4 <address>:<port>");
  }
  if (hasFastOpen && !section.used.has("retry-on")) {
    diagnostics.warn(
      draft.used.get("tfo") ?? draft.name,
      `${path} : server has tfo activated, the backend should be configured with at least 'conn-failure', 'empty-response' and 'response-timeout' or we wouldn't be able to retry the connection on failure.`,
      "Write: retry-on conn-failure empty-response response-timeout",
    );
  }
  if (proxyTlvs !== ProxyTlvs.NONE && sendsProxy !== SendsProxy.V2) {
    const at = draft.used.get("proxy-v2-options") ?? draft.name;
    const message = `${path} : 'proxy-v2-options' changes nothing without 'send-proxy-v2'.`;
    diagnostics.warn(at, message, 'Write "send-proxy-v2" too');
  }
}

function isBeyondSocks(family: AddressFamily): boolean {
  return family === AddressFamily.INET6 || family === AddressFamily.UNIX;
}
