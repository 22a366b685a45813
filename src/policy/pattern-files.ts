import { readFileSync } from "node:fs";
import { filePathOf } from "../config/file-path.ts";
import type { Word } from "../config/word.ts";
import type { CompileContext, MatcherDeclaration } from "./declare.ts";
import { readPatternFile } from "./patterns/file.ts";
import type { PatternOptions } from "./patterns/pattern-index.ts";
import type { PatternUse } from "./patterns/pattern-use.ts";
import type { PatternReference } from "./patterns/reference.ts";
import type { SampleType } from "./sample.ts";

/** How a file is used, and by whom. */
export interface PatternFileUse {
  /** Lines have two columns, a key and a value. */
  readonly isMap: boolean;
  readonly matcher: MatcherDeclaration;
  readonly options: PatternOptions;
  /** What a map reads its values as; null for conditions. */
  readonly output: SampleType | null;
}

/** Says of a file whose lines are read in one way that somebody else reads them in another. */
const COLUMNS = { true: "two", false: "one" } as const;

/**
 * Finds the list of a pattern file, which is read the first time, and the index of one who uses it.
 * What is wrong goes to the diagnostics, and the result is undefined.
 */
export function usePatternFile(
  file: Word,
  { isMap, matcher, options, output }: PatternFileUse,
  context: CompileContext,
): { readonly reference: PatternReference; readonly use: PatternUse } | undefined {
  const { diagnostics } = context;
  const reference = referenceOfFile(file, isMap, context);
  if (reference === undefined) return undefined;
  if (isMap) reference.isUsedByMap = true;
  if (output === null) reference.isUsedByAcl = true;
  const use = reference.use(matcher, options, output);
  if ("index" in use) return { reference, use };
  diagnostics.error(
    file,
    `${use.error.message} at line ${use.entry.line} of file '${file.text}'.`,
    `patterns of the match "${matcher.name}" stand there, one a line`,
  );
  return undefined;
}

function referenceOfFile(
  file: Word,
  isMap: boolean,
  { compiler, diagnostics }: CompileContext,
): PatternReference | undefined {
  const { reference, isNew } = compiler.references.ofFile(file.text, file, isMap);
  const kind = isMap ? "map" : "acl";
  const use = `by ${kind} at file '${file.source.path}' line ${file.line}`;
  if (isNew) {
    const text = readText(file, diagnostics);
    if (text === undefined) return undefined;
    reference.describe(`pattern loaded from file '${file.text}' used ${use}`);
    readPatternFile(text, reference);
    return reference;
  }
  if (reference.isMap === isMap) {
    // A file that could not be read was told of already.
    if (reference.description === "") return undefined;
    reference.describe(use);
    return reference;
  }
  diagnostics.error(
    file,
    `The file "${file.text}" is already used as ${COLUMNS[`${reference.isMap}`]} column file and cannot be used by as ${COLUMNS[`${isMap}`]} column file.`,
    reference.isMap ? "with -M an acl reads the keys of a map" : "a map needs a file of its own",
  );
  return undefined;
}

function readText(file: Word, diagnostics: CompileContext["diagnostics"]): string | undefined {
  try {
    return readFileSync(Buffer.from(filePathOf(file), "latin1"), "latin1");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    diagnostics.error(
      file,
      `failed to open pattern file <${file.text}>.`,
      reason === "ENOENT" ? "there is no such file" : `the system says ${reason}`,
    );
    return undefined;
  }
}
