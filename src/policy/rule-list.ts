import type { Word } from "../config/word.ts";
import { type Act, Verdict } from "./action.ts";
import type { Condition } from "./condition.ts";
import type { StreamControl } from "./stream-control.ts";
import { Truth } from "./truth.ts";

/** A rule, compiled: what is done, and when. */
export interface Rule {
  readonly act: Act;
  readonly condition: Condition | null;
  readonly isFinal: boolean;
  readonly waits: boolean;
  readonly at: Word;
}

/** The rules of one rule set of one section, in order. */
export class RuleList {
  readonly rules: readonly Rule[];
  /** One of them may wait for more of the message. */
  readonly waits: boolean;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.waits = rules.some((rule) => rule.waits);
  }

  /** True when there is nothing to run: the stream then passes by. */
  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  /**
   * Runs the rules from the cursor on.
   *
   * @hot
   * @param cursor - Where to begin, kept by the stream: WAIT leaves it at the rule that waits.
   * @param mayWait - More bytes may come: a condition that cannot be told yet waits for them. Else it
   *   does not hold.
   * @returns NEXT when all rules have passed.
   */
  run(control: StreamControl, cursor: RuleCursor, mayWait: boolean): Verdict {
    const { rules } = this;
    for (let index = cursor.rule; index < rules.length; index++) {
      const rule = rules[index]!;
      const { condition } = rule;
      if (condition !== null) {
        const truth = condition.test(control);
        if (truth === Truth.NO || (truth === Truth.UNKNOWN && !mayWait)) continue;
        if (truth === Truth.UNKNOWN) {
          cursor.rule = index;
          return Verdict.WAIT;
        }
      }
      const verdict = follow(rule, control, cursor);
      if (verdict === Verdict.NEXT) continue;
      cursor.rule = verdict === Verdict.WAIT ? index : 0;
      return verdict;
    }
    cursor.rule = 0;
    return Verdict.NEXT;
  }
}

/**
 * Does what a rule says. It has the last word from the start, as answers are logged before their rules
 * are through, until it turns out that others follow.
 *
 * @hot
 */
function follow({ act, at }: Rule, control: StreamControl, cursor: RuleCursor): Verdict {
  const { finalAt } = cursor;
  cursor.finalAt = at;
  const verdict = act(control);
  if (verdict === Verdict.NEXT || verdict === Verdict.WAIT) cursor.finalAt = finalAt;
  return verdict;
}

/** Where a stream stands in a rule set. */
export interface RuleCursor {
  rule: number;
  /** The rule that ended a rule set last; null while none has. */
  finalAt: Word | null;
}
