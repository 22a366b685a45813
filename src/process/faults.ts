import { LogLevel } from "../log/level.ts";
import type { Logger } from "../log/logger.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Messages } from "./messages.ts";

/** Faults told a second; of more only the number is told. */
const TOLD_A_SECOND = 1;
/** A loop that made no turn in this time stands still: it turns ten times a second when idle. */
const STANDSTILL_MS = 1000;

/**
 * The last resort against our own bugs: tells of them in the log and on the terminal, and keeps the
 * process serving. What failed was one stream; the loop has ended it already.
 */
export class Faults {
  readonly #messages: Messages;
  readonly #logger: Logger;
  readonly #loop: EventLoop;
  #toldMs = Number.NEGATIVE_INFINITY;
  #untoldCount = 0;

  constructor(loop: EventLoop, logger: Logger, messages: Messages) {
    this.#loop = loop;
    this.#logger = logger;
    this.#messages = messages;
  }

  /** Listens for what the loop and Bun catch. */
  watch(): void {
    this.#loop.onFault = (error) => this.tell(error);
    process.on("uncaughtException", (error) => this.#survive(error));
    process.on("unhandledRejection", (error) => this.#survive(error));
  }

  /** Tells of a fault, at most once a second. */
  tell(error: unknown): void {
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < 1000 / TOLD_A_SECOND) {
      this.#untoldCount++;
      return;
    }
    const more = this.#untoldCount === 0 ? "" : ` (and ${this.#untoldCount} more since the last)`;
    this.#toldMs = nowMs;
    this.#untoldCount = 0;
    const name = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const text = `A bug in Sluice ended one stream${more}: ${name}`;
    this.#messages.alert(text);
    if (error instanceof Error) this.#messages.help(`${error.stack ?? ""}\n`);
    this.#logger.message(LogLevel.ALERT, text);
  }

  /** An exception came out of the loop itself: see that it still turns. */
  #survive(error: unknown): void {
    this.tell(error);
    const before = this.#loop.turnsCount;
    setTimeout(() => {
      if (this.#loop.turnsCount === before) this.#loop.start();
    }, STANDSTILL_MS);
  }
}
