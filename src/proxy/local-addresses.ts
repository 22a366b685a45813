import { networkInterfaces } from "node:os";
import type { Clock } from "../balance/backend.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

/** How long a list of the system's addresses is believed, in milliseconds. */
const BELIEVED_MS = 5000;

/** The addresses of this system; its list is read again every few seconds, when somebody asks. */
export class LocalAddresses {
  readonly #clock: Clock;
  #known: ReadonlySet<string> = new Set();
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(address: SocketAddress): boolean {
    if (address.isLoopback) return true;
    if (!address.isInternet) return false;
    if (this.#clock.nowMs - this.#readMs > BELIEVED_MS) this.#read();
    return this.#known.has(address.host());
  }

  #read(): void {
    this.#readMs = this.#clock.nowMs;
    const interfaces = Object.values(networkInterfaces());
    this.#known = new Set(interfaces.flatMap((list) => (list ?? []).map((each) => each.address)));
  }
}
