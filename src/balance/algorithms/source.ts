import { AddressFamily, type SocketAddress } from "../../sys/socket-address.ts";
import {
  AlgorithmKind,
  type Balancer,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { type HashType, hashNumber } from "../hash-type.ts";
import { makePlacement, type Placement } from "../placement.ts";
import type { Server } from "../server.ts";

/**
 * Sends each client address to the same server as long as the usable servers stay the same. The
 * address is its own hash, whatever function `hash-type` names; only its avalanche counts.
 */
class SourceHash implements Balancer {
  readonly #hashType: HashType;
  readonly #placement: Placement;

  constructor(context: BalancerContext) {
    this.#hashType = context.hashType;
    this.#placement = makePlacement(context);
  }

  rebuild(members: readonly Server[]): void {
    this.#placement.rebuild(members);
  }

  /** @hot */
  pick(stream: BalanceStream, avoid: Server | null): Server | null {
    const { clientAddress } = stream;
    if (!clientAddress.isInternet) return this.#placement.inTurn(avoid);
    return this.#placement.byHash(hashNumber(this.#hashType, hashOf(clientAddress)), avoid);
  }

  /** @hot */
  loadChanged(server: Server): void {
    this.#placement.loadChanged(server);
  }
}

/** The address itself, its 32-bit words folded into one. */
function hashOf(address: SocketAddress): number {
  if (address.family === AddressFamily.INET) return address.word3;
  return (address.word0 ^ address.word1 ^ address.word2 ^ address.word3) >>> 0;
}

/** `balance source`. */
export const source = defineAlgorithm({
  name: "source",
  summary: "Chooses by the client's address, so that a client keeps its server",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [],
  parameterCount: 0,
  kind: AlgorithmKind.HASH,
  needsHttp: false,
  make: (_values, context) => new SourceHash(context),
});
