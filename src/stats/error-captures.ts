/** Bytes of a malformed message that are kept. */
const SIZE_MAX = 16384;

/** A name with its number, as reports print them; `undefined` prints `<NONE> (#-1)`. */
export interface NamedId {
  readonly name: string;
  readonly id: number;
}

/** Where a malformed message came from. */
export interface ErrorOrigin {
  readonly kind: "request" | "response";
  /** Wall clock in milliseconds. */
  readonly dateMs: number;
  /** The side that judged: the frontend for a request, the backend for a response. */
  readonly proxy: NamedId;
  /** The other side, when it is known. */
  readonly otherProxy: NamedId | undefined;
  readonly server: NamedId | undefined;
  /** `127.0.0.1:4711`, or `unix:1`. */
  readonly client: string;
}

/** A malformed message, kept for `show errors`. */
export interface ErrorCapture extends ErrorOrigin {
  /** Counts all captures from 0. */
  readonly event: number;
  readonly bytes: Uint8Array;
  /** Offset in `bytes` where the error was found. */
  readonly position: number;
}

/**
 * Keeps the last malformed request and the last malformed response of each proxy, so that an
 * operator can see what a peer sent. It never grows beyond two messages a proxy.
 *
 * Source: HAProxy management guide, section 9.3, "show errors".
 */
export class ErrorCaptures {
  #count = 0;
  readonly #requests = new Map<number, ErrorCapture>();
  readonly #responses = new Map<number, ErrorCapture>();

  /** Malformed messages so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Keeps a copy of a message.
   *
   * @param position - Offset in `bytes` where the error was found.
   */
  record(
    origin: ErrorOrigin,
    bytes: Uint8Array,
    start: number,
    end: number,
    position: number,
  ): void {
    // A copy for certain: slice() of a Buffer would be a view.
    const kept = new Uint8Array(bytes.subarray(start, Math.min(end, start + SIZE_MAX)));
    const captures = origin.kind === "request" ? this.#requests : this.#responses;
    captures.set(origin.proxy.id, {
      ...origin,
      event: this.#count++,
      bytes: kept,
      position: position - start,
    });
  }

  /** Gives what is kept, in the order in which it happened. */
  list(): readonly ErrorCapture[] {
    const all = [...this.#requests.values(), ...this.#responses.values()];
    return all.sort((a, b) => a.event - b.event);
  }
}
