import { SocketAddress } from "../sys/socket-address.ts";

/** Ports tried for one connection, so that an exhausted range costs no more than this. */
const TRIES_MAX = 256;

/**
 * A range of ports that connections to one server come from, in turn: the one that was used longest
 * ago is the likeliest to be free. The kernel knows which are: a connection that is still there, or
 * that just ended, makes the next attempt from its port to the same server fail at once.
 */
export class SourcePorts {
  readonly #first: number;
  readonly #count: number;
  readonly #address = new SocketAddress();
  #next = 0;

  /** @param last - Included. */
  constructor(first: number, last: number) {
    this.#first = first;
    this.#count = last - first + 1;
  }

  get triesMax(): number {
    return Math.min(this.#count, TRIES_MAX);
  }

  /** An address with the port whose turn it is; it is written anew by the next call. */
  next(source: SocketAddress): SocketAddress {
    this.#address.copyFrom(source);
    this.#address.port = this.#first + this.#next;
    this.#next = (this.#next + 1) % this.#count;
    return this.#address;
  }
}
