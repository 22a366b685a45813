import type { Condition } from "../policy/condition.ts";
import { ExactSwitch } from "../policy/exact-switch.ts";
import type { Format } from "../policy/format.ts";
import { ByteNames } from "../policy/patterns/byte-names.ts";
import { NO_MATCH } from "../policy/patterns/pattern-index.ts";
import { Truth } from "../policy/truth.ts";
import type { PolicyView } from "./policy-view.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

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
  /** For each line, what finds the first of those from it on that holds; mostly null. */
  readonly #switches: readonly (ExactSwitch | null)[];
  readonly #backends: ByteNames<ProxyPlan>;

  /** @param backends - By name, for lines whose backend a format names. */
  constructor(rules: readonly SwitchRule[], backends: ReadonlyMap<string, ProxyPlan>) {
    this.#rules = rules;
    this.#switches = switchesOf(rules);
    this.#backends = new ByteNames(backends);
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
      const several = this.#switches[index]!;
      if (several !== null) {
        const at = several.find(view);
        if (at !== NO_MATCH) return rules[index + at]!.backend;
        index += several.count - 1;
        continue;
      }
      const { condition, backend, name } = rules[index]!;
      if (condition !== null && condition.test(view) !== Truth.YES) continue;
      if (backend !== null) return backend;
      const named = this.#named(name!, view);
      if (named !== undefined) return named;
    }
    return null;
  }

  /** @hot */
  #named(name: Format, view: PolicyView): ProxyPlan | undefined {
    const { scratch } = view;
    const at = scratch.take();
    const limit = at + Math.min(NAME_SIZE_MAX, scratch.slotSize);
    const end = name.write(scratch.bytes, at, limit, view);
    return this.#backends.find(scratch.bytes, at, end);
  }
}

/** Finds the lines in a row that compare one expression and name their backends themselves. */
function switchesOf(rules: readonly SwitchRule[]): readonly (ExactSwitch | null)[] {
  const conditions = rules.map(({ condition, backend }) => (backend === null ? null : condition));
  const switches: (ExactSwitch | null)[] = [];
  while (switches.length < rules.length) {
    const made = ExactSwitch.ofRow(conditions, switches.length) ?? null;
    switches.push(made);
    for (let covered = 1; covered < (made?.count ?? 1); covered++) switches.push(null);
  }
  return switches;
}
