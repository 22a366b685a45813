import { definePart } from "../config/part.ts";
import type { RuleLine } from "../policy/rules-part.ts";

/** The `redirect` lines of a section, in order. */
export const REDIRECTS = definePart<{ lines: RuleLine[] }>("redirects", () => ({ lines: [] }));
