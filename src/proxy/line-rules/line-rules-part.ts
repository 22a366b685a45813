import { definePart } from "../../config/part.ts";
import type { Word } from "../../config/word.ts";

/** What a rule on the lines of a message does, as the end of its keyword names it. */
export type LineAction = "add" | "del" | "rep" | "allow" | "pass" | "deny" | "tarpit" | "setbe";

/** A rule on the lines of a message, as it was typed: `reqrep` and its kin. */
export interface LineRule {
  /** The keyword. */
  readonly at: Word;
  readonly action: LineAction;
  readonly ignoresCase: boolean;
  /** The regular expression; null for lines that are added. */
  readonly search: Word | null;
  /** The line to add, what replaces a line, or a backend's name; null for the others. */
  readonly text: Word | null;
  readonly condition: readonly Word[];
}

/** The part of a section that its rules on lines fill, in order. */
export const LINE_RULES = definePart<{ request: LineRule[]; response: LineRule[] }>(
  "line rules",
  () => ({ request: [], response: [] }),
);
