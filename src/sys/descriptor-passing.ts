import { assert } from "../base/assert.ts";
import { Errno } from "./errno.ts";
import { errno, libc, pointer } from "./libc.ts";
import { processCalls } from "./process-calls.ts";
import { Region } from "./region.ts";
import { Scratch, scratch } from "./scratch.ts";
import { AddressFamily, type SocketAddress } from "./socket-address.ts";

const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
const SCM_RIGHTS = 1;
const MSG_NOSIGNAL = 0x4000;
const MSG_WAITALL = 0x100;
const MSG_CMSG_CLOEXEC = 0x4000_0000;
const MSG_TRUNCATED = 0x20 | 0x8;

/** Descriptors that the kernel takes in one message. */
export const DESCRIPTORS_A_MESSAGE_MAX = 253;

// A message's parts in the region, in bytes: struct msghdr, its one iovec, its control block, its
// data. Source: recvmsg(2), cmsg(3).
const HEADER = 0;
const VECTOR = 64;
const CONTROL = 128;
const CONTROL_HEADER_SIZE = 16;
const CONTROL_SIZE_MAX = CONTROL_HEADER_SIZE + 4 * 256;
const DATA = 2048;
const DATA_SIZE_MAX = 128 * 1024;

/** What came with one message. */
export interface ReceivedMessage {
  readonly data: Uint8Array;
  /** Open, close-on-exec, and the receiver's to close. */
  readonly descriptors: readonly number[];
}

/**
 * Sends and receives messages that carry open descriptors over unix sockets. Each call waits at most
 * as long as the socket's own timeouts, so it is not for traffic.
 *
 * Source: unix(7), SCM_RIGHTS.
 */
export class DescriptorPassing {
  readonly #region = new Region(DATA + DATA_SIZE_MAX);

