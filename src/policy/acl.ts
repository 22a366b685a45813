import type { Expression } from "./expression.ts";
import { NO_MATCH, type PatternIndex } from "./patterns/pattern-index.ts";
import { Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";
import { Truth } from "./truth.ts";

/** How an ACL judges a value that was found. */
export const AclJudge = {
  /** One of its patterns has to match. */
  PATTERNS: 0,
  /** The value itself, read as a boolean (`-m bool`). */
  VALUE: 1,
  /** That there is a value (`-m found`). */
  FOUND: 2,
} as const;
export type AclJudge = (typeof AclJudge)[keyof typeof AclJudge];

/** Kept per thread: conditions are evaluated one at a time and nothing of a sample is kept. */
const sample = new Sample();

/** One line of an ACL, or one anonymous ACL: an expression and what its value is compared with. */
export class AclTest {
  readonly expression: Expression;
  readonly judge: AclJudge;
  /** Where values are looked up: one index for each file and one for the line itself. */
  readonly indexes: readonly PatternIndex[];

  constructor(expression: Expression, judge: AclJudge, indexes: readonly PatternIndex[]) {
    this.expression = expression;
    this.judge = judge;
    this.indexes = indexes;
  }

  /**
   * Looks for a value that matches, among all that the expression has.
   *
   * @hot
   */
  test(view: StreamView): Truth {
    const { expression } = this;
    let isFound = expression.evaluate(sample, view);
    for (;;) {
      if (isFound && this.#matches()) return Truth.YES;
      if (!sample.hasMore) break;
      isFound = expression.next(sample, view);
    }
    return sample.mayChange ? Truth.UNKNOWN : Truth.NO;
  }

  #matches(): boolean {
    if (this.judge === AclJudge.PATTERNS) {
      const { indexes } = this;
      for (let index = 0; index < indexes.length; index++) {
        if (indexes[index]!.find(sample) !== NO_MATCH) return true;
      }
      return false;
    }
    if (this.judge === AclJudge.FOUND) return true;
    return sample.type === SampleType.BOOLEAN && sample.integer !== 0;
  }
}

/** A named ACL: true when one of the lines that have its name is. */
export class Acl {
  readonly name: string;
  readonly tests: readonly AclTest[];

  constructor(name: string, tests: readonly AclTest[]) {
    this.name = name;
    this.tests = tests;
  }

  /** What its lines read, together. */
  get reads(): number {
    return this.tests.reduce((all, { expression }) => all | expression.reads, 0);
  }

  /** @hot */
  test(view: StreamView): Truth {
    const { tests } = this;
    let best: Truth = Truth.NO;
    for (let index = 0; index < tests.length; index++) {
      const truth = tests[index]!.test(view);
      if (truth === Truth.YES) return truth;
      if (truth > best) best = truth;
    }
    return best;
  }
}
