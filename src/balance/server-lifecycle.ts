import { ServerCounter } from "../state/server-state.ts";
import { type Announcement, AnnouncementLevel } from "./announcement.ts";
import type { Server } from "./server.ts";
import { Administrative, Operational } from "./server-status.ts";

const { ALERT, NOTICE } = AnnouncementLevel;
const { FORCED_MAINTENANCE, INHERITED_MAINTENANCE, RESOLUTION_MAINTENANCE } = Administrative;
const { FORCED_DRAIN, INHERITED_DRAIN } = Administrative;

/**
 * Changes what checks, or an operator in their place, say of a server; tells whoever waits, whoever
 * watches, and the servers that track it. A server in maintenance has no health: nothing happens
 * then.
 *
 * @param cause - What follows the verb in the message, such as `, changed from CLI`, or "".
 */
export function setOperational(server: Server, next: Operational, cause: string): void {
  const { state, backend } = server;
  const before = state.operational.get();
  if (before === next || server.isInMaintenance) return;
  markChanged(server, next);
  if (next === Operational.STOPPED) {
    countDown(server);
    const requeued = backend.releaseWaiting(server);
    const level = server.isDraining ? NOTICE : ALERT;
    announce(server, level, `is DOWN${cause}. ${leftText(server, requeued)}`, level);
    endSessions(server);
  } else {
    const waiting = backend.queue.count;
    backend.membersChanged();
    const requeued = waiting - backend.queue.count;
    const verb = next === Operational.STOPPING ? "is stopping" : "is UP";
    const mailLevel = next === Operational.STOPPING ? null : NOTICE;
    announce(server, NOTICE, `${verb}${cause}. ${onlineText(server, requeued)}`, mailLevel);
    if (before === Operational.STOPPED) endBackupSessions(server);
  }
  remindOfDrain(server);
  backend.availabilityChanged();
  for (const tracker of server.trackers) setOperational(tracker, next, via(server));
}

/** Takes a server out of everything (`set server STATE maint`, `disable server`). */
export function enterMaintenance(server: Server): void {
  addMaintenance(server, FORCED_MAINTENANCE);
  dropDrain(server, FORCED_DRAIN);
}

/** Lets a server finish what it has, and keep its regulars (`set server STATE drain`). */
export function enterDrain(server: Server): void {
  addDrain(server, FORCED_DRAIN);
  dropMaintenance(server, FORCED_MAINTENANCE);
}

/** Opens a server again (`set server STATE ready`, `enable server`). */
export function enterReady(server: Server): void {
  dropMaintenance(server, FORCED_MAINTENANCE);
  dropDrain(server, FORCED_DRAIN);
}

/**
 * Puts a server in maintenance or ends it, and leaves its drain as it is.
 *
 * @returns False where the operator had asked for the same before.
 */
export function switchMaintenance(server: Server, isOn: boolean): boolean {
  if (hasFlag(server, FORCED_MAINTENANCE) === isOn) return false;
  if (isOn) addMaintenance(server, FORCED_MAINTENANCE);
  else dropMaintenance(server, FORCED_MAINTENANCE);
  return true;
}

/**
 * Drains a server or ends that, and leaves its maintenance as it is.
 *
 * @returns False where the operator had asked for the same before.
 */
export function switchDrain(server: Server, isOn: boolean): boolean {
  if (hasFlag(server, FORCED_DRAIN) === isOn) return false;
  if (isOn) addDrain(server, FORCED_DRAIN);
  else dropDrain(server, FORCED_DRAIN);
  return true;
}

/** A server that had no address (`init-addr none`) has one now. */
export function enterResolved(server: Server): void {
  dropMaintenance(server, RESOLUTION_MAINTENANCE);
}

/** Lets servers that track one start in its maintenance or drain, without a word. */
export function inheritState(server: Server): void {
  for (const tracker of server.trackers) {
    if (server.isInMaintenance) {
      setFlag(tracker, INHERITED_MAINTENANCE);
      tracker.state.operational.set(Operational.STOPPED);
      tracker.state.check.health.set(0);
    }
    if (server.isDraining) setFlag(tracker, INHERITED_DRAIN);
    tracker.backend.countAtStart();
    inheritState(tracker);
  }
}

function addMaintenance(server: Server, flag: number): void {
  const { state, backend } = server;
  const wasInMaintenance = server.isInMaintenance;
  const wasDraining = server.isDraining;
  setFlag(server, flag);
  if (wasInMaintenance) return;
  const cause = flag === INHERITED_MAINTENANCE ? via(server.tracked!) : "";
  if (state.operational.get() === Operational.STOPPED) {
    announce(server, NOTICE, `was DOWN and now enters maintenance${cause}.`);
  } else {
    state.check.health.set(0);
    markChanged(server, Operational.STOPPED);
    countDown(server);
    const requeued = backend.releaseWaiting(server);
    const text = `is going DOWN for maintenance${cause}. ${leftText(server, requeued)}`;
    announce(server, wasDraining ? NOTICE : ALERT, text);
    endSessions(server);
    backend.availabilityChanged();
  }
  for (const tracker of server.trackers) addMaintenance(tracker, INHERITED_MAINTENANCE);
}

