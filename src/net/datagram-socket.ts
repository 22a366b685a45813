import { DatagramBatch } from "../sys/datagram-batch.ts";
import { Errno } from "../sys/errno.ts";
import type { Region } from "../sys/region.ts";
import { closeDescriptor, connectSocket, datagramSocket, sendTo } from "../sys/socket.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { SocketOptions, setOption } from "../sys/socket-option.ts";

/** Room for a burst of log lines before the kernel refuses one, in bytes. */
const SEND_BUFFER_SIZE = 65536 * 4;

/**
 * Sends datagrams to one address without ever blocking, one by one or many by one call. The socket is
 * made when first needed and again after a failure, since what it sends to may vanish and come back.
 *
 * A UDP socket is connected, which spares the kernel a look for the route of each datagram. One of
 * the file system is not: its path may mean another receiver after a restart or a change of root.
 */
export class DatagramSocket {
  readonly address: SocketAddress;
  readonly #isUnix: boolean;
  readonly #batch: DatagramBatch;
  #fd = -1;

  constructor(address: SocketAddress) {
    this.address = address;
    this.#isUnix = address.family === AddressFamily.UNIX;
    this.#batch = new DatagramBatch(address);
  }

  /** Opens the socket now, while descriptors and paths are still at hand; returns 0 or a negated errno. */
  open(): number {
    if (this.#fd !== -1) return 0;
    const fd = datagramSocket(this.address.family);
    if (fd < 0) return fd;
    setOption(fd, SocketOptions.SEND_BUFFER, SEND_BUFFER_SIZE);
    // Where there is no route yet, each datagram looks for one.
    this.#batch.setConnected(!this.#isUnix && connectSocket(fd, this.address) === 0);
    this.#fd = fd;
    return 0;
  }

  /**
   * Sends one datagram; returns its size, or a negated errno when it was dropped.
   *
   * @hot
   */
  send(from: Region, offset: number, size: number): number {
    const opened = this.open();
    if (opened < 0) return opened;
    const sent = sendTo(this.#fd, from, offset, size, this.address);
    // An earlier datagram's ICMP error is reported by the next call: that one was not sent at all.
    if (sent === -Errno.ECONNREFUSED && !this.#isUnix) {
      return sendTo(this.#fd, from, offset, size, this.address);
    }
    return sent;
  }

  /**
   * Keeps a copy of a datagram until {@link flush}; false when there is no room for it.
   *
   * @hot
   */
  queue(from: Region, offset: number, size: number): boolean {
    return this.#batch.add(from, offset, size);
  }

  /**
   * Sends all that was queued, in order; returns how many datagrams were dropped.
   *
   * @hot
   */
  flush(): number {
    const batch = this.#batch;
    const { count } = batch;
    let dropped = 0;
    let first = 0;
    let isSecondTry = false;
    while (first < count) {
      const sent = this.open() < 0 ? -Errno.EAGAIN : batch.send(this.#fd, first);
      if (sent > 0) {
        first += sent;
        isSecondTry = false;
      } else if (sent === -Errno.EAGAIN) {
        // Full: for those behind there is no room either.
        dropped += count - first;
        first = count;
      } else if (sent === -Errno.ECONNREFUSED && !this.#isUnix && !isSecondTry) {
        isSecondTry = true;
      } else {
        dropped++;
        first++;
        isSecondTry = false;
        // The address that it was bound to may have gone: the next one starts anew.
        if (!this.#isUnix && sent !== -Errno.EMSGSIZE) this.close();
      }
    }
    batch.clear();
    return dropped;
  }

  close(): void {
    if (this.#fd === -1) return;
    closeDescriptor(this.#fd);
    this.#fd = -1;
  }
}
