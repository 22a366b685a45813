import type { Condition } from "../policy/condition.ts";
import type { Format } from "../policy/format.ts";
import type { RuleList } from "../policy/rule-list.ts";
import { Truth } from "../policy/truth.ts";
import type { CompiledLineRules } from "./line-rules/compile-line-rules.ts";
import type { PolicyView } from "./policy-view.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

/** The rules of one proxy section, compiled; a section without rules has none of these. */
export interface ProxyRules {
  /** `tcp-request connection` and `tcp-request session`. */
  readonly connection: RuleList;
  readonly session: RuleList;
  /** `tcp-request content`, and how long its conditions may wait for bytes; 0 does not wait. */
  readonly requestContent: RuleList;
  readonly inspectDelayMs: number;
  /** `tcp-response content`. */
  readonly responseContent: RuleList;
  readonly responseInspectDelayMs: number;
  readonly httpRequest: RuleList;
  /** `reqrep`, `rspdel` and their kin; null where there are none. */
  readonly lines: CompiledLineRules | null;
  /** `redirect` lines: they come behind all of `http-request`. */
  readonly redirects: RuleList;
  /** `stats http-request`: for requests of the statistics page alone. */
  readonly statistics: RuleList;
  readonly httpResponse: RuleList;
  /** Runs on answers of our own as well. */
  readonly httpAfterResponse: RuleList;
}

/** A `use_backend` line, compiled. */
export interface SwitchRule {
  readonly condition: Condition | null;
  /** Null where a format names it for each stream. */
  readonly backend: ProxyPlan | null;
  readonly name: Format | null;
}

/** Where formats write the name of a backend. */
const NAME_SIZE_MAX = 1024;

/** Chooses among the backends that a frontend's `use_backend` lines name. */
export class SwitchRules {
  readonly #rules: readonly SwitchRule[];
  readonly #backends: ReadonlyMap<string, ProxyPlan>;

  /** @param backends - By name, for lines whose backend a format names. */
  constructor(rules: readonly SwitchRule[], backends: ReadonlyMap<string, ProxyPlan>) {
    this.#rules = rules;
    this.#backends = backends;
  }

  /**
   * Finds the backend of the first line whose condition holds; null when there is none. A name that
   * no backend has counts as a line that does not hold.
   *
   * @hot
   */
  choose(view: PolicyView): ProxyPlan | null {
    const rules = this.#rules;
    for (let index = 0; index < rules.length; index++) {
      const { condition, backend, name } = rules[index]!;
      if (condition !== null && condition.test(view) !== Truth.YES) continue;
      if (backend !== null) return backend;
      const named = this.#named(name!, view);
      if (named !== undefined) return named;
    }
    return null;
  }

  #named(name: Format, view: PolicyView): ProxyPlan | undefined {
    const { scratch } = view;
    const at = scratch.take();
    const limit = at + Math.min(NAME_SIZE_MAX, scratch.slotSize);
    const end = name.write(scratch.bytes, at, limit, view);
    return this.#backends.get(Buffer.from(scratch.bytes.subarray(at, end)).toString("latin1"));
  }
}
