import { Errno } from "../sys/errno.ts";
import type { Region } from "../sys/region.ts";
import { closeDescriptor, datagramSocket, sendTo } from "../sys/socket.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { SocketOptions, setOption } from "../sys/socket-option.ts";

/** Room for a burst of log lines before the kernel refuses one, in bytes. */
const SEND_BUFFER_SIZE = 65536 * 4;

/**
 * Sends datagrams to one address without ever blocking. The socket is made when first needed and
 * again after a failure, since what it sends to may vanish and come back.
 */
export class DatagramSocket {
  readonly address: SocketAddress;
  #fd = -1;

  constructor(address: SocketAddress) {
    this.address = address;
  }

  /** Opens the socket now, while descriptors and paths are still at hand; returns 0 or a negated errno. */
  open(): number {
    if (this.#fd !== -1) return 0;
    const fd = datagramSocket(this.address.family);
    if (fd < 0) return fd;
    setOption(fd, SocketOptions.SEND_BUFFER, SEND_BUFFER_SIZE);
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
    if (sent === -Errno.ECONNREFUSED && this.address.family !== AddressFamily.UNIX) {
      return sendTo(this.#fd, from, offset, size, this.address);
    }
    return sent;
  }

  close(): void {
    if (this.#fd === -1) return;
    closeDescriptor(this.#fd);
    this.#fd = -1;
  }
}
