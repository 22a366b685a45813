import type { Acl } from "./acl.ts";
import type { StreamView } from "./stream-view.ts";
import { Truth } from "./truth.ts";

/** An ACL within a condition, perhaps with `!` in front of it. */
export interface ConditionTerm {
  readonly acl: Acl;
  readonly isNegated: boolean;
}

/** A condition behind `if` or `unless`: terms that must all hold, in groups of which one is enough. */
export class Condition {
  readonly groups: readonly (readonly ConditionTerm[])[];
  /** Written with `unless`. */
  readonly isInverted: boolean;

  constructor(groups: readonly (readonly ConditionTerm[])[], isInverted: boolean) {
    this.groups = groups;
    this.isInverted = isInverted;
  }

  /**
   * Evaluates the terms from left to right, no more of them than needed.
   *
   * @hot
   */
  test(view: StreamView): Truth {
    const { groups } = this;
    let result: Truth = Truth.NO;
    for (let index = 0; index < groups.length; index++) {
      const truth = testGroup(groups[index]!, view);
      if (truth > result) result = truth;
      if (truth === Truth.YES) break;
    }
    return this.isInverted ? ((Truth.YES - result) as Truth) : result;
  }
}

/** @hot */
function testGroup(terms: readonly ConditionTerm[], view: StreamView): Truth {
  let result: Truth = Truth.YES;
  for (let index = 0; index < terms.length; index++) {
    const { acl, isNegated } = terms[index]!;
    const plain = acl.test(view);
    const truth = isNegated ? ((Truth.YES - plain) as Truth) : plain;
    if (truth < result) result = truth;
    if (truth === Truth.NO) break;
  }
  return result;
}
