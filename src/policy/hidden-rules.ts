import type { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";

/** What is known of a rule before it runs. */
export interface JudgedRule {
  readonly at: Word;
  /** It ends its rule set, whenever its condition holds. */
  readonly isFinal: boolean;
  /** Its condition as typed, with `if` or `unless`; empty where it has none. */
  readonly condition: readonly Word[];
}

/** What gives another answer when it is asked again: two conditions with it are never the same. */
const CHANGING = /\b(?:rand|uuid)\b|_(?:inc|clr)_/;

/**
 * Warns of the first rule that no stream reaches because one before it always ends the rule set, and
 * of those whose condition is that of a rule before them which ends it then. Rules between the two
 * that do something may change what the condition sees.
 *
 * @param what - What the rules are called: `http-request`.
 */
export function warnOfHiddenRules(
  what: string,
  rules: readonly JudgedRule[],
  diagnostics: Diagnostics,
): void {
  const enders = new Map<string, Word>();
  for (const { at, isFinal, condition } of rules) {
    const always = enders.get("");
    if (always !== undefined) {
      diagnostics.warn(
        at,
        `this '${what}' rule is never reached: the one at line ${always.line} always ends the rule set.`,
      );
      return;
    }
    const text = condition.map((word) => word.text).join(" ");
    const same = CHANGING.test(text) ? undefined : enders.get(text);
    if (same !== undefined) {
      diagnostics.warn(
        at,
        `this '${what}' rule is never reached: the one at line ${same.line} ends the rule set under the same condition.`,
      );
    } else if (isFinal) enders.set(text, at);
    else enders.clear();
  }
}
