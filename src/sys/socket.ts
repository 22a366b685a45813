import { assert } from "../base/assert.ts";
import { Errno } from "./errno.ts";
import { failure } from "./failure.ts";
import { errno, libc, pointer } from "./libc.ts";
import type { Region } from "./region.ts";
import { Scratch, scratch } from "./scratch.ts";
import { AddressFamily, SOCKADDR_SIZE_MAX, type SocketAddress } from "./socket-address.ts";

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const NONBLOCK_CLOEXEC = SOCK_NONBLOCK | SOCK_CLOEXEC;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_MORE = 0x8000;
const SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;

const addressPointer = pointer(scratch.address + Scratch.ADDRESS);
const addressSizePointer = pointer(scratch.address + Scratch.ADDRESS_SIZE);

/** Which directions shutdown(2) ends. */
export const Shutdown = { READ: 0, WRITE: 1, BOTH: 2 } as const;

/** Makes a non-blocking, close-on-exec stream socket; returns its descriptor or a negated errno. */
export function streamSocket(family: number): number {
  const fd = libc.socket(family, SOCK_STREAM | NONBLOCK_CLOEXEC, 0);
  return fd !== -1 ? fd : failure("socket", errno());
}

/** Makes a non-blocking, close-on-exec datagram socket; returns its descriptor or a negated errno. */
export function datagramSocket(family: number): number {
  const fd = libc.socket(family, SOCK_DGRAM | NONBLOCK_CLOEXEC, 0);
  return fd !== -1 ? fd : failure("socket", errno());
}

/** Gives a socket its local address; returns 0 or a negated errno. Source: bind(2). */
export function bindSocket(fd: number, address: SocketAddress): number {
  const size = address.encode(scratch, Scratch.ADDRESS);
  return libc.bind(fd, addressPointer, size) === 0 ? 0 : failure("bind", errno());
}

/** Makes a socket accept connections; returns 0 or a negated errno. Source: listen(2). */
export function listenSocket(fd: number, backlog: number): number {
  return libc.listen(fd, backlog) === 0 ? 0 : failure("listen", errno());
}

/** Where an address family of zero stands: connecting to it undoes what a socket does. */
const UNSPECIFIED_SIZE = 16;

/**
 * Ends listening without closing: the port is free for others, and {@link listenSocket} takes it
 * again. Clients in the queue are reset. Not for unix sockets. Returns 0 or a negated errno.
 *
 * Source: connect(2), AF_UNSPEC.
 */
export function stopListening(fd: number): number {
  scratch.bytes.fill(0, Scratch.ADDRESS, Scratch.ADDRESS + UNSPECIFIED_SIZE);
  return libc.connect(fd, addressPointer, UNSPECIFIED_SIZE) === 0 ? 0 : failure("connect", errno());
}

/**
 * Takes one connection from a listening socket, non-blocking and close-on-exec, and stores the
 * peer's address.
 *
 * @hot
 * @returns The new descriptor, or a negated errno: `-EAGAIN` when none waits, `-EMFILE`,
 *   `-ECONNABORTED` ...
 */
export function acceptSocket(fd: number, peer: SocketAddress): number {
  scratch.view.setUint32(Scratch.ADDRESS_SIZE, SOCKADDR_SIZE_MAX, true);
  for (;;) {
    const accepted = libc.accept4(fd, addressPointer, addressSizePointer, NONBLOCK_CLOEXEC);
    if (accepted !== -1) {
      peer.decode(scratch, Scratch.ADDRESS, scratch.view.getUint32(Scratch.ADDRESS_SIZE, true));
      return accepted;
    }
    const code = errno();
    if (code !== Errno.EINTR) return failure("accept4", code);
  }
}

/**
 * Starts connecting; returns 0 when connected at once, or a negated errno, `-EINPROGRESS` as a rule.
 *
 * @hot
 */
export function connectSocket(fd: number, address: SocketAddress): number {
  const size = address.encode(scratch, Scratch.ADDRESS);
  return libc.connect(fd, addressPointer, size) === 0 ? 0 : failure("connect", errno());
}

/**
 * Reads from a socket into part of a region, without blocking.
 *
 * @hot
 * @param offset - Where in the region to write, in bytes.
 * @param sizeMax - The most to read, in bytes; at least 1, so that 0 always means "peer closed".
 * @returns Bytes read; 0 once the peer has closed its side; or a negated errno, such as `-EAGAIN`
 *   (nothing to read yet) or `-ECONNRESET`.
 */
export function receive(fd: number, into: Region, offset: number, sizeMax: number): number {
  assert(
    sizeMax > 0 && offset >= 0 && offset + sizeMax <= into.size,
    "the read lies in the region",
  );
  for (;;) {
    const size = libc.recv(fd, pointer(into.address + offset), sizeMax, MSG_DONTWAIT);
    if (size !== -1) return size;
    const code = errno();
    if (code !== Errno.EINTR) return failure("recv", code);
  }
}

/**
 * Writes part of a region to a socket, without blocking and without SIGPIPE.
 *
 * @hot
 * @param more - True when more bytes follow at once, so that the kernel may fill its packet.
 * @returns Bytes taken, maybe fewer than asked; or a negated errno (`-EAGAIN`, `-EPIPE`, `-ECONNRESET`).
 */
