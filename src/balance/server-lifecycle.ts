import { ServerCounter } from "../state/server-state.ts";
import { type Announcement, AnnouncementLevel } from "./announcement.ts";
import type { Server } from "./server.ts";
import { Administrative, MAINTENANCE_FLAGS, Operational } from "./server-status.ts";

const { ALERT, NOTICE } = AnnouncementLevel;

/**
 * Changes what checks, or an operator in their place, say of a server; tells whoever waits and
 * whoever watches. A server in maintenance has no health: nothing happens then.
 *
 * @param cause - What follows the verb in the message, such as `, changed from CLI`, or "".
 */
export function setOperational(server: Server, next: Operational, cause: string): void {
  const { state, backend } = server;
  const before = state.operational.get();
  if (before === next || server.isInMaintenance) return;
  markChanged(server, next);
  if (next === Operational.STOPPED) {
    state.counters.values[ServerCounter.DOWN_TRANSITIONS]! += 1;
    backend.membersChanged();
    const requeued = backend.releaseWaiting(server);
    announce(
      server,
      server.isDraining ? NOTICE : ALERT,
      `is DOWN${cause}. ${leftText(server, requeued)}`,
    );
  } else {
    const waiting = backend.queue.count;
    backend.membersChanged();
    const requeued = waiting - backend.queue.count;
    const verb = next === Operational.STOPPING ? "is stopping" : "is UP";
    announce(server, NOTICE, `${verb}${cause}. ${onlineText(server, requeued)}`);
  }
  backend.availabilityChanged();
}

/** Takes a server out of everything (`set server STATE maint`, `disable server`). */
export function enterMaintenance(server: Server): void {
  const { state, backend } = server;
  const flags = state.administrative.get();
  const wasDraining = server.isDraining;
  const wasInMaintenance = server.isInMaintenance;
  state.administrative.set(
    (flags | Administrative.FORCED_MAINTENANCE) & ~Administrative.FORCED_DRAIN,
  );
  if (wasInMaintenance) return;
  const wasStopped = state.operational.get() === Operational.STOPPED;
  state.checkHealth.set(0);
  if (wasStopped) {
    announce(server, NOTICE, "was DOWN and now enters maintenance.");
    return;
  }
  markChanged(server, Operational.STOPPED);
  backend.membersChanged();
  const requeued = backend.releaseWaiting(server);
  const text = `is going DOWN for maintenance. ${leftText(server, requeued)}`;
  announce(server, wasDraining ? NOTICE : ALERT, text);
  backend.availabilityChanged();
}

/** Lets a server finish what it has, and keep its regulars (`set server STATE drain`). */
export function enterDrain(server: Server): void {
  const { state, backend } = server;
  if ((state.administrative.get() & Administrative.FORCED_DRAIN) !== 0) return;
  state.administrative.set(state.administrative.get() | Administrative.FORCED_DRAIN);
  if (server.isInMaintenance) {
    leaveMaintenance(server);
    if (!server.isInMaintenance) remindOfDrain(server);
    return;
  }
  state.changedMs = keepDowntime(server);
  backend.membersChanged();
  const text = server.isRunning ? onlineText(server, 0) : leftText(server, 0);
  announce(server, NOTICE, `enters drain state. ${text}`);
  backend.availabilityChanged();
}

/** Says that something else changed, and the server is still being drained. */
export function remindOfDrain(server: Server): void {
  announce(server, NOTICE, "remains in forced drain mode.");
}

/** Opens a server again (`set server STATE ready`, `enable server`). */
export function enterReady(server: Server): void {
  const { state } = server;
  const wasDraining = (state.administrative.get() & Administrative.FORCED_DRAIN) !== 0;
  state.administrative.set(state.administrative.get() & ~Administrative.FORCED_DRAIN);
  if (server.isInMaintenance) {
    leaveMaintenance(server);
    return;
  }
  if (!wasDraining) return;
  state.changedMs = keepDowntime(server);
  const verb = server.isRunning ? "is UP" : "is DOWN";
  server.backend.membersChanged();
  announce(server, NOTICE, `${verb} (leaving forced drain).`);
  server.backend.availabilityChanged();
}

/** Believed to be up again at once; the next check that fails takes it down. */
function leaveMaintenance(server: Server): void {
  const { state, backend } = server;
  state.administrative.set(state.administrative.get() & ~Administrative.FORCED_MAINTENANCE);
  if ((state.administrative.get() & MAINTENANCE_FLAGS) !== 0) return;
  state.checkHealth.set(server.checkRise);
  markChanged(server, Operational.RUNNING);
  backend.membersChanged();
  const kind = server.isDraining ? "UP/DRAIN" : "UP/READY";
  announce(server, NOTICE, `is ${kind} (leaving forced maintenance).`);
  backend.availabilityChanged();
}

function markChanged(server: Server, next: Operational): void {
  server.state.changedMs = keepDowntime(server);
  server.state.operational.set(next);
}

/** Adds the outage that ends now, if any, to the downtime; returns the present time. */
function keepDowntime(server: Server): number {
  const { state } = server;
  const nowMs = server.backend.clock.nowMs;
  if (state.operational.get() === Operational.STOPPED) state.downtimeMs += nowMs - state.changedMs;
  return nowMs;
}

function countsText(server: Server, word: string): string {
  const active = server.backend.state.activeServers.get();
  const backups = server.backend.state.backupServers.get();
  const note = active === 0 && backups > 0 ? " Running on backup." : "";
  return `${active} active and ${backups} backup servers ${word}.${note}`;
}

function leftText(server: Server, requeued: number): string {
  const active = server.state.sessions.get();
  const waiting = server.state.queued.get();
  const streams = `${active} sessions active, ${requeued} requeued, ${waiting} remaining in queue.`;
  return `${countsText(server, "left")} ${streams}`;
}

function onlineText(server: Server, requeued: number): string {
  const waiting = server.state.queued.get();
  const streams = `${requeued} sessions requeued, ${waiting} total in queue.`;
  return `${countsText(server, "online")} ${streams}`;
}

function announce(server: Server, level: AnnouncementLevel, predicate: string): void {
  const text = `${server.isBackup ? "Backup " : ""}Server ${server.path} ${predicate}`;
  const announcement: Announcement = {
    level,
    text,
    consoleSeverity: "WARNING",
    consoleText: text,
  };
  server.backend.listener.announce(server.backend, announcement);
}
