import type { Backend } from "../balance/backend.ts";
import { HEALTH, type HealthDraft } from "../balance/health-part.ts";
import { ObservedLayer } from "../balance/observation.ts";
import { PortRule, type Server } from "../balance/server.ts";
import { reportAgent, reportCheck } from "../balance/server-health.ts";
import { SERVER_SETTINGS } from "../balance/server-settings-part.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft, ServerDraft } from "../config/draft.ts";
import { type ConnectOptions, PLAIN_CONNECT } from "../net/connector.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { AgentPlan } from "./agent-plan.ts";
import { CHECK_CONNECTION } from "./connection-part.ts";
import { isKind } from "./kind-part.ts";
import type { Probe, ProbeContext, ProbePlan } from "./probe.ts";
import { TCP_PLAN } from "./probes/tcp.ts";
import type { ServerCheckSettings } from "./server-check.ts";

/** What the checks of a section need that others know. */
export interface CheckCompiler {
  readonly diagnostics: Diagnostics;
  /** All probes that are declared. */
  readonly probes: readonly Probe[];
  readonly context: Omit<ProbeContext, "diagnostics">;
}

/** What else the section says that matters to checks. */
export interface CheckSurroundings {
  /** Whether the section speaks HTTP with its servers. */
  readonly isHttp: boolean;
  /** `timeout connect` and `timeout check`; 0 when they are not set. */
  readonly connectTimeoutMs: number;
  readonly checkTimeoutMs: number;
  /** How traffic reaches each server, by index: checks go the same way. */
  readonly connectOptions?: (server: Server) => ConnectOptions;
  /** The SOCKS4 proxy that leads to each server, and whether checks go that way. */
  readonly socks?: (server: Server) => { address: SocketAddress | null; isForChecks: boolean };
  /** False with `pp2-never-send-local`. */
  readonly tellsChecks?: boolean;
  /** The version of the PROXY header that a server's connections start with, or 0. */
  readonly proxyVersion?: (server: Server) => 0 | 1 | 2;
}

/** Makes the checks of a section's servers, and reports those that cannot work. */
export function compileChecks(
  draft: SectionDraft,
  backend: Backend,
  surroundings: CheckSurroundings,
  compiler: CheckCompiler,
): ServerCheckSettings[] {
  let plan: ProbePlan = TCP_PLAN;
  const context = { ...compiler.context, diagnostics: compiler.diagnostics };
  for (const probe of compiler.probes) plan = probe.compile(draft, context) ?? plan;
  const checks: ServerCheckSettings[] = [];
  for (const [index, serverDraft] of draft.servers.entries()) {
    const health = serverDraft.part(HEALTH);
    const server = backend.servers[index]!;
    judgeObservation(serverDraft, health, surroundings.isHttp, compiler.diagnostics);
    const connectOptions = surroundings.connectOptions?.(server) ?? PLAIN_CONNECT;
    const socks = surroundings.socks?.(server);
    const way = {
      connectOptions,
      socks: socks?.address ?? null,
      usesSocks: socks?.isForChecks ?? false,
      tellsChecks: surroundings.tellsChecks ?? true,
    };
    if (health.isChecked) {
      refuseWithoutPort(serverDraft, server, plan, compiler.diagnostics);
      refuseOtherProtocol(serverDraft, compiler.diagnostics);
      checks.push({
        server,
        record: server.check,
        plan,
        report: reportCheck,
        ...way,
        proxyVersion: surroundings.proxyVersion?.(server) ?? 0,
        isProxyForced: serverDraft.part(CHECK_CONNECTION).sendsProxy,
        intervalMs: health.intervalMs,
        fastIntervalMs: health.fastIntervalMs,
        downIntervalMs: health.downIntervalMs,
        pausesInMaintenance: true,
        ...timeouts(health.intervalMs, surroundings),
      });
    }
    if (!health.hasAgent) continue;
    refuseWithoutAgentPort(serverDraft, server, compiler.diagnostics);
    checks.push({
      server,
      record: server.agent,
      plan: new AgentPlan(server),
      report: reportAgent,
      ...way,
      proxyVersion: 0,
      isProxyForced: false,
      intervalMs: health.agentIntervalMs,
      fastIntervalMs: 0,
      downIntervalMs: 0,
      pausesInMaintenance: false,
      ...timeouts(health.agentIntervalMs, surroundings),
    });
  }
  return checks;
}

