import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import type { Persistence } from "./persistence.ts";

/** Compiles how a section binds clients to servers; null when it does not. */
export function compilePersistence(
  _draft: SectionDraft,
  _isHttp: boolean,
  _diagnostics: Diagnostics,
): Persistence | null {
  return null;
}
