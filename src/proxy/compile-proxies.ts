import { type BackendCompiler, compileBackend } from "../balance/compile-backend.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { type ConfigDraft, hasBackend, hasFrontend, type SectionDraft } from "../config/draft.ts";
import type { FieldCase } from "../h1/field-case.ts";
import { LENIENT, STRICT } from "../h1/parse-options.ts";
import { compileLoggerSettings, type LoggerEnvironment } from "../log/compile-logger.ts";
import { type LogContext, Logger } from "../log/logger.ts";
import { compileCondition } from "../policy/compile-condition.ts";
import type { Condition } from "../policy/condition.ts";
import { Places } from "../policy/reads.ts";
import { FrontendState } from "../state/frontend-state.ts";
import { compileStatsPage, type StatsNames } from "../stats/compile-stats-page.ts";
import type { StatsSource } from "../stats/stats-page.ts";
import { compileCaptures } from "./captures.ts";
import { compileErrorAnswers } from "./compile-error-answers.ts";
import { type CompiledFrontend, compileFrontend, type SocketDefaults } from "./compile-frontend.ts";
import { compilePersistence, compileRdpPersistence } from "./compile-persistence.ts";
import { addDirectRoute, addRoutes, type ServerSocketDefaults } from "./compile-routes.ts";
import type { Engine } from "./engine.ts";
import { ERROR_GROUPS } from "./error-groups.ts";
import { FORWARDED, ForwardedField, type ForwardedSettings } from "./forwarded.ts";
import type { ProcessGate } from "./gate.ts";
import { reportDuplicates } from "./judge-binds.ts";
import { BackendLinks } from "./link-backends.ts";
import { MONITOR, Monitor, MonitorNetwork } from "./monitor.ts";
import { NO_REDISPATCH, PROXY_OPTIONS, type ProxyOptions } from "./proxy-options.ts";
import { ProxyPlan } from "./proxy-plan.ts";
import type { ProxyPolicy } from "./proxy-policy.ts";
import { RULE_CAPTURES } from "./rule-captures.ts";
import { habitsOf, SOCKET_HABITS } from "./socket-habits-part.ts";
import { StatsAnswer } from "./stats-answer.ts";
import { TIMEOUTS } from "./timeouts.ts";
import { UNIQUE_ID, UniqueId } from "./unique-id.ts";

/** What proxies are compiled with, on one thread. */
export interface ProxyCompiler {
  readonly diagnostics: Diagnostics;
  readonly engine: Engine;
  readonly gate: ProcessGate;
  readonly backends: BackendCompiler;
  /** Compiles conditions and rules. */
  readonly policy: ProxyPolicy;
  readonly loggers: LoggerEnvironment;
  readonly logContext: LogContext;
  /** `tune.http.cookielen`: bytes of a cookie that are kept for the log. */
  readonly cookieCaptureSizeMax: number;
  /** How names of fields are spelled where a section says so; null where nothing is said of it. */
  readonly fieldCase: FieldCase | null;
  readonly statsNames: StatsNames;
  /** Where statistics pages get their numbers; the table in it is read when a page is asked for. */
  readonly statsSource: StatsSource;
  /** `maxconn` of a frontend that says nothing: the reference's default is the process's limit. */
  readonly connectionsMax: number;
  /** What the global section says of sockets that clients come to. */
  readonly sockets: SocketDefaults;
  /** What it says of sockets to servers. */
  readonly serverSockets: ServerSocketDefaults;
}

/** One section, compiled. */
export interface CompiledProxy {
  readonly draft: SectionDraft;
  readonly proxy: ProxyPlan;
  /** Undefined for a section without a client side. */
  readonly frontend: CompiledFrontend | undefined;
}

/**
 * Compiles all proxy sections and links them. Nothing is bound yet. What is wrong goes to the
 * diagnostics; the result is of use only when there are no errors.
 */
