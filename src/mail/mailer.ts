import type { Thread } from "../net/thread.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import { Delivery, type Letter } from "./delivery.ts";

/** Alerts that may wait for one mail server; what comes on top is dropped. */
const WAITING_MAX = 256;

/** Is told why an alert could not be delivered. */
export type TellLost = (reason: string) => void;

/** A mail server: takes one alert after the other, each on a connection of its own. */
export class Mailer {
  /** As messages name it: `section/name`. */
  readonly path: string;
  readonly #thread: Thread;
  readonly #address: SocketAddress;
  readonly #timeoutMs: number;
  readonly #waiting: { readonly letter: Letter; readonly tellLost: TellLost }[] = [];
  #isBusy = false;

  constructor(thread: Thread, path: string, address: SocketAddress, timeoutMs: number) {
    this.path = path;
    this.#thread = thread;
    this.#address = address;
    this.#timeoutMs = timeoutMs;
  }

  /** Takes an alert; it is delivered after those that came before. Never waits. */
  send(letter: Letter, tellLost: TellLost): void {
    if (this.#waiting.length >= WAITING_MAX) {
      tellLost(`${WAITING_MAX} alerts wait for it`);
      return;
    }
    this.#waiting.push({ letter, tellLost });
    if (!this.#isBusy) this.#next();
  }

  #next(): void {
    const first = this.#waiting.shift();
    this.#isBusy = first !== undefined;
    if (first === undefined) return;
    const { letter, tellLost } = first;
    const delivery = new Delivery(this.#thread, letter, (problem) => {
      if (problem !== null) tellLost(problem);
      // The turn's other work comes first, also where each attempt fails at once.
      this.#thread.loop.defer({ run: () => this.#next(), onFault: () => {} });
    });
    delivery.begin(this.#address, this.#timeoutMs);
  }
}
