import type { Server } from "../balance/server.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import type { Connection, ConnectionOwner } from "../net/connection.ts";
import type { ConnectionPool } from "../net/connection-pool.ts";
import type { Thread } from "../net/thread.ts";

/** How often connections that nobody needed are closed (`pool-purge-delay`), in milliseconds. */
const PURGE_MS = 5000;

/**
 * The idle connections of one server on one thread, the last used first. A connection whose server
 * closes it leaves at once; those that were not needed for a while are closed, half of them each
 * time.
 */
export class IdlePool implements ConnectionOwner, TimerTarget {
  readonly server: Server;
  readonly #connections: Connection[] = [];
  readonly #pool: ConnectionPool;
  readonly #thread: Thread;
  readonly #purge: Timer;
  readonly #countMax: number;
  /** The fewest that were idle since the last purge: so many were not needed. */
  #lowest = 0;

  constructor(thread: Thread, pool: ConnectionPool, server: Server, countMax: number) {
    this.#thread = thread;
    this.#pool = pool;
    this.server = server;
    this.#countMax = countMax;
    this.#purge = new Timer(thread.wheel, this, 0);
  }

  get count(): number {
    return this.#connections.length;
  }

  /**
   * Takes the connection that became idle last, or null.
   *
   * @hot
   */
  take(): Connection | null {
    const connection = this.#connections.pop();
    if (connection === undefined) return null;
    const count = this.#connections.length;
    if (count < this.#lowest) this.#lowest = count;
    this.server.state.idleConnections.add(-1);
    return connection;
  }

  /**
   * Notes that one more connection is in use: so many may be needed again.
   *
   * @hot
   */
  noteUse(): void {
    const { usedConnections, neededConnections } = this.server.state;
    neededConnections.raise(usedConnections.add(1));
  }

  /**
   * Keeps a connection for later; it must be open, without unread bytes and without a buffer. What
   * goes beyond the most that were in use together lately is closed: it would not be needed.
   *
   * @hot
   */
  give(connection: Connection): void {
    const { usedConnections, neededConnections } = this.server.state;
    const count = this.#connections.length;
    if (!this.server.isRunning) this.clear();
    if (
      !this.server.isRunning ||
      count >= this.#countMax ||
      usedConnections.get() + count > neededConnections.get()
    ) {
      this.#drop(connection);
      return;
    }
    connection.owner = this;
    connection.watchReading(true);
    this.#connections.push(connection);
    this.server.state.idleConnections.add(1);
    if (!this.#purge.isArmed) {
      this.#lowest = 0;
      this.#purge.arm(this.#thread.loop.nowMs + PURGE_MS);
    }
  }

  #drop(connection: Connection): void {
    this.server.backend.state.h1Connections.add(-1);
    // A reset leaves no port waiting on our side.
    if (connection.isReadClosed) connection.close();
    else connection.reset();
    this.#pool.give(connection);
  }

  /** The server closed the connection, or sent what nobody asked for. */
  onReadable(connection: Connection): void {
    connection.receive(0);
    this.#remove(connection);
  }

  onBroken(connection: Connection): void {
    this.#remove(connection);
  }

  onWritable(connection: Connection): void {
    connection.watchWriting(false);
  }

  /** What failed was about one connection, or about none when it was the timer. */
  onFault(_error: unknown, connection?: Connection): void {
    if (connection !== undefined) this.#remove(connection);
  }

  #remove(connection: Connection): void {
    const index = this.#connections.indexOf(connection);
    if (index === -1) return;
    this.#connections[index] = this.#connections[this.#connections.length - 1]!;
    this.#connections.pop();
    this.server.state.idleConnections.add(-1);
    if (connection.bufferStart !== BufferPool.NONE) connection.returnBuffer();
    this.#drop(connection);
  }

  onTimer(): void {
    if (!this.server.isRunning) {
      this.clear();
      return;
    }
    const count = this.#connections.length;
    const unneeded = Math.min(this.#lowest, count);
    const excess = Math.ceil(unneeded / 2);
    // The ones at the bottom have been idle longest.
    for (const connection of this.#connections.splice(0, excess)) {
      this.server.state.idleConnections.add(-1);
      this.#drop(connection);
    }
    this.#lowest = this.#connections.length;
    const { usedConnections, neededConnections } = this.server.state;
    const used = usedConnections.get();
    // What was needed is forgotten slowly.
    neededConnections.set(Math.max(used, Math.ceil((neededConnections.get() + used) / 2)));
    if (this.#connections.length > 0) this.#purge.arm(this.#thread.loop.nowMs + PURGE_MS);
  }

  /** Closes all: the server went down, or the process ends. */
  clear(): void {
    for (const connection of this.#connections.splice(0)) {
      this.server.state.idleConnections.add(-1);
      this.#drop(connection);
    }
  }
}
