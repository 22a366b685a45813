import type { Server } from "./server.ts";

/**
 * Which members have room for another stream: a tree of counts, so that the first one that has room,
 * or any other by its number, is found in O(log n), and that none has is known at once. Members are
 * their ranks, in an order that the owner gives.
 */
export class FreeServers {
  /** Rank of each server by its index in the backend; -1 for who is no member. */
  readonly #ranks: Int32Array;
  /** Counts below each node; node 1 is the root, and leaves start at `#leafStart`. */
  readonly #counts: Int32Array;
  readonly #leafStart: number;

  constructor(serverCount: number) {
    let leaves = 1;
    while (leaves < serverCount) leaves *= 2;
    this.#leafStart = leaves;
    this.#ranks = new Int32Array(serverCount).fill(-1);
    this.#counts = new Int32Array(2 * leaves);
  }

  /** Takes members in the order of their ranks. */
  rebuild(members: readonly Server[]): void {
    this.#ranks.fill(-1);
    this.#counts.fill(0);
    for (let rank = 0; rank < members.length; rank++) {
      const server = members[rank]!;
      this.#ranks[server.index] = rank;
      this.#counts[this.#leafStart + rank] = hasRoom(server) ? 1 : 0;
    }
    for (let node = this.#leafStart - 1; node > 0; node--) {
      this.#counts[node] = this.#counts[2 * node]! + this.#counts[2 * node + 1]!;
    }
  }

  /** Members that have room. */
  get count(): number {
    return this.#counts[1]!;
  }

  /** @hot */
  loadChanged(server: Server): void {
    const rank = this.#ranks[server.index]!;
    if (rank === -1) return;
    let node = this.#leafStart + rank;
    const change = (hasRoom(server) ? 1 : 0) - this.#counts[node]!;
    if (change === 0) return;
    for (; node > 0; node >>= 1) this.#counts[node]! += change;
  }

  /**
   * The rank of the member with room that has `before` such members before it; -1 when there is no
   * such one.
   *
   * @hot
   */
  rankOf(before: number): number {
    if (before >= this.#counts[1]!) return -1;
    let left = before;
    let node = 1;
    while (node < this.#leafStart) {
      node *= 2;
      const count = this.#counts[node]!;
      if (left >= count) {
        left -= count;
        node++;
      }
    }
    return node - this.#leafStart;
  }
}

/** A limit that grows with the load of the backend (`minconn`) is looked at when its turn comes. */
function hasRoom(server: Server): boolean {
  return server.connectionsMin > 0 || !server.isFull;
}
