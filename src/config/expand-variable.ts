import type { Environment } from "./environment.ts";

/** What variables are looked up in while a line is read. */
export interface VariableScope {
  readonly environment: Environment;
  /** Name of the file being read, `.FILE`. */
  readonly file: string;
  /** Name of the section being read, or its kind where it has no name, `.SECTION`. */
  readonly section: string;
}

/** A variable in a line: what it stands for, and where the text behind it goes on. */
export interface Expansion {
  readonly value: string;
  /** `[*]`: blanks in the value set words apart. */
  readonly splits: boolean;
  readonly end: number;
}

/** Why a variable cannot be read, and where, as an offset in the line. */
export interface ExpansionError {
  readonly error: string;
  readonly at: number;
}

// Sticky, so that each is tried only where the reader stands.
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const PSEUDO_NAME = /\.[A-Za-z0-9_]+/y;
const SPLIT_MARK = "[*]";

/**
 * Reads the variable whose dollar sign is at `start`, in one of the forms `$NAME`, `${NAME}`,
 * `${NAME-default}`, `${NAME[*]}` and `${NAME[*]-default}` (manual section 2.3).
 *
 * @param lineNumber - Value of `.LINE`.
 */
export function expandVariable(
  line: string,
  start: number,
  lineNumber: number,
  scope: VariableScope,
): Expansion | ExpansionError {
  const isBraced = line[start + 1] === "{";
  const nameStart = start + (isBraced ? 2 : 1);
  const pseudo = matchAt(PSEUDO_NAME, line, nameStart);
  const name = pseudo ?? matchAt(NAME, line, nameStart);
  const known = pseudo === undefined ? undefined : pseudoValue(pseudo, lineNumber, scope);
  if (name === undefined || (pseudo !== undefined && known === undefined)) {
    return { error: "forbidden first char in environment variable name", at: start };
  }
  const found = known ?? scope.environment.get(name);
  const end = nameStart + name.length;
  if (!isBraced) return { value: found ?? "", splits: false, end };
  return readSuffix(line, start, end, found);
}

/** Reads what may stand between a name and its closing brace: `[*]` and `-default`. */
function readSuffix(
  line: string,
  start: number,
  nameEnd: number,
  found: string | undefined,
): Expansion | ExpansionError {
  const splits = line.startsWith(SPLIT_MARK, nameEnd);
  if (!splits && line[nameEnd] === "[") {
    return { error: "truncated or invalid word expansion sequence", at: nameEnd };
  }
  const end = splits ? nameEnd + SPLIT_MARK.length : nameEnd;
  const hasDefault = line[end] === "-";
  const close = hasDefault ? line.indexOf("}", end) : end;
  if (line[close] !== "}") {
    return { error: "unmatched brace in environment variable name", at: start };
  }
  const value = found ?? (hasDefault ? line.slice(end + 1, close) : "");
  return { value, splits, end: close + 1 };
}

function matchAt(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}

function pseudoValue(name: string, lineNumber: number, scope: VariableScope): string | undefined {
  switch (name) {
    case ".FILE":
      return scope.file;
    case ".LINE":
      return String(lineNumber);
    case ".SECTION":
      return scope.section;
    default:
      return undefined;
  }
}