function judgeObservation(
  draft: ServerDraft,
  health: HealthDraft,
  isHttp: boolean,
  diagnostics: Diagnostics,
): void {
  const line = `'server ${draft.section.name.text}/${draft.name.text}'`;
  if (health.observedLayer === ObservedLayer.LAYER7 && !isHttp) {
    const hint = "write 'observe layer4', or 'mode http' in the section";
    const message = `${line} : 'layer7' can only be used in http proxies.`;
    diagnostics.error(draft.used.get("observe"), message, hint);
  }
  if (health.observedLayer !== ObservedLayer.NONE && !health.isChecked) {
    const message = `${line} : 'observe' has no effect without 'check'.`;
    diagnostics.warn(draft.used.get("observe"), message);
  }
  if (health.endsBackupSessionsWhenUp && draft.part(SERVER_SETTINGS).isBackup) {
    const message = `${line} : 'on-marked-up' has no effect on a backup server.`;
    diagnostics.warn(draft.used.get("on-marked-up"), message);
  }
}

function refuseWithoutAgentPort(
  draft: ServerDraft,
  server: Server,
  diagnostics: Diagnostics,
): void {
  if (server.agent.port !== 0) return;
  diagnostics.error(
    draft.used.get("agent-check") ?? draft.name,
    `'server ${draft.section.name.text}/${draft.name.text}' : server ${draft.name.text} does not have agent port. Agent check has been disabled.`,
    'add "agent-port" with the port that the agent listens on',
  );
}

/**
 * With `timeout check`, connecting may take the least of the interval and `timeout connect`, and the
 * answer that timeout; without, the interval bounds both together.
 *
 * Source: HAProxy configuration manual, section 4.2, timeout check.
 */
function timeouts(intervalMs: number, surroundings: CheckSurroundings) {
  const { connectTimeoutMs, checkTimeoutMs } = surroundings;
  if (checkTimeoutMs === 0) {
    return { connectTimeoutMs: intervalMs, answerTimeoutMs: 0, hasAnswerTimeout: false };
  }
  const connectMs = connectTimeoutMs === 0 ? intervalMs : Math.min(intervalMs, connectTimeoutMs);
  return { connectTimeoutMs: connectMs, answerTimeoutMs: checkTimeoutMs, hasAnswerTimeout: true };
}

function refuseWithoutPort(
  draft: ServerDraft,
  server: Server,
  { missingPortText }: ProbePlan,
  diagnostics: Diagnostics,
): void {
  const health = draft.part(HEALTH);
  if (missingPortText === undefined) return;
  const address = health.address ?? server.address;
  if (address.family === AddressFamily.UNIX || address.family === AddressFamily.NONE) return;
  if (health.port !== 0 || address.port !== 0) return;
  if (server.portRule === PortRule.FIXED && server.address.port !== 0) return;
  const clientPort = onlyPortOf(draft.section);
  if (clientPort !== 0) {
    // As the first versions did: the server listens where the section does.
    server.check.port = clientPort;
    diagnostics.warn(
      draft.used.get("check") ?? draft.name,
      `'server ${draft.section.name.text}/${draft.name.text}' has neither service port nor check port: checks go to port ${clientPort}, where the section listens.`,
      `write "port ${clientPort}" behind "check"`,
    );
    return;
  }
  diagnostics.error(
    draft.used.get("check") ?? draft.name,
    `config: backend '${draft.section.name.text}': server '${draft.name.text}' has neither service port nor check port${missingPortText}.`,
    'add "port" with the port that checks shall use',
  );
}

/** The port that a section listens on, when it is one only; else 0. */
function onlyPortOf(section: SectionDraft): number {
  const words = section.binds.flatMap(({ addresses }) => addresses);
  const ports = new Set(words.map(({ text }) => /:(\d+)$/.exec(text)?.[1] ?? "0"));
  return ports.size === 1 ? Number([...ports][0]) : 0;
}

/** `check-proto` names what the kind of check speaks anyway, or it is wrong. */
function refuseOtherProtocol(draft: ServerDraft, diagnostics: Diagnostics): void {
  const { protocol } = draft.part(CHECK_CONNECTION);
  if (protocol === undefined) return;
  const isHttp = isKind(draft.section, "option httpchk");
  if (protocol.text === (isHttp ? "h1" : "none")) return;
  diagnostics.error(
    protocol,
    `config: backend '${draft.section.name.text}': server '${draft.name.text}' uses an incompatible MUX protocol for the selected check type`,
    isHttp ? "HTTP checks speak h1" : "checks other than HTTP speak none",
  );
}
