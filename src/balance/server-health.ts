import { ServerCounter } from "../state/server-state.ts";
import { AnnouncementLevel } from "./announcement.ts";
import { CHECK_OUTCOMES, type CheckStatus, CheckVerdict } from "./check-status.ts";
import type { Server } from "./server.ts";
import { setOperational } from "./server-lifecycle.ts";
import { Operational } from "./server-status.ts";

/** What one check found. */
export interface CheckReport {
  readonly status: CheckStatus;
  /** The protocol's own code, such as an HTTP status; 0 when there is none. */
  readonly code: number;
  readonly durationMs: number;
  /** What else there is to say, such as a system error or an HTTP reason; may be empty. */
  readonly text: string;
}

/**
 * Lets a check's finding count: so many good ones in a row bring a server up (`rise`), so many bad
 * ones take it down (`fall`). In maintenance nothing counts.
 */
export function reportCheck(server: Server, report: CheckReport): void {
  if (server.isInMaintenance) return;
  const { state } = server;
  const verdict = CHECK_OUTCOMES[report.status]!.verdict;
  const hasNewStatus = state.checkStatus.get() !== report.status;
  state.checkStatus.set(report.status);
  state.checkCode.set(report.code);
  state.checkDurationMs.set(report.durationMs);
  server.checkText = report.text;
  const health = state.checkHealth.get();
  const isUp = health >= server.checkRise;
  if (verdict === CheckVerdict.FAILED && isUp) {
    state.counters.values[ServerCounter.CHECKS_FAILED]! += 1;
  }
  const next = nextHealth(server, health, verdict);
  state.checkHealth.set(next);
  const { logsChecks } = server.backend;
  if (logsChecks && (hasNewStatus || next !== health)) announceCheck(server, report, verdict);
  const cause = logsChecks ? "" : reportText(report);
  if (verdict === CheckVerdict.FAILED) {
    if (next < server.checkRise) setOperational(server, Operational.STOPPED, cause);
  } else if (next >= server.checkRise) {
    const up = verdict === CheckVerdict.CONDITIONAL ? Operational.STOPPING : Operational.RUNNING;
    setOperational(server, up, cause);
  }
}

/**
 * Health counts from 0 (down for long) to rise + fall - 1 (up for long); from `rise` on the server
 * is up. Crossing the line goes all the way, so that the way back takes as many checks again.
 */
function nextHealth(server: Server, health: number, verdict: CheckVerdict): number {
  if (verdict === CheckVerdict.NEUTRAL) return health;
  if (verdict === CheckVerdict.FAILED) return health > server.checkRise ? health - 1 : 0;
  return health + 1 >= server.checkRise ? server.checkRise + server.checkFall - 1 : health + 1;
}

/** Where a server stands between up and down, such as `1/2` and whether that is up. */
export function healthText(server: Server): { readonly fraction: string; readonly isUp: boolean } {
  const health = server.state.checkHealth.get();
  const { checkRise: rise, checkFall: fall } = server;
  if (health >= rise) return { fraction: `${health - rise + 1}/${fall}`, isUp: true };
  return { fraction: `${health}/${rise}`, isUp: false };
}

function reportText(report: CheckReport): string {
  const code = report.code === 0 ? "" : `, code: ${report.code}`;
  const info = report.text === "" ? "" : `, info: "${report.text}"`;
  const { description } = CHECK_OUTCOMES[report.status]!;
  return `, reason: ${description}${code}${info}, check duration: ${report.durationMs}ms`;
}

function announceCheck(server: Server, report: CheckReport, verdict: CheckVerdict): void {
  const { fraction, isUp } = healthText(server);
  const kind = server.isBackup ? "backup server" : "server";
  const verb = verdict === CheckVerdict.FAILED ? "failed" : "succeeded";
  const status = `status: ${fraction} ${isUp ? "UP" : "DOWN"}.`;
  const text = `Health check for ${kind} ${server.path} ${verb}${reportText(report)}, ${status}`;
  server.backend.listener.announce(server.backend, {
    level: AnnouncementLevel.NOTICE,
    text,
    consoleSeverity: "WARNING",
    consoleText: text,
  });
}

/** Puts an operator's word in the place of checks (`set server HEALTH up|stopping|down`). */
export function forceHealth(server: Server, health: "up" | "stopping" | "down"): void {
  if (server.isInMaintenance) return;
  const { state, checkRise, checkFall } = server;
  state.checkHealth.set(health === "down" ? 0 : checkRise + checkFall - 1);
  const next = {
    up: Operational.RUNNING,
    stopping: Operational.STOPPING,
    down: Operational.STOPPED,
  }[health];
  setOperational(server, next, ", changed from CLI");
}