export function compileProxies(config: ConfigDraft, compiler: ProxyCompiler): CompiledProxy[] {
  const { groups } = compiler.policy.compiler.parts.get(ERROR_GROUPS);
  for (const draft of config.errorGroups) groups.add(draft);
  const compiled = config.proxies
    .filter((draft) => !draft.isDisabled)
    .map((draft) => compileProxy(draft, compiler));
  const links = new BackendLinks(compiled, compiler.policy, compiler.diagnostics);
  for (const entry of compiled) {
    if (hasFrontend(entry.draft.kind)) links.link(entry);
    links.linkServers(entry);
  }
  links.resolveNames();
  reportDuplicates(
    compiled.flatMap(({ frontend }) => frontend?.binds ?? []),
    compiler.diagnostics,
  );
  return compiled;
}

function compileProxy(draft: SectionDraft, compiler: ProxyCompiler): CompiledProxy {
  const { diagnostics, engine, backends, policy } = compiler;
  const options = draft.part(PROXY_OPTIONS);
  const { isHttp } = options;
  const servers = hasBackend(draft.kind)
    ? compileBackend(draft, backends, options.redispatch !== NO_REDISPATCH, isHttp)
    : null;
  if (servers !== null) addRoutes(draft, servers.servers, compiler);
  if (servers?.direct) addDirectRoute(draft, servers.direct, compiler);
  if (servers !== null && !isHttp) judgeTcpServers(draft, diagnostics);
  const settings = compileLoggerSettings(draft, isHttp, compiler.loggers, diagnostics);
  const page = compileStatsPage(
    draft,
    isHttp,
    compiler.statsNames,
    compiler.statsSource,
    diagnostics,
  );
  const forwarded = draft.part(FORWARDED);
  // Rules may add slots to what is captured.
  const rules = policy.rulesOf(draft);
  const ruleCaptures = policy.compiler.parts.get(RULE_CAPTURES);
  const proxy = new ProxyPlan({
    id: draft.id,
    name: draft.name.text,
    options,
    timeouts: draft.part(TIMEOUTS),
    answers: compileErrorAnswers(
      draft,
      policy.contextOf(draft, Places.HTTP_REQUEST_FRONTEND, draft.place),
    ),
    logger: new Logger(settings, compiler.logContext),
    frontendState: hasFrontend(draft.kind) ? new FrontendState(backends.memory) : null,
    servers,
    clientHabits: habitsOf(draft.part(SOCKET_HABITS).client),
    forwardFor: fieldOf(forwarded.forwardFor),
    originalTo: fieldOf(forwarded.originalTo),
    persistence:
      servers === null ? null : compilePersistence(draft, servers, engine.loop, diagnostics),
    rdpPersistence: servers === null ? null : compileRdpPersistence(draft, servers, diagnostics),
    hashKey: servers === null ? null : compiler.policy.hashKeyOf(draft),
    captures: compileCaptures(
      draft,
      isHttp,
      compiler.cookieCaptureSizeMax,
      ruleCaptures.of(draft.name.text),
      diagnostics,
    ),
    monitor: compileMonitor(draft, isHttp, policy, diagnostics),
    monitorNetwork: compileMonitorNetwork(draft),
    uniqueId: compileUniqueId(draft, isHttp, compiler),
    ownAnswer: page === null ? null : new StatsAnswer(page, policy.adminConditionsOf(draft)),
    rules,
    ...messageStyles(options, compiler.fieldCase),
  });
  if (options.countsContinuously && hasFrontend(draft.kind)) engine.countContinuously();
  const frontend = hasFrontend(draft.kind) ? compileFrontend(draft, proxy, compiler) : undefined;
  warnOfMissingTimeouts(draft, diagnostics);
  return { draft, proxy, frontend };
}

/** How heads are read and written. */
function messageStyles(options: Readonly<ProxyOptions>, fieldCase: FieldCase | null) {
  return {
    clientCase: options.spellsForClients && options.isHttp ? fieldCase : null,
    serverCase: options.spellsForServers && options.isHttp ? fieldCase : null,
    requestOptions: options.acceptsInvalidRequest ? LENIENT : STRICT,
    responseOptions: options.acceptsInvalidResponse ? LENIENT : STRICT,
  };
}

function fieldOf(settings: ForwardedSettings | null): ForwardedField | null {
  return settings === null ? null : new ForwardedField(settings);
}

