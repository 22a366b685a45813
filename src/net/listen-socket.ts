import { chmodSync, chownSync, lstatSync, unlinkSync } from "node:fs";
import { errnoText } from "../sys/errno.ts";
import {
  bindSocket,
  closeDescriptor,
  listenSocket,
  localAddress,
  setNonBlocking,
  streamSocket,
} from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { getOption, SocketOptions, setOption } from "../sys/socket-option.ts";
import type { ListenAddress } from "./listen-address.ts";

/** How a listening socket is made. */
export interface ListenOptions {
  /** Connections that the kernel keeps until they are accepted. */
  readonly backlog: number;
  /** An IPv6 wildcard takes IPv6 only (`v6only`) or both (`v4v6`); undefined leaves it to the system. */
  readonly ipv6Only?: boolean | undefined;
  /** Permission bits of a unix socket (`mode`). */
  readonly mode?: number | undefined;
  readonly userId?: number | undefined;
  readonly groupId?: number | undefined;
}

/** A socket that accepts connections. */
export interface ListenSocket {
  readonly fd: number;
  /** Where it is bound: what the kernel says for an inherited one. */
  readonly address: SocketAddress;
}

/**
 * Makes a listening socket, or adopts an inherited one.
 *
 * @returns The socket, or why there is none, as a sentence.
 */
export function openListenSocket(
  { address, inheritedFd }: ListenAddress,
  options: ListenOptions,
): ListenSocket | string {
  if (inheritedFd !== -1) return adopt(inheritedFd);
  const fd = streamSocket(address.family);
  if (fd < 0) return `cannot create listening socket (${errnoText(fd)})`;
  const problem = prepare(fd, address, options);
  if (problem === undefined) return { fd, address };
  closeDescriptor(fd);
  return problem;
}

function prepare(fd: number, address: SocketAddress, options: ListenOptions): string | undefined {
  const isUnix = address.family === AddressFamily.UNIX;
  if (!isUnix) {
    setOption(fd, SocketOptions.REUSE_ADDRESS, 1);
    // Several processes may listen while one takes over from another.
    setOption(fd, SocketOptions.REUSE_PORT, 1);
    // Accepted sockets inherit it: one call here for one per connection.
    setOption(fd, SocketOptions.TCP_NO_DELAY, 1);
    if (address.family === AddressFamily.INET6 && options.ipv6Only !== undefined) {
      setOption(fd, SocketOptions.IPV6_ONLY, options.ipv6Only ? 1 : 0);
    }
  } else if (!address.isAbstract) removeStale(address.path);
  const bound = bindSocket(fd, address);
  if (bound < 0) return `cannot bind socket (${errnoText(bound)})`;
  if (isUnix && !address.isAbstract) {
    const problem = setRights(address.path, options);
    if (problem !== undefined) return problem;
  }
  const listening = listenSocket(fd, options.backlog);
  return listening < 0 ? `cannot listen to socket (${errnoText(listening)})` : undefined;
}

/** A socket that an earlier process left behind would keep the path taken. */
function removeStale(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
}

function setRights(path: string, { mode, userId, groupId }: ListenOptions): string | undefined {
  try {
    if (mode !== undefined) chmodSync(path, mode);
    if (userId !== undefined || groupId !== undefined) chownSync(path, userId ?? -1, groupId ?? -1);
    return undefined;
  } catch (error) {
    return `cannot change mode or owner of the socket (${(error as Error).message})`;
  }
}

function adopt(fd: number): ListenSocket | string {
  const accepts = getOption(fd, SocketOptions.ACCEPT_CONNECTIONS);
  if (accepts < 0) return `cannot use inherited descriptor ${fd} (${errnoText(accepts)})`;
  const address = new SocketAddress();
  localAddress(fd, address);
  if (accepts === 0) {
    const listening = listenSocket(fd, 1024);
    if (listening < 0)
      return `cannot listen to inherited descriptor ${fd} (${errnoText(listening)})`;
  }
  setNonBlocking(fd);
  if (address.family !== AddressFamily.UNIX) setOption(fd, SocketOptions.TCP_NO_DELAY, 1);
  return { fd, address };
}
