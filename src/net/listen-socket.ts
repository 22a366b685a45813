import { chmodSync, chownSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { Errno, errnoText } from "../sys/errno.ts";
import { makeInNamespace, type Namespace } from "../sys/namespace.ts";
import {
  bindSocket,
  closeDescriptor,
  listenSocket,
  localAddress,
  setNonBlocking,
  streamSocket,
} from "../sys/socket.ts";
import { AddressFamily, SocketAddress, UNIX_PATH_SIZE_MAX } from "../sys/socket-address.ts";
import { getOption, SocketOptions, setOption } from "../sys/socket-option.ts";
import type { ListenAddress } from "./listen-address.ts";
import type { PortClaim, Predecessors } from "./port-claim.ts";
import type { SocketStock } from "./socket-stock.ts";
import { applyTcpListenOptions, type TcpListenOptions } from "./tcp-listen-options.ts";

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
  /** False keeps other sockets from the same address; true unless said. */
  readonly reusesPort?: boolean | undefined;
  readonly tcp?: TcpListenOptions | undefined;
  /** The network namespace to listen in; the process's own unless said. */
  readonly namespace?: Namespace | undefined;
}

/** A socket that accepts connections. */
export interface ListenSocket {
  readonly fd: number;
  /** Where it is bound: what the kernel says for an inherited one. */
  readonly address: SocketAddress;
  /**
   * Where a unix socket lies until {@link publishSocket} moves it to its path, so that nobody finds one
   * with wrong rights, and a start that fails leaves the socket of another process alone. The empty
   * text when there is nothing to move.
   */
  readonly temporaryPath: string;
}

/**
 * Makes a listening socket, or adopts an inherited one. {@link publishSocket} must follow once all
 * others are there too, or {@link discardSocket}.
 *
 * @param predecessors - A socket of theirs that fits is taken instead of making one.
 * @returns The socket, or why there is none, as a sentence.
 */
export function openListenSocket(
  { address, inheritedFd }: ListenAddress,
  options: ListenOptions,
  predecessors: Predecessors = {},
): ListenSocket | string {
  if (inheritedFd !== -1) return adopt(inheritedFd, options);
  const taken = stockedSocket(address, options, predecessors.stock);
  if (taken !== -1) return takeOver(taken, address, options);
  const { family } = address;
  const fd =
    options.namespace === undefined
      ? streamSocket(family)
      : makeInNamespace(options.namespace, streamSocket, family);
  if (fd < 0) return `cannot create listening socket (${errnoText(fd)})`;
  const isUnix = family === AddressFamily.UNIX;
  const temporaryPath = isUnix && !address.isAbstract ? temporaryPathOf(address.path) : "";
  const socket = { fd, address, temporaryPath };
  const problem = isUnix
    ? prepareUnix(socket, options)
    : prepareInternet(socket, options, predecessors.claim);
  if (problem === undefined) {
    const listening = listenSocket(fd, options.backlog);
    if (listening >= 0) return socket;
    discardSocket(socket);
    return `cannot listen to socket (${errnoText(listening)})`;
  }
  discardSocket(socket);
  return problem;
}

/**
 * Moves a unix socket to its path, in place of one that an earlier process left; any other socket is
 * where it belongs already.
 *
 * @returns Undefined, or why it cannot be done, as a sentence.
 */
export function publishSocket({ address, temporaryPath }: ListenSocket): string | undefined {
  if (temporaryPath === "" || temporaryPath === address.path) return undefined;
  try {
    renameSync(temporaryPath, address.path);
    return undefined;
  } catch (error) {
    return `cannot move the socket to its path (${(error as Error).message})`;
  }
}

/** Gives up a socket that was not published. */
export function discardSocket({ fd, temporaryPath }: ListenSocket): void {
  closeDescriptor(fd);
  if (temporaryPath !== "") unlinkIfSocket(temporaryPath);
}

/** Where a unix socket is made; a path that leaves no room for more is used as it is. */
function temporaryPathOf(path: string): string {
  const temporary = `${path}.${process.pid}.tmp`;
  return Buffer.byteLength(temporary) > UNIX_PATH_SIZE_MAX ? path : temporary;
}

