import {
  AlgorithmKind,
  type Balancer,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { MapPlacement } from "../placement.ts";
import type { Server } from "../server.ts";

/** Turns over a map on which each server has as many places as weight. */
class StaticRoundRobin implements Balancer {
  readonly #placement: MapPlacement;

  constructor(context: BalancerContext) {
    this.#placement = new MapPlacement(context.serverCount);
  }

  rebuild(members: readonly Server[]): void {
    this.#placement.rebuild(members);
  }

  /** @hot */
  pick(_stream: BalanceStream, avoid: Server | null): Server | null {
    return this.#placement.inTurn(avoid);
  }

  /** @hot */
  loadChanged(server: Server): void {
    this.#placement.loadChanged(server);
  }
}

/** `balance static-rr`. */
export const staticRoundrobin = defineAlgorithm({
  name: "static-rr",
  summary: "Gives each server its turns by weight, without changes of weights at run time",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [],
  parameterCount: 0,
  kind: AlgorithmKind.STATIC,
  needsHttp: false,
  make: (_values, context) => new StaticRoundRobin(context),
});
