import { hostname } from "node:os";
import { type BackendCompiler, fullLoadOf } from "../balance/compile-backend.ts";
import { inheritStates, linkTracks, type TrackingSection } from "../balance/link-tracks.ts";
import { loadStates } from "../balance/load-states.ts";
import type { Server } from "../balance/server.ts";
import { compileChecks } from "../check/compile-checks.ts";
import { EXTERNAL_PERMISSION } from "../check/external-part.ts";
import { HealthChecks } from "../check/health-checks.ts";
import { judgeTracks } from "../check/judge-tracks.ts";
import type { ServerCheckSettings } from "../check/server-check.ts";
import { CHECK_TUNING } from "../check/tuning-part.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { type ConfigDraft, hasFrontend } from "../config/draft.ts";
import { EXPERIMENTAL } from "../config/experimental-part.ts";
import type { StandIns } from "../explain/stand-ins.ts";
import { compileProcessLogger, type LoggerEnvironment } from "../log/compile-logger.ts";
import { LogRings } from "../log/compile-rings.ts";
import { LogEnvironment } from "../log/environment.ts";
import { EVENT_SINKS, EventSinks } from "../log/event-sinks.ts";
import { LogLevel } from "../log/level.ts";
import { LogContext, type Logger } from "../log/logger.ts";
import { LogSinks, type SinkSource } from "../log/sink.ts";
import { MailerSections } from "../mail/compile-alerts.ts";
import { Thread } from "../net/thread.ts";
import { PolicyCompiler } from "../policy/compiler.ts";
import { Places } from "../policy/reads.ts";
import { compileUserList } from "../policy/user-list-part.ts";
import { compileVariableLimits, VARIABLES } from "../policy/variables-part.ts";
import { compileFieldCase } from "../proxy/case-part.ts";
import type { CompiledFrontend } from "../proxy/compile-frontend.ts";
import { type CompiledProxy, compileProxies } from "../proxy/compile-proxies.ts";
import { CONNECTING } from "../proxy/connecting-part.ts";
import { COOKIE_SETTINGS } from "../proxy/cookie-settings.ts";
import { Cause } from "../proxy/endings.ts";
import { Engine } from "../proxy/engine.ts";
import { StreamFormats } from "../proxy/format-compiler.ts";
import { ProcessGate } from "../proxy/gate.ts";
import { IDLE_TUNING } from "../proxy/idle-settings.ts";
import { NAMESPACES } from "../proxy/namespaces-part.ts";
import { ProcessVariables } from "../proxy/process-variables.ts";
import { PROXY_OPTIONS } from "../proxy/proxy-options.ts";
import { ProxyPolicy } from "../proxy/proxy-policy.ts";
import { ROUTE } from "../proxy/server-route.ts";
import { TIMEOUTS } from "../proxy/timeouts.ts";
import { UNIX_BIND } from "../proxy/unix-bind-part.ts";
import { ALGORITHMS } from "../registry/algorithms.ts";
import { PROBES } from "../registry/probes.ts";
import { RUNTIME } from "../runtime/runtime-part.ts";
import { ProcessCounter, ProcessState } from "../state/process-state.ts";
import { SharedMemory } from "../state/shared-memory.ts";
import { ErrorCaptures } from "../stats/error-captures.ts";
import { type ListenerEntry, type ProxyEntry, ProxyTable } from "../stats/proxy-table.ts";
import { SOCKET_STATS } from "../stats/socket-stats-part.ts";
import { descriptorLimit } from "../sys/limits.ts";
import { Announcer } from "./announcer.ts";
import type { CommandLine } from "./command-line.ts";
import type { Messages } from "./messages.ts";
import { type Limits, planLimits } from "./plan-limits.ts";
import { PROCESS, TUNING } from "./process-part.ts";
import { ProcessReport } from "./process-report.ts";
import { LOG_TAG, OWN_VERSION, RELEASE_DATE, TOLD_VERSION } from "./product.ts";
import { FIELDS, POLICY } from "./registry.ts";

