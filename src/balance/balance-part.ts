import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";

/** What a section says of how servers are chosen. */
export interface BalanceDraft {
  /** The word after `balance`, and those after it; null until the keyword is used. */
  algorithm: Word | null;
  parameters: readonly Word[];
  usesAllBackups: boolean;
  /** `fullconn`; 0 until the keyword is used. */
  fullLoad: number;
  logsChecks: boolean;
}

/** The part of a section that holds it. */
export const BALANCE = definePart<BalanceDraft>("balance", () => ({
  algorithm: null,
  parameters: [],
  usesAllBackups: false,
  fullLoad: 0,
  logsChecks: false,
}));
