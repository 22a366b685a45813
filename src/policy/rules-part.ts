import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { RuleSetName } from "./action.ts";

/** A rule as it was typed. */
export interface RuleLine {
  /** The word that opened the line. */
  readonly at: Word;
  /** What stands behind the name of the rule set. */
  readonly words: readonly Word[];
}

/** The part of a section that its rules fill, by rule set and in order. */
export const RULES = definePart<{ lines: Map<RuleSetName, RuleLine[]> }>("rules", () => ({
  lines: new Map(),
}));

/** How long rules on content may wait for bytes, in milliseconds; 0 does not wait. */
export const INSPECT_DELAYS = definePart<{ requestMs: number; responseMs: number }>(
  "inspect delays",
  () => ({ requestMs: 0, responseMs: 0 }),
);