/** Why streams end when a server changes its state. */
const ENDINGS = {
  down: Cause.SERVER_DOWN,
  up: Cause.BACKUP_UP,
  killed: Cause.KILLED,
} as const;

/** What a configuration is compiled for. */
export interface CompileContext {
  readonly commandLine: CommandLine;
  readonly diagnostics: Diagnostics;
  readonly messages: Messages;
  /** Stands in for the outer world where nothing is served. */
  readonly standIns?: StandIns | undefined;
}

/** A compiled configuration: all that runs, with nothing bound yet. */
export interface Plan {
  readonly config: ConfigDraft;
  readonly engine: Engine;
  readonly gate: ProcessGate;
  readonly proxies: readonly CompiledProxy[];
  readonly checks: HealthChecks;
  readonly limits: Limits;
  readonly report: ProcessReport;
  readonly rings: LogRings;
  /** What conditions and rules were compiled with. */
  readonly policy: PolicyCompiler;
  /** Variables of the process, outside of streams. */
  readonly variables: ProcessVariables;
  /** The log of the process itself. */
  readonly logger: Logger;
}

/**
 * Compiles a configuration that was read without errors. What is wrong goes to the diagnostics; the
 * plan is of use only while they hold no error.
 */
export function compile(config: ConfigDraft, context: CompileContext): Plan {
  const { diagnostics, messages, commandLine, standIns } = context;
  const { global } = config;
  const limits = limitsOf(config, commandLine);
  const memory = SharedMemory.map();
  const state = new ProcessState(memory);
  setLimits(state, config, limits);
  const thread = new Thread(0, threadTuning(config, commandLine, limits), standIns?.clock);
  const engine = makeEngine({ thread, state, limits, config, diagnostics, standIns });
  const gate = new ProcessGate(state, thread.loop);
  const report = new ProcessReport(
    engine,
    processFacts(config, engine, limits, commandLine.memoryMegabytes),
  );
  const logContext = logContextOf(engine, state, standIns?.sinks);
  const formats = new StreamFormats(FIELDS, logContext.environment);
  const compiler = new PolicyCompiler(POLICY, formats, standIns?.observer);
  const policy = new ProxyPolicy(compiler, diagnostics);
  formats.link(compiler);
  compiler.parts.get(EXPERIMENTAL).at = global.part(EXPERIMENTAL).at;
  compileUserLists(config, compiler, diagnostics);
  const rings = LogRings.compile(config, thread, diagnostics);
  compiler.parts.get(EVENT_SINKS).sinks = new EventSinks(rings, logContext.environment);
  const loggers = loggerEnvironment(config, formats, diagnostics);
  const announcer = new Announcer(messages);
  const backends: BackendCompiler = {
    diagnostics,
    algorithms: ALGORITHMS,
    memory,
    clock: thread.loop,
    listener: announcer,
    ignoresUnresolved: commandLine.ignoresUnresolved,
    serverCount: 0,
  };
  const proxies = compileProxies(config, {
    diagnostics,
    engine,
    gate,
    backends,
    policy,
    loggers,
    logContext,
    statsNames: { node: report.facts.node, description: report.facts.description },
    statsSource: report,
    connectionsMax: commandLine.proxyConnectionsMax || limits.connectionsMax,
    ...globalDefaults(config, commandLine),
  });
  // Before there are logs: what was so in the last process is no news but for the terminal.
  startServers(config, proxies, diagnostics);
  linkAnnouncer(config, proxies, announcer, thread, context);
  linkFullLoads(proxies);
  announcer.setSessionsEnd((server, why) => engine.endSessionsLater(server, ENDINGS[why]));
  report.table = new ProxyTable(proxies.map(tableEntry));
  const checks = new HealthChecks(
    thread,
    checksOf(config, proxies, engine, diagnostics, report.facts.node),
    global.part(CHECK_TUNING),
  );
  const logger = compileProcessLogger(loggers, logContext);
  const variables = new ProcessVariables(engine, compiler);
  variables.setAll(global.part(VARIABLES).set, diagnostics);
  compiler.finish(diagnostics);
  compiler.onOverwork = (pattern) =>
    messages.warning(`regular expression '${pattern}' takes too much work: it counts as no match.`);
  return {
    ...{ config, engine, gate, proxies, checks, limits, report, rings, logger, variables },
    policy: compiler,
  };
}

