import type { Diagnostics } from "../config/diagnostics.ts";
import { hasBackend, hasFrontend, type SectionDraft } from "../config/draft.ts";
import type { Word } from "../config/word.ts";

/**
 * Says whether a keyword of the client's side means something here. Where it does not, it is no
 * error, since old files have such lines: a warning says that it is ignored.
 */
export function hasClientSide(draft: SectionDraft, at: Word, diagnostics: Diagnostics): boolean {
  if (draft.kind === "defaults" || hasFrontend(draft.kind)) return true;
  warnIgnored(draft, at, diagnostics, "frontend");
  return false;
}

/** Says the same of a keyword of the servers' side. */
export function hasServerSide(draft: SectionDraft, at: Word, diagnostics: Diagnostics): boolean {
  if (draft.kind === "defaults" || hasBackend(draft.kind)) return true;
  warnIgnored(draft, at, diagnostics, "backend");
  return false;
}

function warnIgnored(
  draft: SectionDraft,
  at: Word,
  diagnostics: Diagnostics,
  capability: string,
): void {
  diagnostics.warn(
    at,
    `'${at.text}' will be ignored because ${draft.kind} '${draft.name.text}' has no ${capability} capability`,
    `move the line to a ${capability} or a listen section`,
  );
}