  /** Sends bytes, at least one, with descriptors; returns the size sent or a negated errno. */
  send(fd: number, data: Uint8Array, descriptors: readonly number[]): number {
    assert(data.length > 0 && data.length <= DATA_SIZE_MAX, "a message has a bounded size");
    assert(descriptors.length <= DESCRIPTORS_A_MESSAGE_MAX, "the kernel takes no more at once");
    const { bytes, view } = this.#region;
    bytes.set(data, DATA);
    let controlSize = 0;
    if (descriptors.length > 0) {
      controlSize = CONTROL_HEADER_SIZE + 4 * descriptors.length;
      view.setBigUint64(CONTROL, BigInt(controlSize), true);
      view.setInt32(CONTROL + 8, SOL_SOCKET, true);
      view.setInt32(CONTROL + 12, SCM_RIGHTS, true);
      descriptors.forEach((number, index) => {
        view.setInt32(CONTROL + CONTROL_HEADER_SIZE + 4 * index, number, true);
      });
    }
    this.#describe(data.length, controlSize);
    const sent = libc.sendmsg(fd, this.#header(), MSG_NOSIGNAL);
    return sent === -1 ? -errno() : sent;
  }

  /**
   * Receives one message.
   *
   * @param size - The most bytes to take; with `whole`, exactly so many are waited for.
   * @returns What came, empty at the end of the stream; or a negated errno, `-EMSGSIZE` when it was
   *   cut short.
   */
  receive(fd: number, size = DATA_SIZE_MAX, whole = false): ReceivedMessage | number {
    const { view, bytes } = this.#region;
    this.#describe(size, CONTROL_SIZE_MAX);
    const flags = MSG_CMSG_CLOEXEC | (whole ? MSG_WAITALL : 0);
    const received = libc.recvmsg(fd, this.#header(), flags);
    if (received === -1) return -errno();
    const descriptors: number[] = [];
    const controlSize = Number(view.getBigUint64(HEADER + 40, true));
    if (controlSize >= CONTROL_HEADER_SIZE && view.getInt32(CONTROL + 12, true) === SCM_RIGHTS) {
      const end = Number(view.getBigUint64(CONTROL, true));
      for (let at = CONTROL_HEADER_SIZE; at + 4 <= end; at += 4) {
        descriptors.push(view.getInt32(CONTROL + at, true));
      }
    }
    if ((view.getInt32(HEADER + 48, true) & MSG_TRUNCATED) !== 0) {
      for (const number of descriptors) libc.close(number);
      return -Errno.EMSGSIZE;
    }
    return { data: bytes.slice(DATA, DATA + received), descriptors };
  }

  #header() {
    return pointer(this.#region.address + HEADER);
  }

  #describe(dataSize: number, controlSize: number): void {
    const { view, address, bytes } = this.#region;
    bytes.fill(0, HEADER, VECTOR);
    view.setBigUint64(HEADER + 16, BigInt(address + VECTOR), true);
    view.setBigUint64(HEADER + 24, 1n, true);
    if (controlSize > 0) {
      view.setBigUint64(HEADER + 32, BigInt(address + CONTROL), true);
      view.setBigUint64(HEADER + 40, BigInt(controlSize), true);
    }
    view.setBigUint64(VECTOR, BigInt(address + DATA), true);
    view.setBigUint64(VECTOR + 8, BigInt(dataSize), true);
  }
}

/** Makes two connected unix sockets, blocking and close-on-exec; a negated errno when that fails. */
export function socketPair(): readonly [number, number] | number {
  const at = pointer(scratch.address + Scratch.PAIR);
  if (processCalls.socketpair(AddressFamily.UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, at) !== 0) {
    return -errno();
  }
  return [scratch.view.getInt32(Scratch.PAIR, true), scratch.view.getInt32(Scratch.PAIR + 4, true)];
}

const O_CLOEXEC = 0x80000;

/** Makes a pipe, blocking and close-on-exec: its end to read and its end to write; or a negated errno. */
export function makePipe(): readonly [number, number] | number {
  if (libc.pipe2(pointer(scratch.address + Scratch.PAIR), O_CLOEXEC) !== 0) return -errno();
  return [scratch.view.getInt32(Scratch.PAIR, true), scratch.view.getInt32(Scratch.PAIR + 4, true)];
}

/** Connects to a unix socket and waits for it; returns a blocking descriptor or a negated errno. */
export function connectBlocking(address: SocketAddress): number {
  const fd = libc.socket(address.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd === -1) return -errno();
  const size = address.encode(scratch, Scratch.ADDRESS);
  if (libc.connect(fd, pointer(scratch.address + Scratch.ADDRESS), size) === 0) return fd;
  const code = errno();
  libc.close(fd);
  return -code;
}

/** Bounds how long a blocking socket waits for its peer, in milliseconds. */
export function limitWait(fd: number, timeoutMs: number): void {
  const at = Scratch.OPTION;
  scratch.view.setBigInt64(at, BigInt(Math.trunc(timeoutMs / 1000)), true);
  scratch.view.setBigInt64(at + 8, BigInt((timeoutMs % 1000) * 1000), true);
  for (const option of [SO_RCVTIMEO, SO_SNDTIMEO]) {
    libc.setsockopt(fd, SOL_SOCKET, option, pointer(scratch.address + at), 16);
  }
}

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0x800;

/** Makes calls on a descriptor wait again; returns 0 or a negated errno. */
export function setBlocking(fd: number): number {
  const flags = libc.fcntl(fd, F_GETFL, 0);
  if (flags === -1) return -errno();
  return libc.fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) === -1 ? -errno() : 0;
}

const F_DUPFD_CLOEXEC = 1030;

/** Gives a descriptor a second number, close-on-exec; returns it or a negated errno. */
export function duplicate(fd: number): number {
  const copy = libc.fcntl(fd, F_DUPFD_CLOEXEC, 3);
  return copy === -1 ? -errno() : copy;
}

const SO_BINDTODEVICE = 25;
const NAME_SIZE_MAX = 16;

/** The network interface that a socket is bound to; the empty text without one. */
export function boundInterface(fd: number): string {
  const { view, bytes } = scratch;
  view.setUint32(Scratch.OPTION + 64, NAME_SIZE_MAX, true);
  const value = pointer(scratch.address + Scratch.OPTION);
  const size = pointer(scratch.address + Scratch.OPTION + 64);
  if (libc.getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, value, size) !== 0) return "";
  const length = view.getUint32(Scratch.OPTION + 64, true);
  const name = bytes.subarray(Scratch.OPTION, Scratch.OPTION + length);
  const end = name.indexOf(0);
  return Buffer.from(end === -1 ? name : name.subarray(0, end)).toString("latin1");
}