function compileUserLists(
  { userLists }: ConfigDraft,
  compiler: PolicyCompiler,
  diagnostics: Diagnostics,
): void {
  for (const section of userLists) {
    compiler.userLists.set(section.name.text, compileUserList(section, diagnostics));
  }
}

interface EngineNeeds {
  readonly thread: Thread;
  readonly state: ProcessState;
  readonly limits: Limits;
  readonly config: ConfigDraft;
  readonly diagnostics: Diagnostics;
  readonly standIns: CompileContext["standIns"];
}

function makeEngine(needs: EngineNeeds): Engine {
  const { thread, limits, diagnostics } = needs;
  const { global } = needs.config;
  const tuning = global.part(TUNING);
  if (tuning.eventsMax > 0) thread.loop.limitEvents(tuning.eventsMax);
  thread.loop.setProfiling(tuning.profiling);
  return new Engine({
    logLineSizeMax: tuning.logLineSizeMax,
    thread,
    process: needs.state,
    captures: new ErrorCaptures(),
    headLinesMax: tuning.headLinesMax,
    connect: needs.standIns?.connect,
    variableLimits: compileVariableLimits(global.part(VARIABLES), diagnostics),
    namespaces: needs.config.namespaces.part(NAMESPACES).byName,
    ...idleBounds(needs.config, limits),
  });
}

function setLimits(state: ProcessState, config: ConfigDraft, limits: Limits): void {
  state.connectionsLimit.set(limits.connectionsMax);
  state.connectionsLimitAtStart.set(limits.connectionsMax);
  const { connectionRateMax, sessionRateMax, tlsRateMax } = config.global.part(PROCESS);
  state.connectionRateLimit.set(connectionRateMax);
  state.sessionRateLimit.set(sessionRateMax);
  state.tlsRateLimit.set(tlsRateMax);
}

/** What the global section says of messages, and of the sockets to clients and to servers. */
function globalDefaults(config: ConfigDraft, commandLine: CommandLine) {
  const tuning = config.global.part(TUNING);
  return {
    cookieCaptureSizeMax: tuning.cookieCaptureSizeMax,
    fieldCase: compileFieldCase(config.global),
    sockets: {
      reusesPort: tuning.reusesPort && !commandLine.isWithoutPortSharing,
      unixBind: config.global.part(UNIX_BIND),
      receiveBufferSize: tuning.clientReceiveBufferSize,
      sendBufferSize: tuning.clientSendBufferSize,
    },
    serverSockets: {
      receiveBufferSize: tuning.serverReceiveBufferSize,
      sendBufferSize: tuning.serverSendBufferSize,
    },
  };
}

/** Open connections from which on fewer idle ones are kept. */
function idleBounds({ global }: ConfigDraft, { descriptorsMax }: Limits) {
  const { lowRatio, highRatio } = global.part(IDLE_TUNING);
  return {
    keepIdleBelow: Math.ceil((descriptorsMax * lowRatio) / 100),
    dropIdleAbove: Math.ceil((descriptorsMax * highRatio) / 100),
  };
}

