import { closeDescriptor } from "../sys/socket.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { getOption, SocketOptions } from "../sys/socket-option.ts";

/** A listening socket that another process had. */
export interface StockedSocket {
  readonly fd: number;
  readonly address: SocketAddress;
  readonly namespace: string;
  readonly interfaceName: string;
}

/** What a socket must be to be of use. */
export interface WantedSocket {
  readonly address: SocketAddress;
  readonly namespace: string;
  readonly interfaceName: string;
  readonly ipv6Only: boolean | undefined;
}

/** Unix sockets are made under such a name and then moved to their path. */
const TEMPORARY = /\.\d+\.tmp$/;

/**
 * Listening sockets that were taken over and have not found their place. Clients that wait in their
 * queues are served by whoever takes them, so nobody is refused while one process replaces another.
 */
export class SocketStock {
  readonly #sockets: (StockedSocket | null)[] = [];

  /** Sockets that ever came in. */
  get count(): number {
    return this.#sockets.length;
  }

  add(socket: StockedSocket): void {
    this.#sockets.push(socket);
  }

  /** Descriptors that nobody has taken; they stay the stock's. */
  get descriptors(): readonly number[] {
    return this.#sockets.flatMap((socket) => (socket === null ? [] : [socket.fd]));
  }

  /** Gives a socket that fits, for good; -1 when there is none. */
  take(wanted: WantedSocket): number {
    const index = this.#sockets.findIndex((socket) => socket !== null && fits(socket, wanted));
    const found = this.#sockets[index];
    if (found == null) return -1;
    this.#sockets[index] = null;
    return found.fd;
  }

  /** Closes what nobody took. */
  close(): void {
    for (const socket of this.#sockets) if (socket !== null) closeDescriptor(socket.fd);
    this.#sockets.fill(null);
  }
}

function fits(socket: StockedSocket, wanted: WantedSocket): boolean {
  const { address, ipv6Only } = wanted;
  if (socket.namespace !== wanted.namespace) return false;
  if (socket.interfaceName !== wanted.interfaceName) return false;
  if (address.family === AddressFamily.UNIX) return isAtPath(socket.address, address);
  if (!socket.address.equals(address)) return false;
  if (address.family !== AddressFamily.INET6 || ipv6Only === undefined) return true;
  return (getOption(socket.fd, SocketOptions.IPV6_ONLY) === 1) === ipv6Only;
}

function isAtPath(found: SocketAddress, wanted: SocketAddress): boolean {
  if (found.family !== AddressFamily.UNIX || found.isAbstract !== wanted.isAbstract) return false;
  if (found.isAbstract) return found.path.replace(/\0+$/, "") === wanted.path;
  return found.path === wanted.path || found.path.replace(TEMPORARY, "") === wanted.path;
}