function prepareInternet(
  { fd, address }: ListenSocket,
  options: ListenOptions,
  claim: PortClaim | undefined,
): string | undefined {
  setOption(fd, SocketOptions.REUSE_ADDRESS, 1);
  // Several processes may listen while one takes over from another.
  if (options.reusesPort !== false) setOption(fd, SocketOptions.REUSE_PORT, 1);
  // Accepted sockets inherit it: one call here for one per connection.
  setOption(fd, SocketOptions.TCP_NO_DELAY, 1);
  if (address.family === AddressFamily.INET6 && options.ipv6Only !== undefined) {
    setOption(fd, SocketOptions.IPV6_ONLY, options.ipv6Only ? 1 : 0);
  }
  if (options.tcp !== undefined) {
    const problem = applyTcpListenOptions(fd, address.family, options.tcp, options.backlog);
    if (problem !== undefined) return problem;
  }
  let bound = bindSocket(fd, address);
  while (bound === -Errno.EADDRINUSE && claim?.wait() === true) bound = bindSocket(fd, address);
  return bound < 0 ? `cannot bind socket (${errnoText(bound)})` : undefined;
}

function prepareUnix(socket: ListenSocket, options: ListenOptions): string | undefined {
  const { fd, address, temporaryPath } = socket;
  if (address.isAbstract) {
    const bound = bindSocket(fd, address);
    return bound < 0 ? `cannot bind socket (${errnoText(bound)})` : undefined;
  }
  const found = lstatSync(address.path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isSocket()) {
    return `cannot bind UNIX socket (${errnoText(-Errno.EADDRINUSE)}: it is a file of another kind)`;
  }
  // What an earlier process of this number left behind would keep the path taken.
  unlinkIfSocket(temporaryPath);
  const bound = bindSocket(fd, SocketAddress.fromPath(temporaryPath, false));
  if (bound < 0) return `cannot bind UNIX socket (${errnoText(bound)})`;
  return setRights(temporaryPath, options);
}

function unlinkIfSocket(path: string): void {
  if (isSocketFile(path)) unlinkSync(path);
}

function isSocketFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

function setRights(path: string, { mode, userId, groupId }: ListenOptions): string | undefined {
  try {
    if (mode !== undefined) chmodSync(path, mode);
    if (userId !== undefined || groupId !== undefined) chownSync(path, userId ?? -1, groupId ?? -1);
    return undefined;
  } catch (error) {
    return `cannot change UNIX socket ownership (${(error as Error).message})`;
  }
}

/** A socket of another process that fits, or -1. A unix one whose path is gone would reach nobody. */
function stockedSocket(
  address: SocketAddress,
  options: ListenOptions,
  stock?: SocketStock,
): number {
  const isPath = address.family === AddressFamily.UNIX && !address.isAbstract;
  if (stock === undefined || (isPath && !isSocketFile(address.path))) return -1;
  return stock.take({
    address,
    namespace: options.namespace?.name ?? "",
    interfaceName: options.tcp?.interfaceName ?? "",
    ipv6Only: options.ipv6Only,
  });
}

/** Makes another process's socket ours; a unix one keeps its place in the file system. */
function takeOver(
  fd: number,
  address: SocketAddress,
  options: ListenOptions,
): ListenSocket | string {
  const adopted = adopt(fd, options);
  if (typeof adopted === "string") return adopted;
  if (address.path !== "" && !address.isAbstract) {
    const problem = setRights(address.path, options);
    if (problem !== undefined) return problem;
  }
  // The backlog may be another one now; and the former process may have paused the socket.
  listenSocket(fd, options.backlog);
  return { fd, address, temporaryPath: "" };
}

function adopt(fd: number, options: ListenOptions): ListenSocket | string {
  const accepts = getOption(fd, SocketOptions.ACCEPT_CONNECTIONS);
  if (accepts < 0) return `cannot use inherited descriptor ${fd} (${errnoText(accepts)})`;
  const address = new SocketAddress();
  localAddress(fd, address);
  if (accepts === 0) {
    const listening = listenSocket(fd, options.backlog);
    if (listening < 0)
      return `cannot listen to inherited descriptor ${fd} (${errnoText(listening)})`;
  }
  setNonBlocking(fd);
  if (address.family !== AddressFamily.UNIX) {
    setOption(fd, SocketOptions.TCP_NO_DELAY, 1);
    if (options.tcp !== undefined) {
      const problem = applyTcpListenOptions(fd, address.family, options.tcp, options.backlog);
      if (problem !== undefined) return problem;
    }
  }
  return { fd, address, temporaryPath: "" };
}