function limitsOf(config: ConfigDraft, commandLine: CommandLine): Limits {
  const settings = config.global.part(PROCESS);
  const tuning = config.global.part(TUNING);
  const binds = config.proxies.flatMap((proxy) => proxy.binds);
  const wishes = {
    connectionsMax: commandLine.connectionsMax || settings.connectionsMax,
    descriptorsMax: settings.descriptorsMax,
    descriptorsCeiling: settings.descriptorsCeiling,
    memoryMegabytes: commandLine.memoryMegabytes,
    buffersMax: tuning.buffersMax,
  };
  const needs = {
    listeners: binds.length + config.global.part(RUNTIME).sockets.length,
    checkedServers: config.proxies.reduce((sum, proxy) => sum + proxy.servers.length, 0),
    pipes: splices(config, commandLine) ? tuning.pipesMax : 0,
    bufferSize: tuning.bufferSize,
  };
  return planLimits(wishes, needs, descriptorLimit());
}

function splices(config: ConfigDraft, commandLine: CommandLine): boolean {
  return config.global.part(TUNING).splices && !commandLine.isWithoutSplice;
}

function threadTuning(config: ConfigDraft, commandLine: CommandLine, limits: Limits) {
  const { bufferSize, rewriteSize } = config.global.part(TUNING);
  return {
    bufferSize,
    // Half of a buffer at most: the rest is for what peers send.
    rewriteSize: Math.min(rewriteSize, bufferSize >> 1),
    buffersMax: limits.buffersMax,
    pipesMax: splices(config, commandLine) ? limits.pipesMax : 0,
    pipeSize: config.global.part(TUNING).pipeSize || undefined,
  };
}

function processFacts(
  config: ConfigDraft,
  engine: Engine,
  limits: Limits,
  memoryMegabytes: number,
) {
  return {
    version: TOLD_VERSION,
    releaseDate: RELEASE_DATE,
    ownVersion: OWN_VERSION,
    pid: process.pid,
    threads: 1,
    node: config.global.part(PROCESS).node || hostname(),
    description: config.global.description,
    descriptorsMax: limits.descriptorsMax,
    pipesMax: limits.pipesMax,
    memoryMegabytes,
    startDateMs: Date.now(),
    startMs: engine.loop.nowMs,
  };
}

function loggerEnvironment(
  config: ConfigDraft,
  formats: StreamFormats,
  diagnostics: Diagnostics,
): LoggerEnvironment {
  return {
    compileExpression: (draft, format) =>
      formats.expressionsAt(format.at, Places.LOG, draft.name.text, diagnostics),
    global: config.global,
    fields: FIELDS,
    // Tools that read logs look for this tag, whatever the program is started as.
    programName: LOG_TAG,
    systemHostName: hostname(),
  };
}

function logContextOf(
  engine: Engine,
  state: ProcessState,
  standIn: SinkSource | undefined,
): LogContext {
  const environment = new LogEnvironment(process.pid, hostname());
  const dropped = state.counters.values;
  const sinks =
    standIn ??
    new LogSinks(
      (count) => {
        dropped[ProcessCounter.DROPPED_LOGS]! += count;
      },
      (task) => engine.loop.defer(task),
    );
  return new LogContext(environment, sinks, () => engine.loop.dateMs());
}

/** Links servers with those that they track, and gives all of them the states to start in. */
function startServers(
  { global }: ConfigDraft,
  proxies: readonly CompiledProxy[],
  diagnostics: Diagnostics,
): void {
  const sections = trackingSections(proxies);
  linkTracks(sections, diagnostics);
  judgeTracks(sections, diagnostics);
  loadStates(global, sections, diagnostics);
  inheritStates(sections);
}

/** Says where changes of each backend are told. Email alerts that are lost are told there, too. */
function linkAnnouncer(
  config: ConfigDraft,
  proxies: readonly CompiledProxy[],
  announcer: Announcer,
  thread: Thread,
  { diagnostics, messages }: CompileContext,
): void {
  const sections = new MailerSections(config.mailers, thread, diagnostics);
  for (const { draft, proxy } of proxies) {
    announcer.setLogger(proxy.id, proxy.logger);
    const alerts = sections.compile(draft, hostname(), (text) => {
      messages.warning(text);
      proxy.logger.message(LogLevel.WARNING, text);
    });
    if (alerts !== null) announcer.setAlerts(proxy.id, alerts);
  }
  sections.judge();
}

