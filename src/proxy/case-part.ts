import { readFileSync } from "node:fs";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { FieldCase } from "../h1/field-case.ts";

/** What the global section says of the letter case of field names. */
export interface CaseDraft {
  /** `h1-case-adjust`: spellings by the name in lower case. */
  readonly spellings: Map<string, string>;
  /** `h1-case-adjust-file`: the last one counts. */
  file: Word | null;
}

/** The part of the global section that holds it. */
export const CASE = definePart<CaseDraft>("case", () => ({ spellings: new Map(), file: null }));

/** What is wrong with a name and its spelling; undefined when nothing is. */
export function spellingProblem(
  from: string,
  to: string,
  known: ReadonlyMap<string, string>,
): string | undefined {
  if (from.toLowerCase() !== to.toLowerCase()) {
    return `'${from}' and '${to}' differ in more than the case of letters`;
  }
  if (from !== from.toLowerCase()) return `'${from}' is not in lower case`;
  return known.has(from) ? `duplicate entry '${from}'` : undefined;
}

/** Adds the names of the file to those of the section; what is wrong with it goes to the diagnostics. */
export function readCaseFile(draft: SectionDraft, diagnostics: Diagnostics): void {
  const { spellings, file } = draft.part(CASE);
  if (file === null) return;
  const refuse = (problem: string, hint: string) =>
    diagnostics.error(file, `h1-case-adjust-file '${file.text}' : ${problem}.`, hint);
  let text: string;
  try {
    text = readFileSync(Buffer.from(file.text, "latin1"), "latin1");
  } catch {
    refuse("failed to open file", "check its path and its permissions");
    return;
  }
  for (const [index, line] of text.split("\n").entries()) {
    if (line.startsWith("#")) continue;
    const words = line.split(/[ \t\r]+/).filter((word) => word !== "");
    const [from, to] = words;
    if (from === undefined) continue;
    const place = `at line ${index + 1}`;
    if (to === undefined) {
      refuse(`expect <to> ${place}`, "write two names on each line: content-length Content-Length");
      return;
    }
    if (words.length > 2) {
      refuse(`unexpected word '${words[2]}' ${place}`, "write two names on each line");
      return;
    }
    const problem = spellingProblem(from, to, spellings);
    if (problem !== undefined) {
      refuse(
        `${problem} ${place}`,
        "the first name is in lower case, the second as it is to be sent",
      );
      return;
    }
    spellings.set(from, to);
  }
}

/** How names of fields are spelled for peers that insist; null where nothing is said of it. */
export function compileFieldCase(global: SectionDraft): FieldCase | null {
  const { spellings } = global.part(CASE);
  if (spellings.size === 0) return null;
  return new FieldCase([...spellings].map(([from, to]) => ({ from, to })));
}
