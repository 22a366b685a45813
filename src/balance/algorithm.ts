import type { ByteRange } from "../base/byte-range.ts";
import type { Args, Values } from "../config/arg.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { HashType } from "./hash-type.ts";
import type { Server } from "./server.ts";
import type { QueueEntry } from "./waiting-queue.ts";

/**
 * What algorithms may look at to choose. The stream of `proxy` is one. What is asked for lies in the
 * stream's own bytes: each question sets the range that it is given, or says that there is no such
 * thing, and makes nothing.
 */
export interface BalanceStream extends QueueEntry {
  /** The client's address, as the PROXY protocol or the connection has it. */
  readonly clientAddress: SocketAddress;
  /**
   * The target of the request, as it will be sent; false without a request.
   *
   * @hot
   */
  findTarget(found: ByteRange): boolean;
  /**
   * Path and query of the target; empty when it has no path, as in `OPTIONS *`.
   *
   * @hot
   */
  findPath(found: ByteRange): boolean;
  /**
   * The value of the first line of a header, whatever its case.
   *
   * @hot
   */
  findHeader(name: Uint8Array, found: ByteRange): boolean;
  /**
   * What has come of the body of a POST, without its chunks; see {@link Balancer.waitsForBody}.
   *
   * @hot
   */
  findBody(found: ByteRange): boolean;
  /**
   * What the client has sent of a connection that is not HTTP's.
   *
   * @hot
   */
  findClientBytes(found: ByteRange): boolean;
  /**
   * The value of the expression of `balance hash`, as bytes; false when there is none.
   *
   * @hot
   */
  findHashKey(found: ByteRange): boolean;
}

/** What a balancer is made for. */
export interface BalancerContext {
  /** Servers of the backend; each has an `index` below this number. */
  readonly serverCount: number;
  /** What the section says of hashes. */
  readonly hashType: HashType;
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
   * Whether the body of a POST is to come before the choice: all of it, or as much as the buffer
   * takes.
   */
  readonly waitsForBody?: boolean;
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
  /** Finds what it hashes of a stream; false without such a thing, and absent where nothing is hashed. */
  findKey?(stream: BalanceStream, key: ByteRange): boolean;
  /**
   * Tells that a slot of a server was taken or given back, or that its queue changed. It may be a
   * server that is no member.
   *
   * @hot
   */
  loadChanged(server: Server): void;
}

/** Whether weights may be changed at run time to more than all or nothing. */
export const AlgorithmKind = {
  STATIC: 0,
  DYNAMIC: 1,
  /** `hash-type` decides: on a ring they may. */
  HASH: 2,
} as const;
export type AlgorithmKind = (typeof AlgorithmKind)[keyof typeof AlgorithmKind];

/** A way of choosing servers, as the operator names it after `balance`. */
export interface Algorithm<A extends Args = Args> {
  readonly name: string;
  /** One line, third person, no final period. */
  readonly summary: string;
  readonly source: string;
  readonly args: A;
  /** How many of the first `args` stand in parentheses behind the name, as in `hdr(host)`. */
  readonly parameterCount: number;
  /** How it is written behind `balance`: `hdr(<name>) [{ use_domain_only }]`. */
  readonly usage: string;
  readonly kind: AlgorithmKind;
  /** It looks at requests: in TCP mode turns are taken instead. */
  readonly needsHttp: boolean;
  /** Called once per backend and thread. */
  make(values: Values<A>, context: BalancerContext): Balancer;
}

/** Checks an algorithm's types where it is written, and adds how it is used. */
export function defineAlgorithm<const A extends Args>(
  algorithm: Omit<Algorithm<A>, "usage">,
): Algorithm<A> {
  return { ...algorithm, usage: usageOf(algorithm) };
}

function usageOf({ name, args, parameterCount }: Omit<Algorithm, "usage" | "make">): string {
  const parameters = args.slice(0, parameterCount).map(({ syntax }) => syntax);
  const call = parameters.length === 0 ? "" : parenthesised(parameters.join(","));
  return [name + call, ...args.slice(parameterCount).map(({ syntax }) => syntax)].join(" ");
}

/** What may be left out is left out with its parentheses: `random[(<draws>)]`. */
function parenthesised(syntax: string): string {
  return syntax.startsWith("[") ? `[(${syntax.slice(1, -1)})]` : `(${syntax})`;
}
