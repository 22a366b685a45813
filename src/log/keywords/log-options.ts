import type { Diagnostics } from "../../config/diagnostics.ts";
import type { SectionDraft } from "../../config/draft.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { LOG } from "../log-part.ts";

const sections = ["defaults", "frontend", "listen", "backend"] as const;

/** Skips null sessions. */
export const optionDontlognull = defineKeyword({
  name: "option dontlognull",
  sections,
  summary: "Leaves out sessions that exchanged nothing",
  source: "HAProxy configuration manual, sections 4.2 and 8.3.1",
  args: [],
  apply(draft, _values, at, diagnostics) {
    if (!isIgnored(draft, "dontlognull", at, diagnostics)) draft.part(LOG).skipsNull = true;
  },
  disable(draft) {
    draft.part(LOG).skipsNull = false;
  },
  reset(draft) {
    draft.part(LOG).skipsNull = false;
  },
});

/** Skips sessions that went well. */
export const optionDontlogNormal = defineKeyword({
  name: "option dontlog-normal",
  sections,
  summary: "Leaves out sessions that went well",
  source: "HAProxy configuration manual, sections 4.2 and 8.3.4",
  args: [],
  apply(draft, _values, at, diagnostics) {
    if (!isIgnored(draft, "dontlog-normal", at, diagnostics)) draft.part(LOG).skipsNormal = true;
  },
  disable(draft) {
    draft.part(LOG).skipsNormal = false;
  },
  reset(draft) {
    draft.part(LOG).skipsNormal = false;
  },
});

/** Logs before the data. */
export const optionLogasap = defineKeyword({
  name: "option logasap",
  sections,
  summary: "Logs once the response head or the connection is there, before the data",
  source: "HAProxy configuration manual, sections 4.2 and 8.3.2",
  args: [],
  apply(draft, _values, at, diagnostics) {
    if (!isIgnored(draft, "logasap", at, diagnostics)) draft.part(LOG).isAsSoonAsPossible = true;
  },
  disable(draft) {
    draft.part(LOG).isAsSoonAsPossible = false;
  },
  reset(draft) {
    draft.part(LOG).isAsSoonAsPossible = false;
  },
});

/** Raises the level of failures. */
export const optionLogSeparateErrors = defineKeyword({
  name: "option log-separate-errors",
  sections,
  summary: "Raises the level of lines that tell of a failure to err",
  source: "HAProxy configuration manual, sections 4.2 and 8.3.3",
  args: [],
  apply(draft, _values, at, diagnostics) {
    if (!isIgnored(draft, "log-separate-errors", at, diagnostics))
      draft.part(LOG).separatesErrors = true;
  },
  disable(draft) {
    draft.part(LOG).separatesErrors = false;
  },
  reset(draft) {
    draft.part(LOG).separatesErrors = false;
  },
});

function isIgnored(
  draft: SectionDraft,
  option: string,
  at: Word,
  diagnostics: Diagnostics,
): boolean {
  if (draft.kind !== "backend") return false;
  diagnostics.warn(
    at,
    `'${option}' ignored because backend '${draft.name.text}' has no frontend capability.`,
  );
  return true;
}
