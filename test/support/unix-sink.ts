import { Region } from "../../src/sys/region.ts";
import { bindSocket, closeDescriptor, datagramSocket, receive } from "../../src/sys/socket.ts";
import { AddressFamily, SocketAddress } from "../../src/sys/socket-address.ts";

const DATAGRAM_SIZE_MAX = 65_536;

/** Receives datagrams on a unix path; Bun itself has no such sockets. */
export class UnixSink {
  readonly #fd: number;
  readonly #region = new Region(DATAGRAM_SIZE_MAX);

  constructor(path: string) {
    const address = new SocketAddress();
    address.family = AddressFamily.UNIX;
    address.path = path;
    this.#fd = datagramSocket(AddressFamily.UNIX);
    if (this.#fd < 0 || bindSocket(this.#fd, address) < 0) throw new Error(`Cannot bind ${path}`);
  }

  /** The next datagram as text, or undefined when none waits. */
  receive(): string | undefined {
    const size = receive(this.#fd, this.#region, 0, DATAGRAM_SIZE_MAX);
    if (size <= 0) return undefined;
    return Buffer.from(this.#region.bytes.slice(0, size)).toString("latin1");
  }

  close(): void {
    closeDescriptor(this.#fd);
  }
}
