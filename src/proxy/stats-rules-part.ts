import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { RuleLine } from "../policy/rules-part.ts";

/** A `stats admin` line: its condition, with `if` or `unless`. */
export interface AdminLine {
  readonly at: Word;
  readonly condition: readonly Word[];
}

/** The `stats http-request` and `stats admin` lines of a section, in order. */
export const STATS_RULES = definePart<{ lines: RuleLine[]; admin: AdminLine[] }>(
  "stats rules",
  () => ({ lines: [], admin: [] }),
);
