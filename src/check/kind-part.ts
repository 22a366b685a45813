import type { SectionDraft } from "../config/draft.ts";
import { definePart } from "../config/part.ts";

/** Which kind of check a section's servers get: the last `option ...chk` decides. */
export interface CheckKindDraft {
  /** The keyword that chose it, such as `option redis-check`; "" for a mere connection. */
  name: string;
}

/** The part of a section that holds it. */
export const CHECK_KIND = definePart<CheckKindDraft>("check kind", () => ({ name: "" }));

/** Whether the section asks for this kind. */
export function isKind(draft: SectionDraft, name: string): boolean {
  return draft.has(CHECK_KIND) && draft.part(CHECK_KIND).name === name;
}
