import { type Diagnostic, Severity } from "./diagnostic.ts";
import type { Word } from "./word.ts";

/** Collects all there is to say about a configuration, so that one run tells everything. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];
  #errorCount = 0;
  #warningCount = 0;

  /** In the order they were found. */
  get list(): readonly Diagnostic[] {
    return this.#list;
  }

  get errorCount(): number {
    return this.#errorCount;
  }

  get warningCount(): number {
    return this.#warningCount;
  }

  /**
   * Refuses the configuration, and goes on reading.
   *
   * @param at - The offending word; undefined where no single place is to blame.
   * @param hint - What to type instead, or where to look.
   */
  error(at: Word | undefined, message: string, hint?: string): void {
    this.#errorCount++;
    this.#list.push({ severity: Severity.ALERT, at, message, hint });
  }

  /** Says what works but is probably not meant. */
  warn(at: Word | undefined, message: string, hint?: string): void {
    this.#warningCount++;
    this.#list.push({ severity: Severity.WARNING, at, message, hint });
  }

  notice(at: Word | undefined, message: string, hint?: string): void {
    this.#list.push({ severity: Severity.NOTICE, at, message, hint });
  }

  /** Says what is legal but seldom wise; shown only in diagnostic mode. */
  diag(at: Word | undefined, message: string, hint?: string): void {
    this.#list.push({ severity: Severity.DIAG, at, message, hint });
  }
}
