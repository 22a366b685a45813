import type { Connection, ConnectionOwner } from "../net/connection.ts";
import {
  isSocksGranted,
  SOCKS_ANSWER_SIZE,
  SOCKS_REQUEST_SIZE,
  writeSocksRequest,
} from "../net/socks-request.ts";
import { Errno } from "../sys/errno.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { pendingError } from "../sys/socket-option.ts";

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
    writeSocksRequest(connection.thread.region.bytes, this.#scratchAt, this.#target);
    if (connection.send(this.#scratchAt, SOCKS_REQUEST_SIZE, false) !== SOCKS_REQUEST_SIZE) {
      this.#client.onTunnelFailed(-Errno.ECONNRESET);
      return;
    }
    connection.watchWriting(false);
    connection.watchReading(true);
  }

  onReadable(connection: Connection): void {
    // No more than the answer: what follows is the server's.
    const size = connection.receive(connection.thread.tuning.bufferSize - SOCKS_ANSWER_SIZE);
    if (size === -Errno.EAGAIN) return;
    if (size <= 0) {
      this.#client.onTunnelFailed(-Errno.ECONNRESET);
      return;
    }
    if (connection.unread < SOCKS_ANSWER_SIZE) return;
    const { bytes } = connection.thread.region;
    if (!isSocksGranted(bytes, connection.start)) {
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
