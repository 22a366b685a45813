import {
  AlgorithmKind,
  type Balancer,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import type { Server } from "../server.ts";
import { ServerHeap } from "../server-heap.ts";

/** The greatest weight in sixteenths: loads are whole multiples of its part. */
const WEIGHT_LIMIT = 4096;

/**
 * Servers in the order of their load: the streams they hold or queue, and the one that would come,
 * by their weight. A server that does nothing has no load, whatever its weight. Of equals, the one
 * whose load changed longest ago goes first.
 */
class LeastConnections implements Balancer {
  readonly #heap: ServerHeap;
  readonly #servers: (Server | null)[];
  readonly #passed: Int32Array;

  constructor(context: BalancerContext) {
    this.#heap = new ServerHeap(context.serverCount);
    this.#servers = new Array<Server | null>(context.serverCount).fill(null);
    this.#passed = new Int32Array(context.serverCount);
  }

  rebuild(members: readonly Server[]): void {
    const stay = new Set(members.map((server) => server.index));
    for (let index = 0; index < this.#servers.length; index++) {
      if (stay.has(index)) continue;
      this.#heap.remove(index);
      this.#servers[index] = null;
    }
    for (const server of members) {
      this.#servers[server.index] = server;
      const load = loadOf(server);
      const isKnown = this.#heap.has(server.index) && this.#heap.keyOf(server.index) === load;
      if (!isKnown) this.#heap.put(server.index, load);
    }
  }

  /** @hot */
  pick(_stream: BalanceStream, avoid: Server | null): Server | null {
    let passedCount = 0;
    let avoided: Server | null = null;
    let chosen: Server | null = null;
    for (;;) {
      const index = this.#heap.first();
      if (index === -1) break;
      const server = this.#servers[index]!;
      if (!server.isFull) {
        if (server !== avoid) {
          chosen = server;
          break;
        }
        avoided = server;
      }
      this.#heap.remove(index);
      this.#passed[passedCount++] = index;
    }
    for (let at = 0; at < passedCount; at++) this.#heap.putBack(this.#passed[at]!);
    return chosen === null ? avoided : chosen;
  }

  /** @hot */
  loadChanged(server: Server): void {
    if (this.#servers[server.index] === null) return;
    this.#heap.put(server.index, loadOf(server));
  }
}

function loadOf(server: Server): number {
  const streams = server.state.sessions.get() + server.state.queued.get();
  return streams === 0 ? 0 : Math.floor(((streams + 1) * WEIGHT_LIMIT) / server.effectiveWeight);
}

/** `balance leastconn`. */
export const leastconn = defineAlgorithm({
  name: "leastconn",
  summary: "Chooses the server with the fewest streams for its weight, in turns among equals",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [],
  parameterCount: 0,
  kind: AlgorithmKind.DYNAMIC,
  needsHttp: false,
  make: (_values, context) => new LeastConnections(context),
});
