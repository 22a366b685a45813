import { byteTextOf } from "./byte-text.ts";
import { type Diagnostic, Severity } from "./diagnostic.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { Word } from "./word.ts";

/** The reference pads the bracketed level, so that what follows lines up. */
const LABELS: Readonly<Record<Severity, string>> = {
  [Severity.DIAG]: "[DIAG]     ",
  [Severity.NOTICE]: "[NOTICE]   ",
  [Severity.WARNING]: "[WARNING]  ",
  [Severity.ALERT]: "[ALERT]    ",
};

/** How diagnostics are shown. */
export interface FormatOptions {
  readonly pid: number;
  /** `-dD`: shows what is said in diagnostic mode only. */
  readonly showsDiag: boolean;
}

/**
 * Writes all diagnostics as the reference does: a headline with level, pid and place, then the line
 * of the file with a mark under the word, then the hint. The result is a byte text: write it out
 * with `Buffer.from(text, "latin1")`.
 */
export function formatDiagnostics(diagnostics: Diagnostics, options: FormatOptions): string {
  const shown = diagnostics.list.filter(
    (item) => options.showsDiag || item.severity !== Severity.DIAG,
  );
  const blocks = shown.map((item) => formatDiagnostic(item, options.pid));
  if (diagnostics.errorCount > 0) {
    const last = {
      message: "Fatal errors found in configuration.",
      at: undefined,
      hint: undefined,
    };
    blocks.push(formatDiagnostic({ severity: Severity.ALERT, ...last }, options.pid));
  }
  return blocks.join("");
}

/** Writes one diagnostic; the text ends with a line feed. */
export function formatDiagnostic(diagnostic: Diagnostic, pid: number): string {
  const { severity, at, message, hint } = diagnostic;
  const place = at === undefined ? "" : `parsing [${byteTextOf(at.source.path)}:${at.line}] : `;
  let text = `${LABELS[severity]}(${pid}) : config : ${place}${cleanMessage(message)}\n`;
  if (at !== undefined) text += quoteLine(at);
  if (hint !== undefined) text += `  hint: ${cleanMessage(hint)}\n`;
  return text;
}

/** Replaces control characters: none from a file may reach the operator's terminal. */
function withoutControls(text: string, keeps: string, replace: (code: number) => string): string {
  let clean = "";
  for (const char of text) {
    const code = char.charCodeAt(0);
    clean += (code < 0x20 || code === 0x7f) && !keeps.includes(char) ? replace(code) : char;
  }
  return clean;
}

function cleanMessage(message: string): string {
  return withoutControls(message, "\n", (code) => `\\x${code.toString(16).padStart(2, "0")}`);
}

/** The line's longest part that is shown, so that a huge line does not bury its error. */
const SHOWN_MAX = 160;

function quoteLine(at: Word): string {
  const line = withoutControls(at.source.lines[at.line - 1] ?? "", "\t", () => "?");
  const indent = line.length - line.trimStart().length;
  const offset = Math.max(at.column - 1, indent);
  const start = offset - indent > SHOWN_MAX / 2 ? offset - SHOWN_MAX / 2 : indent;
  const shown = line.slice(start, start + SHOWN_MAX).trimEnd();
  if (shown === "") return "";
  // Tabs stay, and the later bytes of a UTF-8 character take no place, so that the mark lines up.
  const padding = line
    .slice(start, offset)
    .replace(/[\x80-\xbf]/g, "")
    .replace(/[^\t]/g, " ");
  return `  ${shown}\n  ${padding}^\n`;
}
