import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { isSame } from "../http/cookie-scan.ts";
import type { Head } from "../http/head.ts";
import type { Condition } from "../policy/condition.ts";
import { Truth } from "../policy/truth.ts";
import type { PolicyView } from "./policy-view.ts";

/** What a frontend says of requests that only ask whether it is there. */
export interface MonitorSettings {
  /** `monitor-uri`, or "". */
  uri: string;
  /** `monitor fail` lines: the words of each condition. */
  readonly failures: (readonly Word[])[];
}

/** The part of a section that holds it. */
export const MONITOR = definePart<MonitorSettings>("monitor", () => ({
  uri: "",
  failures: [],
}));

const SLASH = 0x2f;

/**
 * The requests of a monitor, which a frontend answers at once: nobody else sees them, and they are
 * not logged.
 *
 * Source: HAProxy configuration manual, section 4.2 (`monitor-uri`).
 */
export class Monitor {
  readonly #uri: Uint8Array;
  /** It is compared with the path: a client may send the whole URI. */
  readonly #isPath: boolean;

  readonly #failures: readonly Condition[];

  /** @param failures - One that holds is enough for a failure. */
  constructor(uri: string, failures: readonly Condition[] = []) {
    this.#failures = failures;
    this.#uri = new Uint8Array(Buffer.from(uri, "latin1"));
    this.#isPath = this.#uri[0] === SLASH;
  }

  /** @hot */
  isAskedBy(request: Head): boolean {
    const start = this.#isPath ? request.pathStart : request.targetStart;
    return isSame(request.bytes, start, request.targetEnd, this.#uri);
  }

  /** Does a condition of `monitor fail` hold? */
  fails(view: PolicyView): boolean {
    return this.#failures.some((condition) => condition.test(view) === Truth.YES);
  }
}