export function send(fd: number, from: Region, offset: number, size: number, more = false): number {
  assert(offset >= 0 && offset + size <= from.size, "the write lies in the region");
  const flags = more ? SEND_FLAGS | MSG_MORE : SEND_FLAGS;
  for (;;) {
    const sent = libc.send(fd, pointer(from.address + offset), size, flags);
    if (sent !== -1) return sent;
    const code = errno();
    if (code !== Errno.EINTR) return failure("send", code);
  }
}

/** Sends one datagram to an address; returns its size or a negated errno. */
export function sendTo(
  fd: number,
  from: Region,
  offset: number,
  size: number,
  address: SocketAddress,
): number {
  assert(offset >= 0 && offset + size <= from.size, "the datagram lies in the region");
  const addressSize = address.encode(scratch, Scratch.ADDRESS);
  const at = pointer(from.address + offset);
  const sent = libc.sendto(fd, at, size, SEND_FLAGS, addressPointer, addressSize);
  return sent !== -1 ? sent : failure("sendto", errno());
}

/** Writes to any descriptor, such as standard output; returns the bytes taken or a negated errno. */
export function writeDescriptor(fd: number, from: Region, offset: number, size: number): number {
  assert(offset >= 0 && offset + size <= from.size, "the write lies in the region");
  const written = libc.write(fd, pointer(from.address + offset), size);
  return written !== -1 ? written : failure("write", errno());
}

/** Reads from any descriptor; returns the bytes read, 0 at the end, or a negated errno. */
export function readDescriptor(fd: number, into: Region, offset: number, sizeMax: number): number {
  assert(offset >= 0 && offset + sizeMax <= into.size, "the read lies in the region");
  const size = libc.read(fd, pointer(into.address + offset), sizeMax);
  return size !== -1 ? size : failure("read", errno());
}

/**
 * Ends one or both directions; returns 0 or a negated errno.
 *
 * @hot
 */
export function shutdownSocket(fd: number, direction: number): number {
  return libc.shutdown(fd, direction) === 0 ? 0 : failure("shutdown", errno());
}

/**
 * Closes a descriptor. Linux releases it whatever the call answers, so there is nothing to return.
 *
 * @hot
 */
export function closeDescriptor(fd: number): void {
  if (libc.close(fd) === -1) failure("close", errno());
}

/** Stores the local address of a socket; returns 0 or a negated errno. */
export function localAddress(fd: number, into: SocketAddress): number {
  scratch.view.setUint32(Scratch.ADDRESS_SIZE, SOCKADDR_SIZE_MAX, true);
  if (libc.getsockname(fd, addressPointer, addressSizePointer) === -1) return -errno();
  into.decode(scratch, Scratch.ADDRESS, scratch.view.getUint32(Scratch.ADDRESS_SIZE, true));
  return 0;
}

/** The option by which netfilter tells where a redirected connection was meant to go, on both levels. */
const SO_ORIGINAL_DST = 80;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;

/**
 * Stores the address that a client meant to reach: that of the socket, unless a rule of the system
 * (`REDIRECT`) has bent the connection to it.
 *
 * @returns 1 for a redirected connection, 0 for any other, or a negated errno.
 */
export function originalDestination(fd: number, into: SocketAddress): number {
  const result = localAddress(fd, into);
  if (result < 0 || into.family === AddressFamily.UNIX) return result;
  const host = into.host();
  const { port } = into;
  const level = into.family === AddressFamily.INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  scratch.view.setUint32(Scratch.ADDRESS_SIZE, SOCKADDR_SIZE_MAX, true);
  // Without connection tracking nothing is redirected.
  const failed = libc.getsockopt(fd, level, SO_ORIGINAL_DST, addressPointer, addressSizePointer);
  if (failed === -1) return 0;
  into.decode(scratch, Scratch.ADDRESS, scratch.view.getUint32(Scratch.ADDRESS_SIZE, true));
  return into.host() === host && into.port === port ? 0 : 1;
}

/** Stores the address of a connected socket's peer; returns 0 or a negated errno. */
export function peerAddress(fd: number, into: SocketAddress): number {
  scratch.view.setUint32(Scratch.ADDRESS_SIZE, SOCKADDR_SIZE_MAX, true);
  if (libc.getpeername(fd, addressPointer, addressSizePointer) === -1) return -errno();
  into.decode(scratch, Scratch.ADDRESS, scratch.view.getUint32(Scratch.ADDRESS_SIZE, true));
  return 0;
}

const F_GETFL = 3;
const F_SETFL = 4;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/** Makes an inherited descriptor non-blocking; returns 0 or a negated errno. */
export function setNonBlocking(fd: number): number {
  const flags = libc.fcntl(fd, F_GETFL, 0);
  if (flags === -1) return -errno();
  return libc.fcntl(fd, F_SETFL, flags | SOCK_NONBLOCK) === -1 ? -errno() : 0;
}

/** Chooses whether a descriptor survives exec; returns 0 or a negated errno. */
export function setCloseOnExec(fd: number, closes: boolean): number {
  return libc.fcntl(fd, F_SETFD, closes ? FD_CLOEXEC : 0) === -1 ? -errno() : 0;
}
