import type { Diagnostics } from "../config/diagnostics.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import { AclJudge, AclTest } from "./acl.ts";
import { type AclFlags, newFlags, readFlags } from "./acl-flags.ts";
import type { CompileContext, KnownValues, MatcherDeclaration } from "./declare.ts";
import { compileFetch, compileSteps, type Expression } from "./expression.ts";
import { type Call, splitExpression } from "./expression-words.ts";
import { str } from "./matchers/texts.ts";
import { usePatternFile } from "./pattern-files.ts";
import { type IntegerRange, parseIntegerRange } from "./patterns/integer-index.ts";
import { MethodIndex } from "./patterns/method-index.ts";
import type { PatternIndex } from "./patterns/pattern-index.ts";
import type { PatternReference } from "./patterns/reference.ts";
import { SAMPLE_TYPE_NAMES, SampleType } from "./sample.ts";

/** The match of a criterion that names none, by the type of its values. */
const DEFAULT_MATCHERS: ReadonlyMap<SampleType, string> = new Map<SampleType, string>([
  [SampleType.BOOLEAN, "bool"],
  [SampleType.INTEGER, "int"],
  [SampleType.IPV4, "ip"],
  [SampleType.IPV6, "ip"],
  [SampleType.ADDRESS, "ip"],
  [SampleType.STRING, "str"],
  [SampleType.METHOD, "meth"],
]);

/** The match of methods, which nobody has to name. */
const METHODS: MatcherDeclaration = {
  ...str,
  name: "meth",
  make: (options) => (options.ignoresCase ? new MethodIndex() : str.make(options)),
};

/** Matches whose name can be appended to that of a fetch: `path_beg`. */
export const MATCH_SUFFIXES = ["beg", "dir", "dom", "end", "len", "reg", "sub"] as const;

const OPERATORS: ReadonlySet<string> = new Set(["eq", "ge", "gt", "le", "lt"]);

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
    flags.method?.text ?? criterion.method ?? DEFAULT_MATCHERS.get(criterion.expression.output);
  if (method === undefined) {
    const type = SAMPLE_TYPE_NAMES[criterion.expression.output];
    diagnostics.error(
      at,
      `matching method must be specified first (using '-m') when using a sample fetch of this type ('${type}').`,
      `add one of -m ${context.compiler.matcherNames.join(", -m ")}`,
    );
    return undefined;
  }
  const told = { ...criterion, method, flags, patterns, subject };
  if (method === "str" && !areKnown(told, context)) return undefined;
  const test = finish(told, { ...context, at });
  const { observer } = context.compiler;
  return test === undefined || observer === null ? test : observer.aclTest(test, words);
}

/** An ACL line whose words were told apart. */
interface AclWords {
  readonly expression: Expression;
  /** The criterion, as listings name it. */
  readonly name: string;
  /** The values that there can be; undefined where any may come. */
  readonly known: KnownValues | undefined;
  readonly method: string;
  readonly flags: AclFlags;
  readonly patterns: readonly Word[];
  readonly subject: string;
}

/** A pattern that no value can be is mistyped. */
function areKnown({ known, patterns }: AclWords, { diagnostics }: CompileContext): boolean {
  if (known === undefined) return true;
  const unknown = patterns.filter(({ text }) => !known.values.has(text));
  for (const word of unknown) {
    const names = [...known.values];
    const near = nearestWord(word.text, names);
    const all = names.length === 0 ? "there is none" : `name one of: ${names.join(", ")}`;
    diagnostics.error(
      word,
      `'${word.text}' is no ${known.what}.`,
      near === undefined ? all : `did you mean "${near}"?`,
    );
  }
  return unknown.length === 0;
}

function finish(words: AclWords, context: CompileContext): AclTest | undefined {
  const { diagnostics, compiler, at } = context;
  const { expression, method, flags } = words;
  if (method === "found" || method === "bool") return finishWithoutPatterns(words, context);
  const matcher =
    method === METHODS.name && flags.method === undefined ? METHODS : compiler.findMatcher(method);
  if (matcher === undefined) {
    diagnostics.error(
      flags.method ?? at,
      `unknown matching method '${method}' when parsing ACL expression.`,
      `use one of found, bool, ${compiler.matcherNames.join(", ")}`,
    );
    return undefined;
  }
  const cast = expression.as(matcher.input);
  if (cast === undefined) return refuseMatch(expression, method, at, diagnostics);
  warnOfNoPattern(words, context);
  const indexes = fillIndexes(matcher, words, context);
  return indexes === undefined ? undefined : new AclTest(cast, AclJudge.PATTERNS, indexes);
}

