import { readFileSync } from "node:fs";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";
import { AclJudge, AclTest } from "./acl.ts";
import type { CompileContext, MatcherDeclaration } from "./declare.ts";
import { compileFetch, compileSteps, type Expression } from "./expression.ts";
import { type Call, splitExpression } from "./expression-words.ts";
import { readPatternFile } from "./patterns/file.ts";
import type { PatternError } from "./patterns/pattern-index.ts";
import type { PatternEntry, PatternReference } from "./patterns/reference.ts";
import { SAMPLE_TYPE_NAMES, SampleType } from "./sample.ts";

/** The match of a criterion that names none, by the type of its values. */
const DEFAULT_MATCHERS: ReadonlyMap<SampleType, string> = new Map<SampleType, string>([
  [SampleType.BOOLEAN, "bool"],
  [SampleType.INTEGER, "int"],
  [SampleType.IPV4, "ip"],
  [SampleType.IPV6, "ip"],
  [SampleType.ADDRESS, "ip"],
  [SampleType.STRING, "str"],
  [SampleType.METHOD, "str"],
]);

/** Names that a match can be appended by: `path_beg`. */
const SUFFIXES = ["beg", "dir", "dom", "end", "len", "reg", "sub"] as const;

const OPERATORS: ReadonlySet<string> = new Set(["eq", "ge", "gt", "le", "lt"]);

/** What the flags of an ACL line say. */
interface AclFlags {
  method: string | undefined;
  ignoresCase: boolean;
  looksNothingUp: boolean;
  isMapFile: boolean;
  readonly files: Word[];
  /** What `-u` asks for; -1 when nothing does. */
  id: number;
}

/**
 * Compiles what stands behind the name of an ACL, or between the braces of an anonymous one:
 * a criterion, flags, an operator, patterns.
 *
 * Source: HAProxy configuration manual, section 7.1.
 */
export function compileAclTest(
  words: readonly Word[],
  context: CompileContext,
  subject: string,
): AclTest | undefined {
  const { diagnostics } = context;
  const at = words[0];
  if (at === undefined) {
    diagnostics.error(
      context.at,
      `missing fetch method in ${subject}.`,
      "write it as: acl NAME CRITERION [FLAGS] [VALUES]",
    );
    return undefined;
  }
  const criterion = compileCriterion({ ...context, at, iterates: true });
  if (criterion === undefined) return undefined;
  const flags = newFlags();
  const patterns = readFlags(words.slice(1), flags, diagnostics);
  if (patterns === undefined) return undefined;
  const method =
    flags.method ?? criterion.method ?? DEFAULT_MATCHERS.get(criterion.expression.output);
  if (method === undefined) {
    const type = SAMPLE_TYPE_NAMES[criterion.expression.output];
    diagnostics.error(
      at,
      `matching method must be specified first (using '-m') when using a sample fetch of this type ('${type}').`,
      `add one of -m ${context.compiler.matcherNames.join(", -m ")}`,
    );
    return undefined;
  }
  return finish(criterion.expression, method, flags, patterns, { ...context, at });
}

function finish(
  expression: Expression,
  method: string,
  flags: AclFlags,
  patterns: readonly Word[],
  context: CompileContext,
): AclTest | undefined {
  const { diagnostics, compiler, at } = context;
  if (method === "found" || method === "bool") {
    if (patterns.length > 0 || flags.files.length > 0) {
      diagnostics.warn(
        patterns[0] ?? flags.files[0],
        `'-m ${method}' takes no pattern: what follows is ignored.`,
      );
    }
    if (method === "found") return new AclTest(expression, AclJudge.FOUND, null);
    const asBoolean = expression.as(SampleType.BOOLEAN);
    if (asBoolean !== undefined) return new AclTest(asBoolean, AclJudge.VALUE, null);
    return refuseMatch(expression, "bool", at, diagnostics);
  }
  const matcher = compiler.findMatcher(method);
  if (matcher === undefined) {
    diagnostics.error(
      at,
      `unknown matching method '${method}'.`,
      `use one of ${compiler.matcherNames.join(", ")}`,
    );
    return undefined;
  }
  const cast = expression.as(matcher.input);
  if (cast === undefined) return refuseMatch(expression, method, at, diagnostics);
  const index = fillIndex(matcher, method, flags, patterns, context);
  return index === undefined ? undefined : new AclTest(cast, AclJudge.PATTERNS, index);
}

function refuseMatch(
  expression: Expression,
  method: string,
  at: Word,
  diagnostics: Diagnostics,
): undefined {
  diagnostics.error(
    at,
    `matching method '${method}' cannot be used with fetch keyword '${expression.text}', which gives ${SAMPLE_TYPE_NAMES[expression.output]}.`,
  );
  return undefined;
}

function compileCriterion(
  context: CompileContext,
): { expression: Expression; method: string | undefined } | undefined {
  const calls = splitExpression(context.at);
  if ("message" in calls) {
    context.diagnostics.error(calls.at, calls.message);
    return undefined;
  }
  const named = withoutSuffix(calls[0]!, context);
  const fetch = compileFetch(named.call, context);
  if (fetch === undefined) return undefined;
  const expression = compileSteps(fetch, calls.slice(1), context);
  // Converters change what is compared: the match of the name is not theirs.
  return expression === undefined ? undefined : { expression, method: named.method };
}

