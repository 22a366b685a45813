import { ServerCounter } from "../state/server-state.ts";
import { AnnouncementLevel } from "./announcement.ts";
import type { CheckRecord } from "./check-record.ts";
import { CHECK_OUTCOMES, CheckStatus, CheckVerdict } from "./check-status.ts";
import type { Server } from "./server.ts";
import { setOperational } from "./server-lifecycle.ts";
import { Operational } from "./server-status.ts";

/** What one check found. */
export interface CheckReport {
  readonly status: CheckStatus;
  /** The protocol's own code, such as an HTTP status; 0 when there is none. */
  readonly code: number;
  /** -1 where nothing was measured. */
  readonly durationMs: number;
  /** What else there is to say, such as a system error or an HTTP reason; may be empty. */
  readonly text: string;
}

/** What a server's words must not bring into a table. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x1f\x7f]/g;

/** What a server's words must not bring into a log line: it is told in hexadecimal. */
const UNFIT_FOR_LOG = /[^ !#-~]/g;

function escaped(text: string): string {
  return text.replace(UNFIT_FOR_LOG, (character) => {
    const code = character.charCodeAt(0) & 0xff;
    return `<${code.toString(16).toUpperCase().padStart(2, "0")}>`;
  });
}

const VERBS: Readonly<Record<CheckVerdict, string>> = {
  [CheckVerdict.NEUTRAL]: "succeeded",
  [CheckVerdict.FAILED]: "failed",
  [CheckVerdict.PASSED]: "succeeded",
  [CheckVerdict.CONDITIONAL]: "conditionally succeeded",
};

/** A change that an operator made on the runtime API. */
const BY_OPERATOR = ", changed from CLI";

/**
 * Lets a check's finding count: so many good ones in a row bring a server up (`rise`), so many bad
 * ones take it down (`fall`). In maintenance nothing counts, and what was asked before the operator
 * stopped the checks does not count either.
 */
export function reportCheck(server: Server, report: CheckReport): void {
  const { check } = server;
  if (server.isInMaintenance || !check.isEnabled) return;
  const { verdict } = CHECK_OUTCOMES[report.status]!;
  if (verdict === CheckVerdict.FAILED && check.isUp) {
    server.state.counters.values[ServerCounter.CHECKS_FAILED]! += 1;
  }
  record(server, check, report, nextHealth(check, verdict));
}

/**
 * Lets what an agent said count. Only its words take the server down: an agent that cannot be
 * reached says nothing, since the check tells of connections. It is asked in maintenance too, which
 * it may be the one to end.
 *
 * Source: HAProxy configuration manual, section 5.2, agent-check.
 */
export function reportAgent(server: Server, report: CheckReport): void {
  const { agent } = server;
  if (!agent.isEnabled) return;
  const { verdict } = CHECK_OUTCOMES[report.status]!;
  const isSilent = verdict === CheckVerdict.FAILED && report.status !== CheckStatus.L7_STATUS;
  if (isSilent) note(server, agent, report, agent.state.health.get());
  else record(server, agent, report, nextHealth(agent, verdict));
}

/** Keeps a finding, tells of it where that is asked for, and draws the conclusion. */
function record(server: Server, record: CheckRecord, report: CheckReport, next: number): void {
  const { verdict } = CHECK_OUTCOMES[report.status]!;
  note(server, record, report, next);
  if (verdict === CheckVerdict.NEUTRAL) return;
  const cause = server.backend.logsChecks ? "" : reportText(report);
  if (!record.isUp) setOperational(server, Operational.STOPPED, cause);
  else if (verdict !== CheckVerdict.FAILED && server.check.allowsUp && server.agent.allowsUp) {
    setOperational(server, stateOf(server, verdict), cause);
  }
}

function note(server: Server, record: CheckRecord, report: CheckReport, next: number): void {
  const { state } = record;
  const { verdict } = CHECK_OUTCOMES[report.status]!;
  const isNews = state.status.get() !== report.status || state.health.get() !== next;
  state.status.set(report.status);
  state.code.set(report.code);
  state.durationMs.set(report.durationMs);
  record.text = report.text.replace(CONTROLS, "");
  state.health.set(next);
  if (verdict === CheckVerdict.NEUTRAL || !isNews || !server.backend.logsChecks) return;
  announceCheck(server, record, report, verdict);
}

/** What a finding makes of a server that nothing speaks against. */
function stateOf(server: Server, verdict: CheckVerdict): Operational {
  if (verdict === CheckVerdict.CONDITIONAL) return Operational.STOPPING;
  // An agent says nothing of how the check passed.
  const isConditional = CHECK_OUTCOMES[server.check.state.status.get()]!.verdict;
  const asksOnlyForRegulars = server.check.isEnabled && isConditional === CheckVerdict.CONDITIONAL;
  return asksOnlyForRegulars ? Operational.STOPPING : Operational.RUNNING;
}

/**
 * Health counts from 0 (down for long) to rise + fall - 1 (up for long); from `rise` on the server
 * is up. Crossing the line goes all the way, so that the way back takes as many checks again.
 */
function nextHealth(record: CheckRecord, verdict: CheckVerdict): number {
  const health = record.state.health.get();
  if (verdict === CheckVerdict.NEUTRAL) return health;
  if (verdict === CheckVerdict.FAILED) return health > record.rise ? health - 1 : 0;
  return health + 1 >= record.rise ? record.healthMax : health + 1;
}

function reportText(report: CheckReport): string {
  const { description } = CHECK_OUTCOMES[report.status]!;
  const code = hasCode(report.status) ? `, code: ${report.code}` : "";
  const info = report.text === "" ? "" : `, info: "${escaped(report.text)}"`;
  const took = report.durationMs < 0 ? "" : `, check duration: ${report.durationMs}ms`;
  return `, reason: ${description}${code}${info}${took}`;
}

/** Whether an outcome comes with the protocol's own code: the protocol must have answered. */
export function hasCode(status: number): boolean {
  return status >= CheckStatus.L7_OK;
}

function announceCheck(
  server: Server,
  record: CheckRecord,
  report: CheckReport,
  verdict: CheckVerdict,
): void {
  const kind = server.isBackup ? "backup server" : "server";
  const verb = VERBS[verdict];
  const up = server.state.userWeight.get() > 0 ? "UP" : "DRAIN";
  const status = `status: ${record.fraction} ${record.isUp ? up : "DOWN"}.`;
  const text = `${record.kind} check for ${kind} ${server.path} ${verb}${reportText(report)}, ${status}`;
  server.backend.listener.announce(server.backend, {
    level: AnnouncementLevel.NOTICE,
    text,
    mailLevel: AnnouncementLevel.INFO,
    consoleSeverity: "WARNING",
    consoleText: text,
  });
}

/** Puts an operator's word in the place of checks (`set server HEALTH up|stopping|down`). */
export function forceHealth(server: Server, health: "up" | "stopping" | "down"): void {
  if (server.isInMaintenance) return;
  force(server, server.check, FORCED[health]);
}

/** Puts an operator's word in the place of the agent's (`set server AGENT up|down`). */
export function forceAgent(server: Server, health: "up" | "down"): void {
  force(server, server.agent, FORCED[health]);
}

const FORCED = {
  up: Operational.RUNNING,
  stopping: Operational.STOPPING,
  down: Operational.STOPPED,
} as const;

function force(server: Server, record: CheckRecord, next: Operational): void {
  record.state.health.set(next === Operational.STOPPED ? 0 : record.healthMax);
  setOperational(server, next, BY_OPERATOR);
}
