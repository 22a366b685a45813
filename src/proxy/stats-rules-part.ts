import { definePart } from "../config/part.ts";
import type { RuleLine } from "../policy/rules-part.ts";

/** The `stats http-request` lines of a section, in order. */
export const STATS_RULES = definePart<{ lines: RuleLine[] }>("stats rules", () => ({ lines: [] }));
