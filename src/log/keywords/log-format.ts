import { oneOf, optional, text } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import type { SectionDraft } from "../../config/draft.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { BuiltInFormat } from "../built-in-formats.ts";
import { LOG } from "../log-part.ts";

const sections = ["defaults", "frontend", "listen", "backend"] as const;

/** Sets a format of one's own. */
export const logFormat = defineKeyword({
  name: "log-format",
  sections,
  summary: "Sets the format of log lines",
  source: "HAProxy configuration manual, sections 4.2 and 8.2.6",
  args: [text("format")],
  apply(draft, [format], at, diagnostics) {
    setFormat(draft, "log-format", format, at, diagnostics);
  },
});

/** Sets the structured data of RFC 5424. */
export const logFormatSd = defineKeyword({
  name: "log-format-sd",
  sections,
  summary: "Sets the structured data of log lines in the format of RFC 5424",
  source: "HAProxy configuration manual, sections 4.2 and 8.2.6",
  args: [text("format")],
  apply(draft, [format], at, diagnostics) {
    if (isIgnored(draft, "log-format-sd", at, diagnostics)) return;
    draft.part(LOG).structuredData = {
      keyword: "log-format-sd",
      text: format,
      at,
      section: draft.place,
    };
  },
});

/** Sets the format of the lines of connections that fail before their first exchange. */
export const errorLogFormat = defineKeyword({
  name: "error-log-format",
  sections,
  summary: "Sets the format of the lines of clients that fail before their first request",
  source: "HAProxy configuration manual, sections 4.2 and 8.2.5",
  args: [text("format")],
  apply(draft, [format], at, diagnostics) {
    if (isIgnored(draft, "error-log-format", at, diagnostics)) return;
    draft.part(LOG).errorFormat = {
      keyword: "error-log-format",
      text: format,
      at,
      section: draft.place,
    };
  },
});

/** Chooses the HTTP format. */
export const optionHttplog = defineKeyword({
  name: "option httplog",
  sections,
  summary: "Logs each request with its timers, counters and how it ended",
  source: "HAProxy configuration manual, sections 4.2 and 8.2.3",
  args: [optional(oneOf("form", ["clf"]))],
  apply(draft, [form], at, diagnostics) {
    const isCommon = form === "clf";
    const format = isCommon ? BuiltInFormat.HTTP_CLF : BuiltInFormat.HTTP;
    setFormat(draft, isCommon ? "option httplog clf" : "option httplog", format, at, diagnostics);
  },
});

/** Chooses the TCP format. */
export const optionTcplog = defineKeyword({
  name: "option tcplog",
  sections,
  summary: "Logs each session with its timers, counters and how it ended",
  source: "HAProxy configuration manual, sections 4.2 and 8.2.2",
  args: [],
  apply(draft, _values, at, diagnostics) {
    setFormat(draft, "option tcplog", BuiltInFormat.TCP, at, diagnostics);
  },
});

function setFormat(
  draft: SectionDraft,
  keyword: string,
  format: string,
  at: Word,
  diagnostics: Diagnostics,
): void {
  if (isIgnored(draft, keyword, at, diagnostics)) return;
  const part = draft.part(LOG);
  const before = part.format;
  if (before !== undefined && before.section === draft.place && before.keyword !== keyword) {
    diagnostics.warn(
      at,
      `'${keyword}' overrides previous '${before.keyword}' in '${draft.kind}' section.`,
    );
  }
  part.format = { keyword, text: format, at, section: draft.place };
}

function isIgnored(
  draft: SectionDraft,
  keyword: string,
  at: Word,
  diagnostics: Diagnostics,
): boolean {
  if (draft.kind !== "backend") return false;
  const name = draft.name.text;
  diagnostics.warn(at, `backend '${name}' : '${keyword}' directive is ignored in backends.`);
  return true;
}
