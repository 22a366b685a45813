import { Errno } from "../sys/errno.ts";
import { bindSocket, closeDescriptor, connectSocket, streamSocket } from "../sys/socket.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { SocketOptions, setOption } from "../sys/socket-option.ts";

/** What a connection attempt needs to know besides the address. */
export interface ConnectOptions {
  /** Local address to come from, or null for the system's choice. */
  readonly source: SocketAddress | null;
  /** `option srvtcpka`. */
  readonly keepAlive: boolean;
}

/** The options of a connection about which nothing was said. */
export const PLAIN_CONNECT: ConnectOptions = { source: null, keepAlive: false };

/**
 * Makes a socket and starts connecting it.
 *
 * @hot
 * @returns The descriptor of a socket that is connected or about to be, or a negated errno
 *   (`-EMFILE`, `-ECONNREFUSED` of a unix socket, `-ENETUNREACH`, `-EADDRNOTAVAIL` ...).
 */
export function connectTo(address: SocketAddress, options: ConnectOptions): number {
  const fd = streamSocket(address.family);
  if (fd < 0) return fd;
  if (options.source !== null) {
    const bound = bindSource(fd, options.source);
    if (bound < 0) return giveUp(fd, bound);
  }
  if (options.keepAlive) setOption(fd, SocketOptions.KEEP_ALIVE, 1);
  const result = connectSocket(fd, address);
  if (result === 0 || result === -Errno.EINPROGRESS) return fd;
  return giveUp(fd, result);
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
