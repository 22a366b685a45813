import { errno, libc, pointer } from "./libc.ts";
import { Scratch, scratch } from "./scratch.ts";

const IPPROTO_IP = 0;
const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;

/** A socket option: its level and its number. Values are those of x86-64 and arm64 Linux. */
export interface SocketOption {
  readonly name: string;
  readonly level: number;
  readonly number: number;
}

const option = (name: string, level: number, number: number): SocketOption => ({
  name,
  level,
  number,
});

/** The options that the program sets or reads. */
export const SocketOptions = {
  REUSE_ADDRESS: option("SO_REUSEADDR", SOL_SOCKET, 2),
  TYPE: option("SO_TYPE", SOL_SOCKET, 3),
  ERROR: option("SO_ERROR", SOL_SOCKET, 4),
  SEND_BUFFER: option("SO_SNDBUF", SOL_SOCKET, 7),
  RECEIVE_BUFFER: option("SO_RCVBUF", SOL_SOCKET, 8),
  KEEP_ALIVE: option("SO_KEEPALIVE", SOL_SOCKET, 9),
  LINGER: option("SO_LINGER", SOL_SOCKET, 13),
  REUSE_PORT: option("SO_REUSEPORT", SOL_SOCKET, 15),
  ACCEPT_CONNECTIONS: option("SO_ACCEPTCONN", SOL_SOCKET, 30),
  TCP_NO_DELAY: option("TCP_NODELAY", IPPROTO_TCP, 1),
  TCP_MAX_SEGMENT: option("TCP_MAXSEG", IPPROTO_TCP, 2),
  TCP_KEEP_IDLE: option("TCP_KEEPIDLE", IPPROTO_TCP, 4),
  TCP_KEEP_INTERVAL: option("TCP_KEEPINTVL", IPPROTO_TCP, 5),
  TCP_KEEP_COUNT: option("TCP_KEEPCNT", IPPROTO_TCP, 6),
  TCP_DEFER_ACCEPT: option("TCP_DEFER_ACCEPT", IPPROTO_TCP, 9),
  TCP_QUICK_ACK: option("TCP_QUICKACK", IPPROTO_TCP, 12),
  TCP_USER_TIMEOUT: option("TCP_USER_TIMEOUT", IPPROTO_TCP, 18),
  TCP_REPAIR: option("TCP_REPAIR", IPPROTO_TCP, 19),
  TCP_FAST_OPEN: option("TCP_FASTOPEN", IPPROTO_TCP, 23),
  TCP_FAST_OPEN_CONNECT: option("TCP_FASTOPEN_CONNECT", IPPROTO_TCP, 30),
  MARK: option("SO_MARK", SOL_SOCKET, 36),
  IP_TOS: option("IP_TOS", IPPROTO_IP, 1),
  IPV6_TRAFFIC_CLASS: option("IPV6_TCLASS", IPPROTO_IPV6, 67),
  IP_TTL: option("IP_TTL", IPPROTO_IP, 2),
  IPV6_UNICAST_HOPS: option("IPV6_UNICAST_HOPS", IPPROTO_IPV6, 16),
  IP_TRANSPARENT: option("IP_TRANSPARENT", IPPROTO_IP, 19),
  IP_FREE_BIND: option("IP_FREEBIND", IPPROTO_IP, 15),
  IP_BIND_ADDRESS_NO_PORT: option("IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, 24),
  IPV6_ONLY: option("IPV6_V6ONLY", IPPROTO_IPV6, 26),
  IPV6_TRANSPARENT: option("IPV6_TRANSPARENT", IPPROTO_IPV6, 75),
  BIND_TO_DEVICE: option("SO_BINDTODEVICE", SOL_SOCKET, 25),
} as const;

const valuePointer = pointer(scratch.address + Scratch.OPTION);
const sizePointer = pointer(scratch.address + Scratch.OPTION + 16);

/**
 * Sets an option that holds a number; returns 0 or a negated errno.
 *
 * @hot
 */
export function setOption(fd: number, { level, number }: SocketOption, value: number): number {
  scratch.view.setInt32(Scratch.OPTION, value, true);
  return libc.setsockopt(fd, level, number, valuePointer, 4) === 0 ? 0 : -errno();
}

/** The longest name of a network interface, without the closing NUL. */
export const INTERFACE_NAME_SIZE_MAX = 15;

/**
 * Ties a socket to a network interface; returns 0 or a negated errno (`-ENODEV`, `-EPERM`).
 * Source: socket(7), SO_BINDTODEVICE.
 */
export function bindToDevice(fd: number, name: string): number {
  const encoded = Buffer.from(name, "latin1").subarray(0, INTERFACE_NAME_SIZE_MAX);
  scratch.bytes.fill(0, Scratch.OPTION, Scratch.OPTION + INTERFACE_NAME_SIZE_MAX + 1);
  scratch.bytes.set(encoded, Scratch.OPTION);
  const { level, number } = SocketOptions.BIND_TO_DEVICE;
  const size = encoded.length + 1;
  return libc.setsockopt(fd, level, number, valuePointer, size) === 0 ? 0 : -errno();
}

/** Reads an option that holds a number; returns it or a negated errno. */
export function getOption(fd: number, { level, number }: SocketOption): number {
  scratch.view.setInt32(Scratch.OPTION + 16, 4, true);
  if (libc.getsockopt(fd, level, number, valuePointer, sizePointer) === -1) return -errno();
  return scratch.view.getInt32(Scratch.OPTION, true);
}

/**
 * Makes the next close(2) drop unsent bytes and answer the peer with RST instead of FIN.
 *
 * @hot
 */
export function setLingerZero(fd: number): void {
  scratch.view.setInt32(Scratch.OPTION, 1, true);
  scratch.view.setInt32(Scratch.OPTION + 4, 0, true);
  const { level, number } = SocketOptions.LINGER;
  libc.setsockopt(fd, level, number, valuePointer, 8);
}

/**
 * The error that a socket has pending, as a negated errno; 0 when there is none. Reading clears it.
 *
 * @hot
 */
export function pendingError(fd: number): number {
  const code = getOption(fd, SocketOptions.ERROR);
  return code > 0 ? -code : code;
}

/**
 * Prepares a TCP connection to be closed without its peer hearing of it. Under repair the kernel
 * closes in silence, which takes CAP_NET_ADMIN; else the reset is sent so that no router passes it on,
 * and only peers in the same network get it. Sockets of other kinds stay as they are.
 *
 * Source: tcp(7), ip(7); HAProxy configuration manual, section 4.2, http-request silent-drop.
 */
export function dropSilently(fd: number): void {
  if (setOption(fd, SocketOptions.TCP_REPAIR, 1) === 0) return;
  setOption(fd, SocketOptions.IP_TTL, 1);
  setOption(fd, SocketOptions.IPV6_UNICAST_HOPS, 1);
  setLingerZero(fd);
}
