import { argument, optional } from "../../config/arg.ts";
import {
  AlgorithmKind,
  type Balancer,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { FreeServers } from "../free-servers.ts";
import { RingPlacement } from "../placement.ts";
import type { Server } from "../server.ts";

const DRAWS_DEFAULT = 2;
/** More draws than this find the least loaded of any backend, only slower. */
const DRAWS_MAX = 4096;
const HASHES = 2 ** 32;

/**
 * Draws points on the ring of consistent hashing, and takes the least loaded of the servers that they
 * belong to.
 */
class RandomDraws implements Balancer {
  readonly #placement: RingPlacement;
  readonly #free: FreeServers;
  readonly #draws: number;
  #members: readonly Server[] = [];

  constructor(draws: number, context: BalancerContext) {
    this.#draws = draws;
    this.#placement = new RingPlacement(context.serverCount, context.hashType);
    this.#free = new FreeServers(context.serverCount);
  }

  rebuild(members: readonly Server[]): void {
    this.#members = members;
    this.#placement.rebuild(members);
    this.#free.rebuild(members);
  }

  /** @hot */
  pick(_stream: BalanceStream, avoid: Server | null): Server | null {
    let chosen: Server | null = null;
    for (let draw = 0; draw < this.#draws; draw++) {
      const hash = Math.floor(Math.random() * HASHES);
      const server = this.#placement.byHash(hash, avoid);
      if (server === null) return null;
      if (server.isFull || server === avoid || server === chosen) continue;
      if (chosen === null || isLessLoaded(server, chosen)) chosen = server;
    }
    return chosen === null ? this.#anyFree(avoid) : chosen;
  }

  /** Whoever has room: the luck of the draws must not let a stream wait while somebody has. */
  #anyFree(avoid: Server | null): Server | null {
    const count = this.#free.count;
    if (count === 0) return null;
    const from = Math.floor(Math.random() * count);
    let avoided: Server | null = null;
    for (let tries = 0; tries < count; tries++) {
      const server = this.#members[this.#free.rankOf((from + tries) % count)]!;
      if (server.isFull) continue;
      if (server !== avoid) return server;
      avoided = server;
    }
    return avoided;
  }

  /** @hot */
  loadChanged(server: Server): void {
    this.#placement.loadChanged(server);
    this.#free.loadChanged(server);
  }
}

function isLessLoaded(one: Server, other: Server): boolean {
  return (
    one.state.sessions.get() * other.effectiveWeight <
    other.state.sessions.get() * one.effectiveWeight
  );
}

/** How many draws; `random()` leaves it to the default. */
const draws = argumentOrNothing(DRAWS_DEFAULT);

function argumentOrNothing(fallback: number) {
  const number = argument("draws", (text, refuse) => {
    if (!/^[+-]?[0-9]+$/.test(text)) {
      return refuse(`expects an integer for <draws>, but got '${text}'.`);
    }
    if (Number(text) < 1) return refuse("number of draws must be at least 1.");
    if (Number(text) > DRAWS_MAX) return refuse(`number of draws must be at most ${DRAWS_MAX}.`);
    return Number(text);
  });
  const read: typeof number.read = (words, diagnostics) => {
    if (words.peek()?.text !== "") return number.read(words, diagnostics);
    words.next();
    return fallback;
  };
  return { ...number, read };
}

/** `balance random`. */
export const random = defineAlgorithm({
  name: "random",
  summary: "Draws servers at random by weight, and chooses the least loaded of them",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [optional(draws)],
  parameterCount: 1,
  kind: AlgorithmKind.DYNAMIC,
  needsHttp: false,
  make: ([count = DRAWS_DEFAULT], context) => new RandomDraws(count, context),
});
