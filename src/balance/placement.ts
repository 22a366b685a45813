import type { BalancerContext } from "./algorithm.ts";
import { FreeServers } from "./free-servers.ts";
import { HashMethod, type HashType } from "./hash-type.ts";
import { LoadBounds } from "./load-bounds.ts";
import type { Server } from "./server.ts";
import { ServerRing } from "./server-ring.ts";
import { weightMap } from "./weight-map.ts";

/** Where hashes lead to: what the algorithms that hash have in common. */
export interface Placement {
  rebuild(members: readonly Server[]): void;
  /**
   * The server of a hash; it may be full. Null without members.
   *
   * @hot
   * @param avoid - The server that just failed the stream, or null. A map leads there again all the
   *   same, as the reference's does: nothing but the members decides.
   */
  byHash(hash: number, avoid: Server | null): Server | null;
  /**
   * The next one in turn that has room, for streams that have nothing to hash; the one to avoid only
   * when there is no other. Null when all are full.
   *
   * @hot
   */
  inTurn(avoid: Server | null): Server | null;
  /** @hot */
  loadChanged(server: Server): void;
}

/** Makes what `hash-type` asks for. */
export function makePlacement(context: BalancerContext): Placement {
  const { serverCount, hashType } = context;
  return hashType.method === HashMethod.MAP
    ? new MapPlacement(serverCount)
    : new RingPlacement(serverCount, hashType);
}

/** Servers on a map that has one place per unit of weight (`hash-type map-based`). */
export class MapPlacement implements Placement {
  readonly #free: FreeServers;
  #map: readonly Server[] = [];
  #turn = 0;

  constructor(serverCount: number) {
    this.#free = new FreeServers(serverCount);
  }

  rebuild(members: readonly Server[]): void {
    this.#free.rebuild(members);
    const places = weightMap(members.map((server) => server.state.userWeight.get()));
    this.#map = Array.from(places, (place) => members[place]!);
  }

  /** @hot */
  byHash(hash: number, _avoid: Server | null): Server | null {
    return this.#map.length === 0 ? null : this.#map[hash % this.#map.length]!;
  }

  /** @hot */
  inTurn(avoid: Server | null): Server | null {
    if (this.#free.count === 0) return null;
    const map = this.#map;
    let avoided: Server | null = null;
    for (let tries = 0; tries < map.length; tries++) {
      if (this.#turn >= map.length) this.#turn = 0;
      const server = map[this.#turn++]!;
      if (server.isFull) continue;
      if (server !== avoid) return server;
      avoided = server;
    }
    return avoided;
  }

  /** @hot */
  loadChanged(server: Server): void {
    this.#free.loadChanged(server);
  }
}

/** Servers on a ring (`hash-type consistent`), where bounds may send a stream further along it. */
export class RingPlacement implements Placement {
  readonly #ring: ServerRing;
  readonly #bounds: LoadBounds;
  readonly #free: FreeServers;
  readonly #servers: (Server | null)[];
  /** The place on the ring whose turn it is. */
  #turn = 0;

  constructor(serverCount: number, hashType: HashType) {
    this.#ring = new ServerRing(serverCount);
    this.#bounds = new LoadBounds(serverCount, hashType.balanceFactor);
    this.#free = new FreeServers(serverCount);
    this.#servers = new Array<Server | null>(serverCount).fill(null);
  }

  rebuild(members: readonly Server[]): void {
    this.#ring.rebuild(members);
    this.#bounds.rebuild(members);
    this.#free.rebuild(members);
    this.#servers.fill(null);
    for (const server of members) this.#servers[server.index] = server;
  }

  /** @hot */
  byHash(hash: number, avoid: Server | null): Server | null {
    const ring = this.#ring;
    const { size } = ring;
    if (size === 0) return null;
    const home = ring.placeOf(hash);
    let place = home;
    for (let tries = 0; tries < size; tries++) {
      const owner = ring.ownerAt(place);
      if (this.#servers[owner] !== avoid && this.#bounds.allows(owner)) break;
      place = ring.placeAfter(place);
    }
    return this.#servers[ring.ownerAt(place)]!;
  }

  /** @hot */
  inTurn(avoid: Server | null): Server | null {
    if (this.#free.count === 0) return null;
    const ring = this.#ring;
    const { size } = ring;
    let avoided: Server | null = null;
    for (let tries = 0; tries < size; tries++) {
      if (this.#turn >= size) this.#turn = 0;
      const server = this.#servers[ring.ownerAt(this.#turn++)]!;
      if (server.isFull) continue;
      if (server !== avoid) return server;
      avoided = server;
    }
    return avoided;
  }

  /** @hot */
  loadChanged(server: Server): void {
    this.#bounds.loadChanged(server);
    this.#free.loadChanged(server);
  }
}
