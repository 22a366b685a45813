import type { Server } from "../balance/server.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import type { Connection, ConnectionOwner } from "../net/connection.ts";
import type { ConnectionPool } from "../net/connection-pool.ts";
import type { Thread } from "../net/thread.ts";
import type { IdleSettings } from "./idle-settings.ts";

/**
 * The idle connections of one server on one thread that any client's requests may use, the last used
 * first. Those that have been reused before are kept apart: their server is known to stand it. A
 * connection whose server closes it leaves at once; those that were not needed for a while are
 * closed, half of them each time.
 */
export class IdlePool implements ConnectionOwner, TimerTarget {
  readonly server: Server;
  /** Connections that carried one exchange. */
  readonly #fresh: Connection[] = [];
  /** Connections that were reused at least once. */
  readonly #proven: Connection[] = [];
  readonly #pool: ConnectionPool;
  readonly #thread: Thread;
  readonly #purge: Timer;
  readonly #countMax: number;
  readonly #countMin: number;
  readonly #purgeMs: number;
  /** The fewest that were idle since the last purge: so many were not needed. */
  #lowest = 0;

  constructor(
    thread: Thread,
    pool: ConnectionPool,
    server: Server,
    settings: Readonly<IdleSettings>,
  ) {
    this.#thread = thread;
    this.#pool = pool;
    this.server = server;
    this.#countMax = settings.countMax < 0 ? Number.MAX_SAFE_INTEGER : settings.countMax;
    this.#countMin = settings.countMin;
    this.#purgeMs = settings.purgeMs;
    if (settings.purgeMs === 0) this.#countMax = 0;
    this.#purge = new Timer(thread.wheel, this, 0);
  }

  get count(): number {
    return this.#fresh.length + this.#proven.length;
  }

  /**
   * Takes the connection that became idle last of those that were reused before, or null.
   *
   * @hot
   */
  takeProven(): Connection | null {
    const connection = this.#proven.pop();
    if (connection === undefined) return null;
    this.server.state.idleSafeConnections.add(-1);
    return this.#taken(connection);
  }

  /**
   * Takes the connection that became idle last of those that carried one exchange, or null.
   *
   * @hot
   */
  takeFresh(): Connection | null {
    const connection = this.#fresh.pop();
    return connection === undefined ? null : this.#taken(connection);
  }

  #taken(connection: Connection): Connection {
    const { count } = this;
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
    if (!this.server.isRunning) this.clear();
    if (!this.#hasRoom()) {
      this.drop(connection);
      return;
    }
    connection.owner = this;
    connection.watchReading(true);
    const { idleConnections, idleSafeConnections } = this.server.state;
    if (connection.exchangeCount > 1) {
      this.#proven.push(connection);
      idleSafeConnections.add(1);
    } else this.#fresh.push(connection);
    idleConnections.add(1);
    if (!this.#purge.isArmed) {
      this.#lowest = 0;
      this.#purge.arm(this.#thread.loop.nowMs + this.#purgeMs);
    }
  }

  #hasRoom(): boolean {
    const { count } = this;
    if (!this.server.isRunning || count >= this.#countMax) return false;
    if (count < this.#countMin) return true;
    const { usedConnections, neededConnections } = this.server.state;
    return usedConnections.get() + count < neededConnections.get();
  }

  /**
   * Closes the connection that has been idle longest, to make room for others.
   *
   * @returns False when none is idle.
   */
  dropOldest(): boolean {
    const connection = this.#shift();
    if (connection === undefined) return false;
    this.drop(connection);
    return true;
  }

  #shift(): Connection | undefined {
    const fresh = this.#fresh.shift();
    if (fresh === undefined && this.#proven.length > 0) {
      this.server.state.idleSafeConnections.add(-1);
    }
    const connection = fresh ?? this.#proven.shift();
    if (connection !== undefined) this.server.state.idleConnections.add(-1);
    return connection;
  }

  /** Closes a connection instead of keeping it. */
  drop(connection: Connection): void {
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
    if (removeFrom(this.#proven, connection)) this.server.state.idleSafeConnections.add(-1);
    else if (!removeFrom(this.#fresh, connection)) return;
    this.server.state.idleConnections.add(-1);
    if (connection.bufferStart !== BufferPool.NONE) connection.returnBuffer();
    this.drop(connection);
  }

  onTimer(): void {
    if (!this.server.isRunning) {
      this.clear();
      return;
    }
    const unneeded = Math.min(this.#lowest, this.count);
    const excess = Math.min(Math.ceil(unneeded / 2), this.count - this.#countMin);
    for (let closed = 0; closed < excess; closed++) this.dropOldest();
    this.#lowest = this.count;
    const { usedConnections, neededConnections } = this.server.state;
    const used = usedConnections.get();
    // What was needed is forgotten slowly.
    neededConnections.set(Math.max(used, Math.ceil((neededConnections.get() + used) / 2)));
    if (this.count > 0) this.#purge.arm(this.#thread.loop.nowMs + this.#purgeMs);
  }

  /** Closes all: the server went down, or the process ends. */
  clear(): void {
    while (this.dropOldest());
  }
}

/** Takes an item out of a list whose order does not matter; false when it is not in it. */
function removeFrom(list: Connection[], connection: Connection): boolean {
  const index = list.indexOf(connection);
  if (index === -1) return false;
  list[index] = list[list.length - 1]!;
  list.pop();
  return true;
}
