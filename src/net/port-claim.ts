import type { SocketStock } from "./socket-stock.ts";

/** How long, and how often, a port is tried that another process is asked for. */
const PATIENCE_MS = 1000;
const STEP_MS = 20;

/** Asks the processes that this one replaces to free the ports they listen on. */
export class PortClaim {
  readonly #ask: () => void;
  #hasAsked = false;
  #leftMs = PATIENCE_MS;

  /** @param ask - Sends them SIGTTOU. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** True once they were asked: they must be told to go on when this process gives up. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** Gives them a moment; false when they had enough. Only while the process starts: it sleeps. */
  wait(): boolean {
    if (!this.#hasAsked) this.#ask();
    this.#hasAsked = true;
    if (this.#leftMs <= 0) return false;
    this.#leftMs -= STEP_MS;
    Bun.sleepSync(STEP_MS);
    return true;
  }
}

/** What a process that starts has from those that it replaces. */
export interface Predecessors {
  /** Their sockets, which are used where they fit. */
  readonly stock?: SocketStock | undefined;
  /** A way to have ports that they listen on. */
  readonly claim?: PortClaim | undefined;
}