/** Values are judged by themselves: there may be patterns on the line, but nobody looks at them. */
function finishWithoutPatterns(words: AclWords, context: CompileContext): AclTest | undefined {
  const { diagnostics, at } = context;
  const { expression, method, flags, patterns } = words;
  if (patterns.length > 0 || flags.files.length > 0) {
    diagnostics.warn(
      patterns[0] ?? flags.files[0]!.name,
      `'-m ${method}' takes no pattern: what follows is ignored.`,
    );
  }
  if (inlineReference(words, context) === undefined) return undefined;
  if (method === "found") return new AclTest(expression, AclJudge.FOUND, []);
  const asBoolean = expression.as(SampleType.BOOLEAN);
  if (asBoolean !== undefined) return new AclTest(asBoolean, AclJudge.VALUE, []);
  return refuseMatch(expression, "bool", at, diagnostics);
}

function warnOfNoPattern(
  { flags, patterns, subject }: AclWords,
  { diagnostics, at }: CompileContext,
): void {
  if (patterns.length > 0 || flags.files.length > 0 || flags.isEnded) return;
  diagnostics.warn(
    at,
    `no pattern to match against is given, so ${subject} will never match.`,
    "'--' behind it says that this is meant; '-m found' asks whether there is a value, '-m bool' whether it is not 0",
  );
}

/** The list of the patterns that stand on the line itself, of which there may be none. */
function inlineReference(
  { name, flags }: AclWords,
  { compiler, diagnostics, at }: CompileContext,
): PatternReference | undefined {
  const description = `acl '${name}' file '${at.source.path}' line ${at.line}`;
  const reference = compiler.references.makeInline(at, description);
  reference.isUsedByAcl = true;
  if (flags.id === undefined) return reference;
  if (compiler.references.choose(Number(flags.id.text), reference)) return reference;
  diagnostics.error(flags.id, "the id is already used.", "give each -u a number of its own");
  return undefined;
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
): (Pick<AclWords, "expression" | "name" | "known"> & { method: string | undefined }) | undefined {
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
  if (expression === undefined) return undefined;
  const typed = calls[0]!.name.text;
  const declaration = context.compiler.findFetch(named.call.name.text);
  const name = calls.length === 1 ? typed : (declaration?.name ?? typed);
  const known =
    calls.length === 1 ? declaration?.knownValues?.(named.call.args, context.compiler) : undefined;
  return { expression, name, known, method: named.method };
}

/** Takes the match off a name such as `path_beg`, unless a fetch has the whole name. */
function withoutSuffix(
  call: Call,
  { compiler }: CompileContext,
): { call: Call; method: string | undefined } {
  const { text } = call.name;
  if (compiler.findFetch(text) !== undefined) return { call, method: undefined };
  for (const suffix of MATCH_SUFFIXES) {
    if (!text.endsWith(`_${suffix}`)) continue;
    const base = text.slice(0, -suffix.length - 1);
    if (compiler.findFetch(base)?.hasMatches !== true) continue;
    return { call: { ...call, name: { ...call.name, text: base } }, method: suffix };
  }
  return { call, method: undefined };
}

/** Fills the indexes that values are looked up in: those of the files, then that of the line. */
function fillIndexes(
  matcher: MatcherDeclaration,
  words: AclWords,
  context: CompileContext,
): readonly PatternIndex[] | undefined {
  const { compiler, diagnostics } = context;
  const { flags } = words;
  const { reportOverwork } = compiler;
  const indexes: PatternIndex[] = [];
  let isWhole = true;
  for (const file of flags.files) {
    const { name, ignoresCase, looksNothingUp, isMap } = file;
    const options = { ignoresCase, looksNothingUp, reportOverwork };
    const used = usePatternFile(name, { isMap, matcher, options, output: null }, context);
    if (used === undefined) isWhole = false;
    else indexes.push(used.use.index);
  }
  const inline = inlineReference(words, context);
  const use = inline?.use(matcher, { ...flags, reportOverwork }, null);
  if (inline === undefined || use === undefined || !("index" in use)) return undefined;
  for (const [word, pattern] of patternsOf(words)) {
    const error = inline.add(pattern);
    if (error === undefined) continue;
    diagnostics.error(word, `${error.message}.`);
    isWhole = false;
  }
  indexes.push(use.index);
  return isWhole ? indexes : undefined;
}

/** The patterns with the operators in front of them, which turn integers into ranges. */
function* patternsOf({ method, patterns }: AclWords): Iterable<readonly [Word, string]> {
  const hasOperators = method === "int" || method === "len";
  let operator = "";
  for (const word of patterns) {
    if (hasOperators && OPERATORS.has(word.text)) operator = word.text;
    else if (operator === "" || operator === "eq") yield [word, word.text];
    else yield [word, rangeText(`${operator} ${word.text}`)];
  }
}

/** Writes `gt 5` as the range `6:`; what is no such pattern stays, for whoever reads it to refuse. */
function rangeText(pattern: string): string {
  const range: IntegerRange | { message: string } = parseIntegerRange(pattern);
  if ("message" in range || pattern.includes(".")) return pattern;
  return pattern.startsWith("g") ? `${range.least}:` : `:${range.greatest}`;
}
