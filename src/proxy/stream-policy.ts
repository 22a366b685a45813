import type { Word } from "../config/word.ts";
import type { RuleCursor } from "../policy/rule-list.ts";
import type { VariableBudgets } from "../policy/variable-budget.ts";
import { VariableScope, type VariableScopes, VariableSet } from "../policy/variables.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

/** The stream ends without a line. */
export const LEVEL_SILENT = -1;
/** The log line's level is what it would be without rules. */
export const LEVEL_UNCHANGED = -2;

/**
 * What rules keep of one stream. Only streams of proxies with rules have one; it is made once and
 * goes with the stream through the pool.
 */
export class StreamPolicy implements VariableScopes, RuleCursor {
  /** The rule that waits. */
  rule = 0;
  finalAt: Word | null = null;
  /** Rewrites of the present rule set that fail are passed over (`strict-mode off`). */
  isLenient = false;
  /** The response has come: variables of the request are gone, and those of the response are there. */
  isResponse = false;
  /** 0 to 7; -1 for no line at all; or {@link LEVEL_UNCHANGED}. */
  logLevel = LEVEL_UNCHANGED;
  /** `reqallow` has matched: no later rule on lines refuses the request. */
  isAllowedByLine = false;
  /** What `reqsetbe` has chosen; null where none has matched. */
  backendByLine: ProxyPlan | null = null;
  /** `set-priority-class`, and `set-priority-offset` in milliseconds. */
  priorityClass = 0;
  priorityOffset = 0;
  /** `set-timeout`, in milliseconds; -1 leaves it to the backend. */
  serverMs = -1;
  tunnelMs = -1;
  /** The request may be sent again after a failure (`retry-on`), unless `disable-l7-retry` says no. */
  allowsRetry = true;
  readonly #budgets: VariableBudgets;
  readonly #process: VariableSet;
  #session: VariableSet | null = null;
  readonly #transaction: VariableSet;
  readonly #request: VariableSet;
  readonly #response: VariableSet;

  constructor(budgets: VariableBudgets, process: VariableSet) {
    this.#budgets = budgets;
    this.#process = process;
    this.#transaction = new VariableSet(budgets.ofTransaction());
    const { budget } = this.#transaction;
    this.#request = new VariableSet(budgets.ofMessage(budget));
    this.#response = new VariableSet(budgets.ofMessage(budget));
  }

  /**
   * Makes it new for another exchange.
   *
   * @hot
   * @param session - What the client's connection keeps; null where it has nothing yet.
   */
  begin(session: VariableSet | null): void {
    this.rule = 0;
    this.finalAt = null;
    this.isResponse = false;
    this.logLevel = LEVEL_UNCHANGED;
    this.isAllowedByLine = false;
    this.backendByLine = null;
    this.priorityClass = 0;
    this.priorityOffset = 0;
    this.serverMs = -1;
    this.tunnelMs = -1;
    this.allowsRetry = true;
    this.#session = session;
    this.clear();
    const { budget } = this.#transaction;
    // What the stream takes counts for its session, which must be there then.
    if (budget !== null) budget.parent = this.#openSession().budget;
  }

  /** The stream has ended: the client's connection keeps what is its own. */
  end(context: { variables: VariableSet | null }): void {
    context.variables = this.#session;
    // Others may need the room.
    if (this.#transaction.budget !== null) this.clear();
  }

  /** Forgets all variables but those of the client's connection and of the process. */
  clear(): void {
    if (!this.#transaction.isEmpty) this.#transaction.clear();
    if (!this.#request.isEmpty) this.#request.clear();
    if (!this.#response.isEmpty) this.#response.clear();
  }

  #openSession(): VariableSet {
    this.#session ??= new VariableSet(this.#budgets.ofSession());
    return this.#session;
  }

  /** What the client's connection keeps now, for the next exchange. */
  get session(): VariableSet | null {
    return this.#session;
  }

  find(scope: VariableScope): VariableSet | null {
    switch (scope) {
      case VariableScope.PROCESS:
        return this.#process;
      case VariableScope.SESSION:
        return this.#session;
      case VariableScope.TRANSACTION:
        return this.#transaction;
      case VariableScope.REQUEST:
        return this.isResponse ? null : this.#request;
      default:
        return this.isResponse ? this.#response : null;
    }
  }

  open(scope: VariableScope): VariableSet | null {
    return scope === VariableScope.SESSION ? this.#openSession() : this.find(scope);
  }
}

/** For streams without rules: nothing is there. */
export const NO_VARIABLES: VariableScopes = { find: () => null, open: () => null };
