import { Errno } from "../sys/errno.ts";
import { makeInNamespace, type Namespace } from "../sys/namespace.ts";
import { bindSocket, closeDescriptor, connectSocket, streamSocket } from "../sys/socket.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { bindToDevice, SocketOptions, setOption } from "../sys/socket-option.ts";
import { applyHabits, type SocketHabits } from "./socket-habits.ts";
import type { SourcePorts } from "./source-ports.ts";

/** What few servers ask for, so that the others pay for none of it. */
export interface ConnectExtras {
  /** Ports to come from, in turn; null for the system's choice, or the port of the source. */
  readonly ports: SourcePorts | null;
  /** The source need not be an address of the machine. */
  readonly isTransparent: boolean;
  /** The only interface to go out by; the empty text for any. */
  readonly interfaceName: string;
  readonly namespace: Namespace | null;
  /** `tcp-ut`: how long sent bytes may stay unacknowledged; 0 leaves it to the system. */
  readonly userTimeoutMs: number;
  /** `tfo`: the first bytes go with the first packet. */
  readonly hasFastOpen: boolean;
  /** In bytes; 0 leaves them to the system. */
  readonly receiveBufferSize: number;
  readonly sendBufferSize: number;
}

/** Extras that ask for nothing. */
export const PLAIN_EXTRAS: ConnectExtras = {
  ports: null,
  isTransparent: false,
  interfaceName: "",
  namespace: null,
  userTimeoutMs: 0,
  hasFastOpen: false,
  receiveBufferSize: 0,
  sendBufferSize: 0,
};

/** What a connection attempt needs to know besides the address. */
export interface ConnectOptions {
  /** Local address to come from, or null for the system's choice. */
  readonly source: SocketAddress | null;
  /** What the kernel shall do with it; null for what it does anyway. */
  readonly habits: SocketHabits | null;
  readonly extras?: ConnectExtras | null;
}

/** The options of a connection about which nothing was said. */
export const PLAIN_CONNECT: ConnectOptions = { source: null, habits: null, extras: null };

/**
 * Makes a socket and starts connecting it.
 *
 * @hot
 * @returns The descriptor of a socket that is connected or about to be, or a negated errno
 *   (`-EMFILE`, `-ECONNREFUSED` of a unix socket, `-ENETUNREACH`, `-EADDRNOTAVAIL` ...).
 */
export function connectTo(address: SocketAddress, options: ConnectOptions): number {
  if (options.extras) return connectWithExtras(address, options, options.extras);
  const fd = streamSocket(address.family);
  if (fd < 0) return fd;
  if (options.source !== null) {
    const bound = bindSource(fd, options.source);
    if (bound < 0) return giveUp(fd, bound);
  }
  if (options.habits !== null) applyHabits(fd, options.habits);
  return startConnecting(fd, address);
}

/** @hot */
function startConnecting(fd: number, address: SocketAddress): number {
  const result = connectSocket(fd, address);
  if (result === 0 || result === -Errno.EINPROGRESS) return fd;
  return giveUp(fd, result);
}

function connectWithExtras(
  address: SocketAddress,
  options: ConnectOptions,
  extras: ConnectExtras,
): number {
  const { source } = options;
  const { ports } = extras;
  if (source === null || ports === null) return connectOnce(address, options, extras, source);
  // A port that another connection has fails at once: the next one may be free.
  let result = -Errno.EADDRNOTAVAIL;
  for (let tries = ports.triesMax; tries > 0; tries--) {
    result = connectOnce(address, options, extras, ports.next(source));
    if (result !== -Errno.EADDRNOTAVAIL && result !== -Errno.EADDRINUSE) return result;
  }
  return result;
}

function connectOnce(
  address: SocketAddress,
  options: ConnectOptions,
  extras: ConnectExtras,
  source: SocketAddress | null,
): number {
  const { family } = address;
  const fd =
    extras.namespace === null
      ? streamSocket(family)
      : makeInNamespace(extras.namespace, streamSocket, family);
  if (fd < 0) return fd;
  if (family !== AddressFamily.UNIX) {
    const prepared = prepare(fd, extras, family === AddressFamily.INET6);
    if (prepared < 0) return giveUp(fd, prepared);
    if (source !== null) {
      const bound = bindSource(fd, source);
      if (bound < 0) return giveUp(fd, bound);
    }
    if (options.habits !== null) applyHabits(fd, options.habits);
  }
  return startConnecting(fd, address);
}

/** The same options, in another namespace; null is the process's own. */
export function inNamespace(options: ConnectOptions, namespace: Namespace | null): ConnectOptions {
  if (namespace === null) return options;
  return { ...options, extras: { ...(options.extras ?? PLAIN_EXTRAS), namespace } };
}

/** Sets what must be there before the socket is bound; returns 0 or a negated errno. */
function prepare(fd: number, extras: ConnectExtras, isIpv6: boolean): number {
  if (extras.interfaceName !== "") {
    const tied = bindToDevice(fd, extras.interfaceName);
    if (tied < 0) return tied;
  }
  if (extras.isTransparent) {
    const { IP_TRANSPARENT, IPV6_TRANSPARENT } = SocketOptions;
    const allowed = setOption(fd, isIpv6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, 1);
    if (allowed < 0) return allowed;
  }
  const { userTimeoutMs, receiveBufferSize, sendBufferSize } = extras;
  if (userTimeoutMs > 0) setOption(fd, SocketOptions.TCP_USER_TIMEOUT, userTimeoutMs);
  if (extras.hasFastOpen) setOption(fd, SocketOptions.TCP_FAST_OPEN_CONNECT, 1);
  if (receiveBufferSize > 0) setOption(fd, SocketOptions.RECEIVE_BUFFER, receiveBufferSize);
  if (sendBufferSize > 0) setOption(fd, SocketOptions.SEND_BUFFER, sendBufferSize);
  return 0;
}

/** Binds the local side; without a port, the system chooses one when it connects. */
function bindSource(fd: number, source: SocketAddress): number {
  if (source.family !== AddressFamily.UNIX && source.port === 0) {
    setOption(fd, SocketOptions.IP_BIND_ADDRESS_NO_PORT, 1);
  } else setOption(fd, SocketOptions.REUSE_ADDRESS, 1);
  return bindSocket(fd, source);
}

function giveUp(fd: number, error: number): number {
  closeDescriptor(fd);
  return error;
}
