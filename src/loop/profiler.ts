/** Whoever wants to know what its work took: streams do. */
export interface Charged {
  /** It is being handled; it waited so long for its turn, in nanoseconds. */
  noteCall(latencyNs: number): void;
  /** The call has taken so long, in nanoseconds. */
  noteDuration(durationNs: number): void;
}

/** Work that may be measured: handlers of events, and tasks. */
export interface Measured {
  /** What its row is called; the name of its class unless it says. */
  readonly profiledName?: string;
  /** Whose work it is, if anybody's. */
  readonly charged?: Charged | null;
}

/** What one kind of work has taken. */
export interface ProfileRow {
  readonly name: string;
  calls: number;
  /** Time within its calls, in nanoseconds. */
  durationNs: number;
  /** Time between the wake-up of the loop and the calls, in nanoseconds. */
  latencyNs: number;
}

/**
 * Measures calls of handlers and tasks while it is switched on. A thread has the processor for itself
 * while it handles something, so the clock on the wall tells what it takes.
 */
export class Profiler {
  readonly #rows = new Map<string, ProfileRow>();
  readonly #now: () => number;
  #wokenNs = 0;
  /** How long the call in hand has waited for its turn. */
  latencyNs = 0;

  /** @param now - A clock that counts nanoseconds. */
  constructor(now: () => number = () => Bun.nanoseconds()) {
    this.#now = now;
  }

  /** The loop has woken up: what is ready waits from now on. */
  wake(): void {
    this.#wokenNs = this.#now();
  }

  /** Measures one call; `work` is looked at before and after it, as it may begin for somebody. */
  measure(work: Measured, call: () => void): void {
    const startNs = this.#now();
    const latencyNs = startNs - this.#wokenNs;
    this.latencyNs = latencyNs;
    const before = work.charged ?? null;
    const name = work.profiledName ?? work.constructor.name;
    before?.noteCall(latencyNs);
    try {
      call();
    } finally {
      const durationNs = this.#now() - startNs;
      this.#add(name, latencyNs, durationNs);
      (before ?? work.charged ?? null)?.noteDuration(durationNs);
    }
  }

  #add(name: string, latencyNs: number, durationNs: number): void {
    const row = this.#rows.get(name);
    if (row === undefined) {
      this.#rows.set(name, { name, calls: 1, durationNs, latencyNs });
      return;
    }
    row.calls++;
    row.durationNs += durationNs;
    row.latencyNs += latencyNs;
  }

  /** The rows, in no order. */
  get rows(): readonly ProfileRow[] {
    return [...this.#rows.values()];
  }
}