/** Takes the match off a name such as `path_beg`, unless a fetch has the whole name. */
function withoutSuffix(
  call: Call,
  { compiler }: CompileContext,
): { call: Call; method: string | undefined } {
  const { text } = call.name;
  if (compiler.findFetch(text) !== undefined) return { call, method: undefined };
  for (const suffix of SUFFIXES) {
    if (!text.endsWith(`_${suffix}`)) continue;
    const base = text.slice(0, -suffix.length - 1);
    if (compiler.findFetch(base)?.hasMatches !== true) continue;
    return { call: { ...call, name: { ...call.name, text: base } }, method: suffix };
  }
  return { call, method: undefined };
}

function newFlags(): AclFlags {
  return {
    method: undefined,
    ignoresCase: false,
    looksNothingUp: false,
    isMapFile: false,
    files: [],
    id: -1,
  };
}

/** Reads the flags and gives the words behind them; undefined after an error was reported. */
function readFlags(
  words: readonly Word[],
  flags: AclFlags,
  diagnostics: Diagnostics,
): readonly Word[] | undefined {
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word.text === "--") return words.slice(at + 1);
    if (!word.text.startsWith("-") || word.text.length < 2 || /^-[0-9]/.test(word.text)) break;
    const argument = words[at + 1];
    const taken = readFlag(word, argument, flags, diagnostics);
    if (taken === undefined) return undefined;
    at += taken;
  }
  return words.slice(at);
}

/** Reads one flag and gives how many words it takes besides itself. */
function readFlag(
  word: Word,
  argument: Word | undefined,
  flags: AclFlags,
  diagnostics: Diagnostics,
): number | undefined {
  switch (word.text) {
    case "-i":
      flags.ignoresCase = true;
      return 0;
    case "-n":
      flags.looksNothingUp = true;
      return 0;
    case "-M":
      flags.isMapFile = true;
      return 0;
    case "-m":
    case "-f":
    case "-u":
      if (argument === undefined) break;
      return readFlagValue(word, argument, flags, diagnostics);
    default:
      diagnostics.error(
        word,
        `'${word.text}' is not a valid flag of ACLs.`,
        "flags are -i, -f FILE, -m METHOD, -n, -M, -u ID; -- ends them",
      );
      return undefined;
  }
  diagnostics.error(word, `'${word.text}' expects a word behind it.`);
  return undefined;
}

function readFlagValue(
  word: Word,
  argument: Word,
  flags: AclFlags,
  diagnostics: Diagnostics,
): number | undefined {
  if (word.text === "-m") flags.method = argument.text;
  else if (word.text === "-f") flags.files.push(argument);
  else if (/^[0-9]+$/.test(argument.text)) flags.id = Number(argument.text);
  else {
    diagnostics.error(argument, `'-u' expects a number, but got '${argument.text}'.`);
    return undefined;
  }
  return 1;
}

function fillIndex(
  matcher: MatcherDeclaration,
  method: string,
  flags: AclFlags,
  words: readonly Word[],
  context: CompileContext,
) {
  const { compiler, diagnostics, at } = context;
  const index = matcher.make(flags);
  const description = `acl '${at.text}' file '${at.source.path}' line ${at.line}`;
  for (const file of flags.files) {
    const reference = referenceOfFile(file, description, flags.isMapFile, context);
    if (reference === undefined) return undefined;
    const bad = reference.attach(index);
    if (bad === undefined) continue;
    diagnostics.error(file, `${badEntryText(file.text, bad)}.`);
    return undefined;
  }
  if (words.length === 0 && flags.files.length > 0) return index;
  const inline = compiler.references.makeInline(description, false);
  inline.attach(index);
  let operator = "";
  for (const word of words) {
    if (method === "int" && OPERATORS.has(word.text)) {
      operator = word.text;
      continue;
    }
    const pattern = operator === "" ? word.text : `${operator} ${word.text}`;
    const error = inline.add(pattern);
    if (error === undefined) continue;
    diagnostics.error(word, error.message);
    return undefined;
  }
  return index;
}

/** Where a file has a pattern that the match cannot read, and why. */
export function badEntryText(
  file: string,
  bad: { readonly entry: PatternEntry; readonly error: PatternError },
): string {
  return `${bad.error.message} in pattern file '${file}', line ${bad.entry.line}`;
}

/** Finds the list of a file, and reads the file the first time. */
export function referenceOfFile(
  file: Word,
  description: string,
  isMap: boolean,
  { compiler, diagnostics }: CompileContext,
): PatternReference | undefined {
  const { reference, isNew } = compiler.references.ofFile(file.text, description, isMap);
  if (!isNew && reference.isMap !== isMap) {
    diagnostics.error(
      file,
      `The file '${file.text}' is already used as ${isMap ? "an acl" : "a map"}, it cannot be ${isMap ? "a map" : "an acl"} too.`,
      "with -M an acl reads the keys of a map",
    );
    return undefined;
  }
  if (!isNew) return reference;
  let text: string;
  try {
    text = readFileSync(file.text, "latin1");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    diagnostics.error(file, `failed to open pattern file <${file.text}>: ${reason}.`);
    return undefined;
  }
  readPatternFile(text, reference);
  return reference;
}