function trackingSections(proxies: readonly CompiledProxy[]): TrackingSection[] {
  return proxies.flatMap(({ draft, proxy }) =>
    proxy.servers === null ? [] : [{ draft, backend: proxy.servers }],
  );
}

/** Servers with `minconn` fill up as their backend does, whose load the frontends bound. */
function linkFullLoads(proxies: readonly CompiledProxy[]): void {
  for (const { proxy } of proxies) {
    if (proxy.servers === null || proxy.servers.state.fullLoad.get() > 0) continue;
    const leading = proxies.filter((other) => other.proxy.chooseBackend(null) === proxy);
    const sum = leading.reduce(
      (total, other) => total + (other.proxy.frontendState?.sessionsLimit.get() ?? 0),
      0,
    );
    proxy.servers.state.fullLoad.set(fullLoadOf(sum));
  }
}

function checksOf(
  { global }: ConfigDraft,
  proxies: readonly CompiledProxy[],
  engine: Engine,
  diagnostics: Diagnostics,
  node: string,
): ServerCheckSettings[] {
  const common = {
    answerSizeMax: engine.thread.tuning.bufferSize,
    node,
    external: global.part(EXTERNAL_PERMISSION),
  };
  const fieldCase = compileFieldCase(global);
  return proxies.flatMap(({ draft, proxy, frontend }) => {
    if (proxy.servers === null) return [];
    const { connectMs, checkMs } = draft.part(TIMEOUTS);
    const { isHttp, spellsForServers } = draft.part(PROXY_OPTIONS);
    const surroundings = {
      isHttp,
      connectTimeoutMs: connectMs,
      checkTimeoutMs: checkMs,
      connectOptions: (server: Server) => engine.route(server).connectOptions,
      socks: (server: Server) => ({
        address: engine.route(server).socks,
        isForChecks: draft.servers[server.index]!.part(CONNECTING).checksViaSocks,
      }),
      tellsChecks: global.part(CHECK_TUNING).tellsChecks,
      proxyVersion: ({ index }: Server) => draft.servers[index]!.part(ROUTE).sendsProxy,
    };
    return compileChecks(draft, proxy.servers, surroundings, {
      diagnostics,
      probes: PROBES,
      context: {
        ...common,
        listener: frontend?.binds[0]?.bind.address,
        fieldCase: spellsForServers ? fieldCase : null,
      },
    });
  });
}

function tableEntry({ draft, proxy, frontend }: CompiledProxy): ProxyEntry {
  const { id, name } = proxy;
  const { isHttp } = draft.part(PROXY_OPTIONS);
  const hasClientSide = hasFrontend(draft.kind) && frontend !== undefined;
  return {
    id,
    name,
    isHttp,
    description: draft.description,
    cookieName: draft.part(COOKIE_SETTINGS).name,
    frontend: hasClientSide
      ? {
          id,
          name,
          isHttp,
          state: proxy.frontendState!,
          listeners: draft.part(SOCKET_STATS).isOn ? listenerEntries(frontend) : [],
          control: frontend.gate,
        }
      : undefined,
    backend: proxy.servers ?? undefined,
  };
}

function listenerEntries({ binds }: CompiledFrontend): ListenerEntry[] {
  return binds.map(({ bind: { id, name, state, address, connectionsMax } }) => ({
    id,
    name,
    state,
    sessionsLimit: connectionsMax,
    // The system chooses a port of 0, and knows the address of an inherited descriptor.
    get address() {
      return address.path === "" ? address.toString() : "unix";
    },
  }));
}
