import { SocketOptions, setLingerZero, setOption } from "../sys/socket-option.ts";

/** What the kernel shall do with the connections of one side of a proxy. */
export interface SocketHabits {
  /** It probes silent ones (`option tcpka`). */
  readonly keepsAlive: boolean;
  /** Seconds of silence before the first probe and between probes, and probes; 0: as the system has it. */
  readonly keepAliveIdle: number;
  readonly keepAliveInterval: number;
  readonly keepAliveCount: number;
  /** Closing one drops what it still has to send, with a reset (`option nolinger`). */
  readonly resetsOnClose: boolean;
  /** An empty acknowledgement waits for data that it can go with (`option tcp-smart-accept`, `-connect`). */
  readonly savesAcknowledgement: boolean;
}

/** Nothing that the kernel would not do anyway. */
export const PLAIN_HABITS: SocketHabits = {
  keepsAlive: false,
  keepAliveIdle: 0,
  keepAliveInterval: 0,
  keepAliveCount: 0,
  resetsOnClose: false,
  savesAcknowledgement: false,
};

/**
 * Tells the kernel so about one socket. What a socket cannot do, such as a unix one, it goes without.
 *
 * @hot
 */
export function applyHabits(fd: number, habits: SocketHabits): void {
  if (habits.keepsAlive) {
    setOption(fd, SocketOptions.KEEP_ALIVE, 1);
    const { keepAliveIdle, keepAliveInterval, keepAliveCount } = habits;
    if (keepAliveIdle > 0) setOption(fd, SocketOptions.TCP_KEEP_IDLE, keepAliveIdle);
    if (keepAliveInterval > 0) setOption(fd, SocketOptions.TCP_KEEP_INTERVAL, keepAliveInterval);
    if (keepAliveCount > 0) setOption(fd, SocketOptions.TCP_KEEP_COUNT, keepAliveCount);
  }
  if (habits.savesAcknowledgement) setOption(fd, SocketOptions.TCP_QUICK_ACK, 0);
  if (habits.resetsOnClose) setLingerZero(fd);
}