function compileMonitor(
  draft: SectionDraft,
  isHttp: boolean,
  policy: ProxyPolicy,
  diagnostics: Diagnostics,
): Monitor | null {
  const { uri, failures } = draft.part(MONITOR);
  if (!hasFrontend(draft.kind)) return null;
  const conditions: Condition[] = [];
  for (const words of failures) {
    const context = policy.contextOf(draft, Places.HTTP_REQUEST_FRONTEND, words[0]!);
    const condition = compileCondition(words, policy.aclsOf(draft), context);
    if (condition != null) conditions.push(condition);
  }
  if (uri === "") {
    if (failures.length === 0) return null;
    diagnostics.warn(
      failures[0]![0],
      `'monitor fail' has no effect in ${draft.kind} '${draft.name.text}' without 'monitor-uri'.`,
      "say which requests are the monitor's: monitor-uri /alive",
    );
    return null;
  }
  if (isHttp) return new Monitor(uri, conditions);
  diagnostics.warn(
    draft.used.get("monitor-uri"),
    `monitor-uri will be ignored for ${draft.kind} '${draft.name.text}' (needs 'mode http').`,
    "write 'mode http', or remove the line",
  );
  return null;
}

function compileMonitorNetwork(draft: SectionDraft): MonitorNetwork | null {
  const { network } = draft.part(MONITOR);
  return network === null || !hasFrontend(draft.kind) ? null : new MonitorNetwork(network);
}

function compileUniqueId(
  draft: SectionDraft,
  isHttp: boolean,
  { policy, diagnostics }: ProxyCompiler,
): UniqueId | null {
  const { format, header } = draft.part(UNIQUE_ID);
  if (!hasFrontend(draft.kind)) return null;
  const at = format ?? draft.used.get("unique-id-header");
  if (at === undefined) return null;
  if (format === null) {
    diagnostics.warn(
      at,
      `'unique-id-header' has no effect in ${draft.kind} '${draft.name.text}' without a format.`,
      "add 'unique-id-format %{+X}o%ci:%cp_%fi:%fp_%Ts_%rt:%pid'",
    );
    return null;
  }
  if (!isHttp) {
    diagnostics.warn(
      at,
      `unique-id-format will be ignored for ${draft.kind} '${draft.name.text}' (needs 'mode http').`,
      "write 'mode http', or remove the line",
    );
    return null;
  }
  const place = Places.HTTP_REQUEST_FRONTEND;
  const { formats } = policy.compiler;
  const compiled = formats.compileFormat(format, place, draft.name.text, diagnostics, "line");
  return compiled === undefined ? null : new UniqueId(compiled, header);
}

/** Cookies and redirects are of HTTP. */
function judgeTcpServers(draft: SectionDraft, diagnostics: Diagnostics): void {
  const owner = `${draft.kind} '${draft.name.text}'`;
  for (const server of draft.servers) {
    const redir = server.used.get("redir");
    if (redir !== undefined) {
      diagnostics.error(
        redir,
        `${owner} : server cannot have cookie or redirect prefix in non-HTTP mode.`,
        "write 'mode http', or remove the option",
      );
    }
    const cookie = server.used.get("cookie");
    if (cookie === undefined) continue;
    diagnostics.warn(
      cookie,
      `${owner} : ignoring cookie for server '${server.name.text}' as HTTP mode is disabled.`,
    );
  }
}

function warnOfMissingTimeouts(draft: SectionDraft, diagnostics: Diagnostics): void {
  const { clientMs, serverMs, connectMs } = draft.part(TIMEOUTS);
  const needsClient = hasFrontend(draft.kind) && clientMs === 0;
  const needsServer =
    hasBackend(draft.kind) && draft.servers.length > 0 && (serverMs === 0 || connectMs === 0);
  if (!needsClient && !needsServer) return;
  diagnostics.warn(
    draft.name,
    `missing timeouts for ${draft.kind === "listen" ? "proxy" : draft.kind} '${draft.name.text}'. Without them, dead peers stay forever`,
    "set 'timeout client', 'timeout connect' and 'timeout server' in defaults",
  );
}
