import type { Args, Values } from "../config/arg.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { Server } from "./server.ts";
import type { QueueEntry } from "./waiting-queue.ts";

/** What algorithms may look at to choose. The stream of `proxy` is one. */
export interface BalanceStream extends QueueEntry {
  /** The client's address, as the PROXY protocol or the connection has it. */
  readonly clientAddress: SocketAddress;
}

/** What a balancer is made for. */
export interface BalancerContext {
  /** Servers of the backend; each has an `index` below this number. */
  readonly serverCount: number;
}

/**
 * Chooses a server. One per backend and thread; it holds what its algorithm remembers. Arrays are
 * indexed by `server.index`.
 */
export interface Balancer {
  /**
   * Takes the servers that may be chosen now, in the order of the configuration; all have a weight.
   * It is called before the next choice after a server came, went or changed its weight. It may
   * allocate, and keeps what it knows of servers that stay.
   */
  rebuild(members: readonly Server[]): void;
  /**
   * Chooses a member.
   *
   * @hot
   * @param avoid - The server that just failed, when another one is wanted; null otherwise. It is
   *   chosen only when there is no other.
   * @returns Null when every member is full: the stream then waits for any of them. An algorithm
   *   that binds a stream to one server may return a full one: the stream then waits for that.
   */
  pick(stream: BalanceStream, avoid: Server | null): Server | null;
  /**
   * Tells that a slot of a server was taken or given back, or that its queue changed. It may be a
   * server that is no member.
   *
   * @hot
   */
  loadChanged(server: Server): void;
}

/** A way of choosing servers, as the operator names it after `balance`. */
export interface Algorithm<A extends Args = Args> {
  readonly name: string;
  /** One line, third person, no final period. */
  readonly summary: string;
  readonly source: string;
  readonly args: A;
  /** Whether weights may be changed at run time to more than all or nothing. */
  readonly isDynamic: boolean;
  /** Called once per backend and thread. */
  make(values: Values<A>, context: BalancerContext): Balancer;
}

/** Checks an algorithm's types where it is written; it returns its argument unchanged. */
export function defineAlgorithm<const A extends Args>(algorithm: Algorithm<A>): Algorithm<A> {
  return algorithm;
}
