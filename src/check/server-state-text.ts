import { type Server, WEIGHT_SCALE } from "../balance/server.ts";
import { Operational } from "../balance/server-status.ts";
import { AddressFamily } from "../sys/socket-address.ts";

/**
 * How a server is seen, for the server itself: `UP 2/3; address=...; port=...; name=bk/s1; node=lb1;
 * weight=1/2; scur=13/22; qcur=0`.
 *
 * Source: HAProxy configuration manual, section 4.2, http-check send-state.
 */
export function serverStateText(server: Server, node: string): string {
  const { state, backend, address } = server;
  const isUnix = address.family === AddressFamily.UNIX;
  const host = isUnix ? "unix" : address.host();
  const port = isUnix ? "unix" : address.port;
  const weight = Math.ceil(server.effectiveWeight / WEIGHT_SCALE);
  const parts = [
    statusText(server),
    `address=${host}`,
    `port=${port}`,
    `name=${server.path}`,
    `node=${node}`,
    `weight=${weight}/${usableWeight(server)}`,
    `scur=${state.sessions.get()}/${backend.state.sessions.get()}`,
    `qcur=${state.queued.get()}`,
  ];
  return parts.join("; ");
}

function statusText({ check, state, isDraining }: Server): string {
  const operational = state.operational.get();
  const isUp = operational !== Operational.STOPPED;
  const word = operational === Operational.STOPPING || isDraining ? "NOLB" : "UP";
  const shown = isUp ? word : "DOWN";
  return check.isSettled ? shown : `${shown} ${check.fraction}`;
}

/** The weight of all servers of the backend that take new streams. */
function usableWeight({ backend }: Server): number {
  const { servers } = backend;
  const active = servers.filter((other) => other.isUsable && !other.isBackup);
  const counted = active.length > 0 ? active : servers.filter((other) => other.isUsable);
  const sum = counted.reduce((total, other) => total + other.effectiveWeight, 0);
  return Math.ceil(sum / WEIGHT_SCALE);
}
