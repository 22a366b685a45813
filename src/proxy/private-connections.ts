import type { Server } from "../balance/server.ts";
import type { Connection, ConnectionOwner } from "../net/connection.ts";
import type { Engine } from "./engine.ts";

/**
 * Idle connections to servers that belong to one client's session, at most one per server and
 * addresses that the server was told: the server knows the client by the connection (NTLM, the PROXY
 * protocol), or `http-reuse never` keeps clients apart. They are closed with the session.
 *
 * Source: HAProxy configuration manual, section 4.2, `http-reuse`.
 */
export class PrivateConnections implements ConnectionOwner {
  readonly #engine: Engine;
  /** The last used is last; `#servers` runs alongside. */
  readonly #connections: Connection[] = [];
  readonly #servers: Server[] = [];
  /** The addresses of the exchange, where rules changed them; "" for the connection's own. */
  readonly #keys: string[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The server that the client used last, of those that it still has a connection to. */
  get lastServer(): Server | null {
    return this.#servers[this.#servers.length - 1] ?? null;
  }

  /** Takes the connection to a server that was made for these addresses, or null. */
  take(server: Server, key: string): Connection | null {
    for (let index = 0; index < this.#servers.length; index++) {
      if (this.#servers[index] === server && this.#keys[index] === key) {
        return this.#removeAt(index);
      }
    }
    return null;
  }

  /**
   * Keeps a connection; it must be open, without unread bytes and without a buffer.
   *
   * @param countMax - At least 1: so many may be kept; the one that was left alone longest goes.
   */
  keep(connection: Connection, server: Server, key: string, countMax: number): void {
    if (this.#connections.length >= countMax) this.#dropAt(0);
    connection.owner = this;
    connection.watchReading(true);
    this.#connections.push(connection);
    this.#servers.push(server);
    this.#keys.push(key);
  }

  #removeAt(index: number): Connection {
    this.#servers.splice(index, 1);
    this.#keys.splice(index, 1);
    return this.#connections.splice(index, 1)[0]!;
  }

  #dropAt(index: number): void {
    const server = this.#servers[index]!;
    const connection = this.#removeAt(index);
    server.backend.state.h1Connections.add(-1);
    if (connection.isReadClosed) connection.close();
    else connection.reset();
    this.#engine.connections.give(connection);
  }

  #drop(connection: Connection): void {
    const index = this.#connections.indexOf(connection);
    if (index !== -1) this.#dropAt(index);
  }

  /** The server closed the connection, or sent what nobody asked for. */
  onReadable(connection: Connection): void {
    connection.receive(0);
    this.#drop(connection);
  }

  onBroken(connection: Connection): void {
    this.#drop(connection);
  }

  onWritable(connection: Connection): void {
    connection.watchWriting(false);
  }

  onFault(_error: unknown, connection: Connection): void {
    this.#drop(connection);
  }

  /** Closes all: the session ends. */
  clear(): void {
    while (this.#connections.length > 0) this.#dropAt(this.#connections.length - 1);
  }
}
