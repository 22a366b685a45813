/**
 * How many bytes the variables of one scope may take (`tune.vars.*`). Budgets stand one in the other:
 * what a variable takes counts in its own scope and in all around it.
 */
export class VariableBudget {
  /** The budget around this one, if any; that of a stream moves from session to session. */
  parent: VariableBudget | null;
  readonly #sizeMax: number;
  #size = 0;

  /** @param sizeMax - In bytes; 0 is no limit of its own. */
  constructor(sizeMax: number, parent: VariableBudget | null) {
    this.#sizeMax = sizeMax;
    this.parent = parent;
  }

  /** Bytes in use, those of the budgets within included. */
  get size(): number {
    return this.#size;
  }

  /** Takes room here and all around; false, and nothing is taken, where one of them has too little. */
  take(size: number): boolean {
    if (this.#sizeMax > 0 && this.#size + size > this.#sizeMax) return false;
    if (this.parent !== null && !this.parent.take(size)) return false;
    this.#size += size;
    return true;
  }

  give(size: number): void {
    this.#size -= size;
    this.parent?.give(size);
  }
}

/** How many bytes variables may take, by scope; 0 is no limit (`tune.vars.*`). */
export interface VariableLimits {
  readonly process: number;
  readonly session: number;
  readonly transaction: number;
  readonly requestResponse: number;
  readonly all: number;
}

/** Without `tune.vars.*` nothing is limited. */
export const NO_VARIABLE_LIMITS: VariableLimits = {
  process: 0,
  session: 0,
  transaction: 0,
  requestResponse: 0,
  all: 0,
};

/** The budgets of one process; those of sessions and streams are made as they come. */
export class VariableBudgets {
  /** That of the process; null where nothing is limited, and nothing is counted then. */
  readonly process: VariableBudget | null;
  readonly #limits: VariableLimits;

  constructor(limits: VariableLimits) {
    this.#limits = limits;
    const isLimited = Object.values(limits).some((limit) => limit > 0);
    this.process = isLimited
      ? new VariableBudget(limits.process, new VariableBudget(limits.all, null))
      : null;
  }

  /** Another one for a client's connection; null where nothing is limited. */
  ofSession(): VariableBudget | null {
    return this.process === null ? null : new VariableBudget(this.#limits.session, this.process);
  }

  /** Another one for a stream, which has no session yet. */
  ofTransaction(): VariableBudget | null {
    return this.process === null ? null : new VariableBudget(this.#limits.transaction, null);
  }

  /** Another one for the request or the response of a stream. */
  ofMessage(transaction: VariableBudget | null): VariableBudget | null {
    if (transaction === null) return null;
    return new VariableBudget(this.#limits.requestResponse, transaction);
  }
}
