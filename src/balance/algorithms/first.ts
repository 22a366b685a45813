import {
  AlgorithmKind,
  type Balancer,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { FreeServers } from "../free-servers.ts";
import type { Server } from "../server.ts";

/** The server with the lowest `id` that has a free slot, whatever its weight. */
class FirstFree implements Balancer {
  readonly #free: FreeServers;
  #members: readonly Server[] = [];

  constructor(context: BalancerContext) {
    this.#free = new FreeServers(context.serverCount);
  }

  rebuild(members: readonly Server[]): void {
    this.#members = members.toSorted((one, other) => one.id - other.id);
    this.#free.rebuild(this.#members);
  }

  /** @hot */
  pick(_stream: BalanceStream, avoid: Server | null): Server | null {
    let avoided: Server | null = null;
    for (let before = 0; ; before++) {
      const rank = this.#free.rankOf(before);
      if (rank === -1) return avoided;
      const server = this.#members[rank]!;
      // A server whose limit grows with the load counts as free until it is asked.
      if (server.isFull) continue;
      if (server !== avoid) return server;
      avoided = server;
    }
  }

  /** @hot */
  loadChanged(server: Server): void {
    this.#free.loadChanged(server);
  }
}

/** `balance first`. */
export const first = defineAlgorithm({
  name: "first",
  summary: "Fills the server with the lowest id up to its maxconn before it uses the next one",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [],
  parameterCount: 0,
  kind: AlgorithmKind.DYNAMIC,
  needsHttp: false,
  make: (_values, context) => new FirstFree(context),
});
