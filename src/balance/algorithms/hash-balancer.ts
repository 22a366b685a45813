import { ByteRange } from "../../base/byte-range.ts";
import type { Balancer, BalancerContext, BalanceStream } from "../algorithm.ts";
import { type HashType, hashBytes } from "../hash-type.ts";
import { makePlacement, type Placement } from "../placement.ts";
import type { Server } from "../server.ts";

/**
 * What the algorithms have in common that hash a part of what the client sent: streams without that
 * part take turns.
 */
export abstract class HashBalancer implements Balancer {
  readonly placement: Placement;
  readonly hashType: HashType;
  readonly #key = new ByteRange();
  /** The only member, which every stream goes to, or waits for. */
  #only: Server | null = null;

  constructor(context: BalancerContext) {
    this.hashType = context.hashType;
    this.placement = makePlacement(context);
  }

  /**
   * Finds what is hashed; false when the stream has no such thing.
   *
   * @hot
   */
  abstract findKey(stream: BalanceStream, key: ByteRange): boolean;

  rebuild(members: readonly Server[]): void {
    this.#only = members.length === 1 ? members[0]! : null;
    this.placement.rebuild(members);
  }

  /** @hot */
  pick(stream: BalanceStream, avoid: Server | null): Server | null {
    if (this.#only !== null) return this.#only;
    const key = this.#key;
    if (!this.findKey(stream, key)) return this.placement.inTurn(avoid);
    const hash = hashBytes(this.hashType, key.bytes, key.start, key.end);
    return this.placement.byHash(hash, avoid);
  }

  /** @hot */
  loadChanged(server: Server): void {
    this.placement.loadChanged(server);
  }
}
