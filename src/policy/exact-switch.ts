import { AclJudge, AclTest } from "./acl.ts";
import { Condition } from "./condition.ts";
import type { Expression } from "./expression.ts";
import { ExactIndex } from "./patterns/exact-index.ts";
import { hashOctets } from "./patterns/octet-hash.ts";
import { NO_MATCH } from "./patterns/pattern-index.ts";
import { TextTable } from "./patterns/text-table.ts";
import { Reads } from "./reads.ts";
import { Sample } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/** Below this many conditions in a row there is nothing to win. */
const CONDITIONS_MIN = 3;
/** Patterns of longer lists would be held twice. */
const PATTERNS_MAX = 10_000;

/** Kept per thread: conditions are evaluated one at a time and nothing of a sample is kept. */
const sample = new Sample();

/**
 * Conditions in a row that compare one expression with texts, as those that choose a backend by the
 * host: one look-up finds the first of them that holds, however many there are.
 */
export class ExactSwitch {
  readonly #expression: Expression;
  readonly #ignoresCase: boolean;
  /** What each condition looks its values up in. */
  readonly #indexes: readonly (readonly ExactIndex[])[];
  #table: TextTable;
  /** A pattern came or went since the table was made. */
  #isStale = true;

  private constructor(expression: Expression, indexes: readonly (readonly ExactIndex[])[]) {
    this.#expression = expression;
    this.#indexes = indexes;
    this.#ignoresCase = indexes[0]![0]!.ignoresCase;
    this.#table = new TextTable(this.#ignoresCase);
    for (const index of new Set(indexes.flat())) {
      index.watch(() => {
        this.#isStale = true;
      });
    }
  }

  /**
   * Makes one of the conditions in a list from one on; undefined where those that are alike are too few,
   * or their patterns too many. Null stands for what is no condition.
   */
  static ofRow(conditions: readonly (Condition | null)[], from: number): ExactSwitch | undefined {
    const first = comparisonOf(conditions[from] ?? null);
    if (first === undefined) return undefined;
    const indexes: (readonly ExactIndex[])[] = [];
    for (let at = from; at < conditions.length; at++) {
      const other = comparisonOf(conditions[at]!);
      if (other === undefined || !isAlike(first, other)) break;
      indexes.push(other.indexes);
    }
    const count = indexes.flat().reduce((sum, index) => sum + index.count, 0);
    if (indexes.length < CONDITIONS_MIN || count > PATTERNS_MAX) return undefined;
    return new ExactSwitch(first.expression, indexes);
  }

  /** How many conditions it stands for. */
  get count(): number {
    return this.#indexes.length;
  }

  /**
   * Finds the first condition that holds; NO_MATCH when none does.
   *
   * @hot
   */
  find(view: StreamView): number {
    if (this.#isStale) this.#make();
    const expression = this.#expression;
    let first = NO_MATCH;
    let isFound = expression.evaluate(sample, view);
    for (;;) {
      if (isFound) {
        const { bytes, start, end } = sample;
        const hash = hashOctets(bytes, start, end, this.#ignoresCase);
        const at = this.#table.find(bytes, start, end, hash);
        if (at !== NO_MATCH && (first === NO_MATCH || at < first)) first = at;
      }
      if (!sample.hasMore) return first;
      isFound = expression.next(sample, view);
    }
  }

  #make(): void {
    const table = new TextTable(this.#ignoresCase);
    for (const [at, indexes] of this.#indexes.entries()) {
      for (const index of indexes) index.copyTo(table, at);
    }
    this.#table = table;
    this.#isStale = false;
  }
}

/** A condition that does nothing but to look the values of one expression up. */
interface Comparison {
  readonly expression: Expression;
  readonly indexes: readonly ExactIndex[];
}

function comparisonOf(condition: Condition | null): Comparison | undefined {
  const tests = onlyTests(condition);
  const expression = tests[0]?.expression;
  // What depends on nothing but the process may be another thing each time, as a random number is.
  if (expression === undefined || (expression.reads & ~Reads.INTERNAL) === 0) return undefined;
  const indexes: ExactIndex[] = [];
  for (const test of tests) {
    const isPlain = test.constructor === AclTest && test.judge === AclJudge.PATTERNS;
    if (!isPlain || !isSame(test.expression, expression)) return undefined;
    for (const index of test.indexes) {
      if (!(index instanceof ExactIndex)) return undefined;
      indexes.push(index);
    }
  }
  const first = indexes[0];
  const isUniform = indexes.every(({ ignoresCase }) => ignoresCase === first?.ignoresCase);
  return first !== undefined && isUniform ? { expression, indexes } : undefined;
}

/** What a condition of one ACL tests; nothing for others, and for one that is looked on by a subclass. */
function onlyTests(condition: Condition | null): readonly AclTest[] {
  if (condition === null || condition.constructor !== Condition) return [];
  const { groups, isInverted } = condition;
  const [term, ...others] = groups[0] ?? [];
  const isPlain = groups.length === 1 && others.length === 0 && !isInverted;
  return term !== undefined && isPlain && !term.isNegated ? term.acl.tests : [];
}

function isAlike(one: Comparison, other: Comparison): boolean {
  return (
    isSame(one.expression, other.expression) &&
    one.indexes[0]!.ignoresCase === other.indexes[0]!.ignoresCase
  );
}

function isSame(one: Expression, other: Expression): boolean {
  return one.text === other.text && one.output === other.output;
}
