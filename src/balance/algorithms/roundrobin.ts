import {
  AlgorithmKind,
  type Balancer,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import type { Server } from "../server.ts";
import { ServerHeap } from "../server-heap.ts";

/** Above any weight in sixteenths, so that a position and what orders within it share a key. */
const POSITION_SCALE = 8192;

/**
 * Turns are numbered. A server of weight w, all weights being W, wants every (W / w)-th turn: its
 * position is the turn from which it is due, with the remainder of the division carried along. Of
 * those who are due the one with the least position goes first, then the one with the least
 * remainder for its weight. When nobody is due, a server that never had a turn gets one, the
 * heaviest first; so servers of equal weight spread evenly instead of coming all at once.
 */
class RoundRobin implements Balancer {
  readonly #heap: ServerHeap;
  readonly #servers: (Server | null)[];
  readonly #weights: Float64Array;
  readonly #positions: Float64Array;
  readonly #remainders: Float64Array;
  /** Servers without a position yet, the next one last. */
  readonly #fresh: Int32Array;
  #freshCount = 0;
  /** Servers that a choice passed over, until it is done. */
  readonly #passed: Int32Array;
  #totalWeight = 0;
  #turn = 0;

  constructor(context: BalancerContext) {
    const { serverCount } = context;
    this.#heap = new ServerHeap(serverCount);
    this.#servers = new Array<Server | null>(serverCount).fill(null);
    this.#weights = new Float64Array(serverCount);
    this.#positions = new Float64Array(serverCount);
    this.#remainders = new Float64Array(serverCount);
    this.#fresh = new Int32Array(serverCount);
    this.#passed = new Int32Array(serverCount);
  }

  rebuild(members: readonly Server[]): void {
    const stay = new Set(members.map((server) => server.index));
    for (let index = 0; index < this.#servers.length; index++) {
      if (!stay.has(index)) this.#forget(index);
    }
    this.#totalWeight = 0;
    const fresh: Server[] = [];
    for (const server of members) {
      const weight = server.effectiveWeight;
      this.#totalWeight += weight;
      this.#servers[server.index] = server;
      if (this.#heap.has(server.index)) this.#reweigh(server.index, weight);
      else fresh.push(server);
      this.#weights[server.index] = weight;
    }
    fresh.sort(
      (one, other) => one.effectiveWeight - other.effectiveWeight || other.index - one.index,
    );
    for (const [at, server] of fresh.entries()) this.#fresh[at] = server.index;
    this.#freshCount = fresh.length;
  }

  #forget(index: number): void {
    this.#heap.remove(index);
    this.#servers[index] = null;
  }

  /** Keeps the share of the wait that is over, so that a new weight brings neither rush nor drought. */
  #reweigh(index: number, weight: number): void {
    const before = this.#weights[index]!;
    if (before === weight) return;
    const ahead = this.#positions[index]! - this.#turn;
    if (ahead > 0) {
      this.#positions[index] = this.#turn + Math.floor((ahead * before) / weight);
      this.#remainders[index] = 0;
    }
    this.#heap.put(index, this.#keyOf(index, weight));
  }

  #keyOf(index: number, weight: number): number {
    return this.#positions[index]! * POSITION_SCALE + this.#remainders[index]! - weight;
  }

  /** @hot */
  pick(_stream: BalanceStream, avoid: Server | null): Server | null {
    let passedCount = 0;
    let avoided = -1;
    let chosen = -1;
    for (;;) {
      const index = this.#next();
      if (index === -1) break;
      const server = this.#servers[index]!;
      const isAvoided = server === avoid;
      if (!isAvoided && !server.isFull) {
        chosen = index;
        break;
      }
      if (isAvoided && !server.isFull) avoided = index;
      this.#passed[passedCount++] = index;
    }
    if (chosen === -1) chosen = avoided;
    // Whoever was passed over keeps his place; the chosen one moves on.
    for (let at = 0; at < passedCount; at++) this.#comeBack(this.#passed[at]!);
    if (chosen === -1) return null;
    this.#advance(chosen);
    return this.#servers[chosen]!;
  }

  /** Takes out the server whose turn it is; -1 when none is left. */
  #next(): number {
    const first = this.#heap.first();
    const isDue = first !== -1 && this.#positions[first]! <= this.#turn;
    if (!isDue && this.#freshCount > 0) {
      const index = this.#fresh[--this.#freshCount]!;
      this.#positions[index] = this.#turn;
      this.#remainders[index] = 0;
      return index;
    }
    if (first !== -1) this.#heap.remove(first);
    return first;
  }

  #comeBack(index: number): void {
    if (this.#heap.has(index)) return;
    this.#heap.put(index, this.#keyOf(index, this.#weights[index]!));
  }

  #advance(index: number): void {
    const weight = this.#weights[index]!;
    const share = this.#totalWeight + this.#remainders[index]!;
    const step = Math.floor(share / weight);
    let position = this.#positions[index]!;
    // Nobody was due: turns go on from here. And who was full for long has no claim to the past,
    // other than those who lag a little because others were due at the same turn.
    if (position > this.#turn) this.#turn = position;
    else if (position + step + this.#heap.count < this.#turn) position = this.#turn;
    this.#positions[index] = position + step;
    this.#remainders[index] = share - step * weight;
    this.#heap.put(index, this.#keyOf(index, weight));
    this.#turn++;
  }

  /** @hot */
  loadChanged(_server: Server): void {}
}

/** `balance roundrobin`. */
export const roundrobin = defineAlgorithm({
  name: "roundrobin",
  summary: "Gives each server its turns by weight, spread as evenly as possible",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [],
  parameterCount: 0,
  kind: AlgorithmKind.DYNAMIC,
  needsHttp: false,
  make: (_values, context) => new RoundRobin(context),
});
