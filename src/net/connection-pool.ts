import { assert } from "../base/assert.ts";
import { Connection } from "./connection.ts";
import type { Thread } from "./thread.ts";

/** The connection objects of one thread that are not in use. */
export class ConnectionPool {
  readonly #thread: Thread;
  readonly #free: Connection[] = [];
  #madeCount = 0;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** Connections in use. */
  get takenCount(): number {
    return this.#madeCount - this.#free.length;
  }

  /** Connections that wait for their next use. */
  get freeCount(): number {
    return this.#free.length;
  }

  /** @hot */
  take(): Connection {
    const connection = this.#free.pop();
    return connection !== undefined ? connection : this.#make();
  }

  #make(): Connection {
    this.#madeCount++;
    return new Connection(this.#thread);
  }

  /** @hot */
  give(connection: Connection): void {
    assert(!connection.isOpen, "only a closed connection goes back");
    this.#free.push(connection);
  }
}
