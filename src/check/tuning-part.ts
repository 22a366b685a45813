import { definePart } from "../config/part.ts";

/** What the global section says of checks. */
export interface CheckTuning {
  /** How far an interval may be off, either way, in percent. */
  spreadPercent: number;
  /** Over how long first checks are spread at most, in milliseconds; 0 is their interval. */
  firstSpreadMaxMs: number;
  /** `pp2-never-send-local` is not there: PROXY headers of version 2 say that they are of a check. */
  tellsChecks: boolean;
}

/** The part of the global section that holds it. */
export const CHECK_TUNING = definePart<CheckTuning>("check tuning", () => ({
  spreadPercent: 0,
  firstSpreadMaxMs: 0,
  tellsChecks: true,
}));
