import type { Server } from "./server.ts";

/**
 * Keeps each server's streams near its share of all (`hash-balance-factor`): all streams, the new one
 * included, times the factor are the slots that there are; they are dealt out by weight, in the order
 * of the configuration, so that together they are all, and each server has one at least.
 */
export class LoadBounds {
  readonly #factor: number;
  /** Weights of the members up to and without each, by index; -1 for who is no member. */
  readonly #weightsBefore: Float64Array;
  readonly #weights: Float64Array;
  readonly #loads: Int32Array;
  #totalWeight = 0;
  #totalLoad = 0;

  /** @param factor - Percent of the average that is allowed; 0 allows all. */
  constructor(serverCount: number, factor: number) {
    this.#factor = factor;
    this.#weightsBefore = new Float64Array(serverCount).fill(-1);
    this.#weights = new Float64Array(serverCount);
    this.#loads = new Int32Array(serverCount);
  }

  /** Takes members in the order of the configuration. */
  rebuild(members: readonly Server[]): void {
    this.#weightsBefore.fill(-1);
    this.#totalWeight = 0;
    for (const server of members) {
      this.#weightsBefore[server.index] = this.#totalWeight;
      this.#weights[server.index] = server.effectiveWeight;
      this.#totalWeight += server.effectiveWeight;
    }
  }

  /** @hot */
  loadChanged(server: Server): void {
    const load = server.state.sessions.get();
    this.#totalLoad += load - this.#loads[server.index]!;
    this.#loads[server.index] = load;
  }

  /**
   * Whether a member, by its index, may take one more stream.
   *
   * @hot
   */
  allows(index: number): boolean {
    if (this.#factor === 0) return true;
    const slots = Math.ceil(((this.#totalLoad + 1) * this.#factor) / 100);
    const before = this.#weightsBefore[index]!;
    const share =
      Math.floor((slots * (before + this.#weights[index]!)) / this.#totalWeight) -
      Math.floor((slots * before) / this.#totalWeight);
    return this.#loads[index]! < Math.max(1, share);
  }
}
