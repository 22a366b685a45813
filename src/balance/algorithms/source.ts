import { AddressFamily, type SocketAddress } from "../../sys/socket-address.ts";
import { type Balancer, type BalanceStream, defineAlgorithm } from "../algorithm.ts";
import type { Server } from "../server.ts";
import { weightMap } from "../weight-map.ts";

/** Sends each client address to the same server as long as the usable servers stay the same. */
class SourceHash implements Balancer {
  #map: readonly Server[] = [];
  /** For those who have no address, and those whose server just failed them. */
  #turn = 0;

  rebuild(members: readonly Server[]): void {
    const places = weightMap(members.map((server) => server.state.userWeight.get()));
    this.#map = Array.from(places, (place) => members[place]!);
  }

  /** @hot */
  pick(stream: BalanceStream, avoid: Server | null): Server | null {
    const map = this.#map;
    if (map.length === 0) return null;
    const { clientAddress } = stream;
    if (hasHash(clientAddress)) {
      const server = map[hashOf(clientAddress) % map.length]!;
      if (server !== avoid) return server;
    }
    return this.#nextOther(avoid);
  }

  /** The next one of the map in turn; the one to avoid only when there is no other. */
  #nextOther(avoid: Server | null): Server {
    const map = this.#map;
    for (let tries = 0; tries < map.length; tries++) {
      this.#turn = (this.#turn + 1) % map.length;
      if (map[this.#turn] !== avoid) break;
    }
    return map[this.#turn]!;
  }

  /** @hot */
  loadChanged(_server: Server): void {}
}

function hasHash(address: SocketAddress): boolean {
  return address.family === AddressFamily.INET || address.family === AddressFamily.INET6;
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
  isDynamic: false,
  make: () => new SourceHash(),
});
