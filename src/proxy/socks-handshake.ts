import type { Connection, ConnectionOwner } from "../net/connection.ts";
import { Errno } from "../sys/errno.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { pendingError } from "../sys/socket-option.ts";

/** Version, command "connect", port, address, and the name of whom it is for, with its NUL. */
const REQUEST_SIZE = 16;
const VERSION = 4;
const CONNECT = 1;
const USER = "HAProxy";
const ANSWER_SIZE = 8;
const GRANTED = 90;

/** Whom the handshake tells of its outcome. */
export interface SocksClient extends ConnectionOwner {
  /** The proxy has connected to the server: the connection is the client's again. */
  onTunnel(connection: Connection): void;
  /** @param error - A negated errno. */
  onTunnelFailed(error: number): void;
}

/**
 * Asks a SOCKS4 proxy for a connection to a server, on a connection to the proxy that is on its way.
 * It owns the connection until the proxy has answered.
 *
 * Source: SOCKS: A protocol for TCP proxy across firewalls (version 4).
 */
export class SocksHandshake implements ConnectionOwner {
  readonly #client: SocksClient;
  readonly #target = new SocketAddress();
  /** Where in the thread's region the request may be written. */
  readonly #scratchAt: number;

  constructor(client: SocksClient, target: SocketAddress, scratchAt: number) {
    this.#client = client;
    this.#target.copyFrom(target);
    this.#scratchAt = scratchAt;
  }

  onWritable(connection: Connection): void {
    const error = connection.error !== 0 ? connection.error : pendingError(connection.fd);
    if (error < 0) {
      this.#client.onTunnelFailed(error);
      return;
    }
    // The protocol has no other family.
    if (this.#target.family !== AddressFamily.INET) {
      this.#client.onTunnelFailed(-Errno.EAFNOSUPPORT);
      return;
    }
    this.#write(connection.thread.region.bytes);
    if (connection.send(this.#scratchAt, REQUEST_SIZE, false) !== REQUEST_SIZE) {
      this.#client.onTunnelFailed(-Errno.ECONNRESET);
      return;
    }
    connection.watchWriting(false);
    connection.watchReading(true);
  }

  #write(bytes: Uint8Array): void {
    const at = this.#scratchAt;
    const { port, word3 } = this.#target;
    bytes[at] = VERSION;
    bytes[at + 1] = CONNECT;
    bytes[at + 2] = port >>> 8;
    bytes[at + 3] = port;
    for (let index = 0; index < 4; index++) bytes[at + 4 + index] = word3 >>> (24 - 8 * index);
    for (let index = 0; index < USER.length; index++)
      bytes[at + 8 + index] = USER.charCodeAt(index);
    bytes[at + 8 + USER.length] = 0;
  }

  onReadable(connection: Connection): void {
    // No more than the answer: what follows is the server's.
    const size = connection.receive(connection.thread.tuning.bufferSize - ANSWER_SIZE);
    if (size === -Errno.EAGAIN) return;
    if (size <= 0) {
      this.#client.onTunnelFailed(-Errno.ECONNRESET);
      return;
    }
    if (connection.unread < ANSWER_SIZE) return;
    const { bytes } = connection.thread.region;
    if (bytes[connection.start] !== 0 || bytes[connection.start + 1] !== GRANTED) {
      this.#client.onTunnelFailed(-Errno.ECONNREFUSED);
      return;
    }
    connection.returnBuffer();
    connection.owner = this.#client;
    this.#client.onTunnel(connection);
  }

  onBroken(): void {
    this.#client.onTunnelFailed(-Errno.ECONNRESET);
  }

  onFault(error: unknown, connection: Connection): void {
    this.#client.onFault(error, connection);
  }
}