/** Believed to be up again at once, unless an agent or a tracked server says otherwise. */
function dropMaintenance(server: Server, flag: number): void {
  const { state, backend } = server;
  if (!hasFlag(server, flag)) return;
  clearFlag(server, flag);
  if (server.isInMaintenance) {
    const text = hasFlag(server, FORCED_MAINTENANCE)
      ? "remains in forced maintenance."
      : `is leaving forced maintenance but remains in maintenance${viaTracked(server)}.`;
    announce(server, NOTICE, text);
    return;
  }
  if (server.check.isEnabled) state.check.health.set(server.check.rise);
  markChanged(server, stateAfterMaintenance(server));
  backend.membersChanged();
  const isUp = state.operational.get() !== Operational.STOPPED;
  const kind = `${isUp ? "UP" : "DOWN"}/${server.isDraining ? "DRAIN" : "READY"}`;
  if (flag === RESOLUTION_MAINTENANCE) {
    announce(server, NOTICE, `('${server.hostName}') is ${kind} (resolves again).`);
  } else {
    const way = flag === FORCED_MAINTENANCE ? "leaving forced maintenance" : "leaving maintenance";
    announce(server, NOTICE, `is ${kind} (${way}).`);
  }
  if (isUp) endBackupSessions(server);
  remindOfDrain(server);
  backend.availabilityChanged();
  for (const tracker of server.trackers) dropMaintenance(tracker, INHERITED_MAINTENANCE);
}

function stateAfterMaintenance(server: Server): Operational {
  const { tracked } = server;
  if (tracked !== null) return tracked.state.operational.get() as Operational;
  const isUp = server.check.allowsUp && server.agent.allowsUp;
  return isUp ? Operational.RUNNING : Operational.STOPPED;
}

function addDrain(server: Server, flag: number): void {
  const { state, backend } = server;
  if (hasFlag(server, flag)) return;
  const wasDraining = server.isDraining;
  setFlag(server, flag);
  if (wasDraining) {
    remindOfDrain(server);
    return;
  }
  if (!server.isInMaintenance) {
    state.changedMs = keepDowntime(server);
    backend.membersChanged();
    const cause = flag === INHERITED_DRAIN ? via(server.tracked!) : "";
    const text = server.isRunning ? onlineText(server, 0) : leftText(server, 0);
    announce(server, NOTICE, `enters drain state${cause}. ${text}`, NOTICE);
    backend.availabilityChanged();
  }
  for (const tracker of server.trackers) addDrain(tracker, INHERITED_DRAIN);
}

function dropDrain(server: Server, flag: number): void {
  const { state, backend } = server;
  if (!hasFlag(server, flag)) return;
  clearFlag(server, flag);
  if (server.isDraining) {
    remindOfDrain(server);
    return;
  }
  if (!server.isInMaintenance) {
    state.changedMs = keepDowntime(server);
    backend.membersChanged();
    announce(server, NOTICE, `${server.isRunning ? "is UP" : "is DOWN"} (leaving forced drain).`);
    if (server.isRunning) endBackupSessions(server);
    backend.availabilityChanged();
  }
  for (const tracker of server.trackers) dropDrain(tracker, INHERITED_DRAIN);
}

/** Says that something else changed, and the server is still being drained, if it is. */
export function remindOfDrain(server: Server): void {
  if (server.isInMaintenance || !server.isDraining) return;
  const text = hasFlag(server, FORCED_DRAIN)
    ? "remains in forced drain mode."
    : `is leaving forced drain but remains in drain mode${viaTracked(server)}.`;
  announce(server, NOTICE, text);
}

function via(cause: Server): string {
  return ` via ${cause.path}`;
}

/** What keeps a server out when it is not the operator: the server that it tracks. */
function viaTracked({ tracked }: Server): string {
  return tracked === null ? "" : via(tracked);
}

function hasFlag({ state }: Server, flag: number): boolean {
  return (state.administrative.get() & flag) !== 0;
}

function setFlag({ state }: Server, flag: number): void {
  state.administrative.set(state.administrative.get() | flag);
}

function clearFlag({ state }: Server, flag: number): void {
  state.administrative.set(state.administrative.get() & ~flag);
}

function countDown({ state, backend }: Server): void {
  state.counters.values[ServerCounter.DOWN_TRANSITIONS]! += 1;
  backend.membersChanged();
}

/** `on-marked-down shutdown-sessions`. */
function endSessions(server: Server): void {
  if (server.endsSessionsWhenDown) server.backend.listener.endSessions(server, "down");
}

/** `on-marked-up shutdown-backup-sessions`: the traffic comes back to a server that takes it. */
function endBackupSessions(server: Server): void {
  if (!server.endsBackupSessionsWhenUp || server.isBackup || !server.isUsable) return;
  for (const other of server.backend.servers) {
    if (other.isBackup) server.backend.listener.endSessions(other, "up");
  }
}

function markChanged(server: Server, next: Operational): void {
  const { state } = server;
  const wasStopped = state.operational.get() === Operational.STOPPED;
  state.changedMs = keepDowntime(server);
  if (wasStopped && next !== Operational.STOPPED) state.riseStartMs = state.changedMs;
  state.operational.set(next);
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

function announce(
  server: Server,
  level: AnnouncementLevel,
  predicate: string,
  mailLevel: AnnouncementLevel | null = null,
): void {
  const text = `${server.isBackup ? "Backup " : ""}Server ${server.path} ${predicate}`;
  const announcement: Announcement = {
    level,
    text,
    mailLevel,
    consoleSeverity: "WARNING",
    consoleText: text,
  };
  server.backend.listener.announce(server.backend, announcement);
}
