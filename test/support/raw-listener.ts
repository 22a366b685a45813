import {
  bindSocket,
  closeDescriptor,
  connectSocket,
  listenSocket,
  localAddress,
  streamSocket,
} from "../../src/sys/socket.ts";
import { AddressFamily, SocketAddress } from "../../src/sys/socket-address.ts";
import { SocketOptions, setOption } from "../../src/sys/socket-option.ts";

const LOOPBACK_WORD = 0x7f000001;

/** A listening socket of loopback that nobody accepts from: to be inherited, or to stay mute. */
export class RawListener {
  readonly fd: number;
  readonly port: number;
  readonly #callers: number[] = [];

  constructor(backlog: number) {
    const address = loopback(0);
    this.fd = streamSocket(AddressFamily.INET);
    setOption(this.fd, SocketOptions.REUSE_ADDRESS, 1);
    const bound = bindSocket(this.fd, address);
    const listening = listenSocket(this.fd, backlog);
    if (this.fd < 0 || bound < 0 || listening < 0) throw new Error("Cannot listen on loopback");
    localAddress(this.fd, address);
    this.port = address.port;
  }

  /** Fills the queue, so that the system drops every further connection request in silence. */
  fill(): void {
    for (let caller = 0; caller < 4; caller++) {
      const fd = streamSocket(AddressFamily.INET);
      connectSocket(fd, loopback(this.port));
      this.#callers.push(fd);
    }
  }

  close(): void {
    for (const fd of this.#callers) closeDescriptor(fd);
    closeDescriptor(this.fd);
  }
}

function loopback(port: number): SocketAddress {
  const address = new SocketAddress();
  address.family = AddressFamily.INET;
  address.word3 = LOOPBACK_WORD;
  address.port = port;
  return address;
}
