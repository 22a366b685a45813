import { type Args, REFUSED, type Values } from "../config/arg.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { nearestWord } from "../config/nearest-word.ts";
import { partOfWord, type Word } from "../config/word.ts";
import { WordReader } from "../config/word-reader.ts";
import { type Algorithm, AlgorithmKind } from "./algorithm.ts";
import { BALANCE, type BalanceDraft } from "./balance-part.ts";
import { HashMethod } from "./hash-type.ts";

/** The algorithm of a section, with the values of its arguments. */
export interface AlgorithmChoice {
  readonly algorithm: Algorithm;
  readonly values: Values<Args>;
}

/** What a section without a `balance` line gets, as the reference does. */
const ALGORITHM_DEFAULT = "roundrobin";

/**
 * Finds the algorithm that a section names, and reads its arguments: those in parentheses, as in
 * `hdr(host)`, then the words behind. Reports what is wrong and falls back to the default.
 */
export function compileAlgorithm(
  draft: SectionDraft,
  algorithms: readonly Algorithm[],
  isHttp: boolean,
  diagnostics: Diagnostics,
): AlgorithmChoice {
  const fallback = algorithms.find(({ name }) => name === ALGORITHM_DEFAULT)!;
  const part = draft.part(BALANCE);
  const choice = readChoice(part, algorithms, fallback, diagnostics);
  warnOfNoEffect(draft, part, choice.algorithm, isHttp, diagnostics);
  const isPossible = isHttp || !choice.algorithm.needsHttp;
  return isPossible ? choice : { algorithm: fallback, values: [] };
}

function readChoice(
  draft: BalanceDraft,
  algorithms: readonly Algorithm[],
  fallback: Algorithm,
  diagnostics: Diagnostics,
): AlgorithmChoice {
  const at = draft.algorithm;
  if (at === null) return { algorithm: fallback, values: [] };
  const { name, parameters } = splitCall(at);
  const algorithm = algorithms.find((candidate) => candidate.name === name);
  if (algorithm === undefined) {
    reportUnknown(at, name, algorithms, diagnostics);
    return { algorithm: fallback, values: [] };
  }
  const { args, parameterCount } = algorithm;
  const inside = args.slice(0, parameterCount);
  const behind = args.slice(parameterCount);
  const before = diagnostics.errorCount;
  const values = readAll(inside, parameters, at, algorithm, diagnostics);
  // What is wrong inside of the parentheses makes the rest a riddle.
  if (diagnostics.errorCount > before) return { algorithm: fallback, values: [] };
  values.push(...readAll(behind, draft.parameters, at, algorithm, diagnostics));
  if (values.includes(REFUSED)) return { algorithm: fallback, values: [] };
  return { algorithm, values };
}

function warnOfNoEffect(
  { name: sectionName, used }: SectionDraft,
  { algorithm: at, balanceFactor, hashMethod }: BalanceDraft,
  { name, kind, needsHttp }: Algorithm,
  isHttp: boolean,
  diagnostics: Diagnostics,
): void {
  const section = sectionName.text;
  if (needsHttp && !isHttp) {
    diagnostics.warn(
      at ?? undefined,
      `Layer 7 hash not possible for backend '${section}' (needs 'mode http'). Falling back to round robin.`,
    );
  }
  if (name === "rdp-cookie" && isHttp) {
    const message = `'balance rdp-cookie' finds no cookie in backend '${section}' (needs 'mode tcp'). Taking turns instead.`;
    diagnostics.warn(at ?? undefined, message);
  }
  const isRing = kind === AlgorithmKind.HASH && hashMethod === HashMethod.CONSISTENT;
  const factorAt = used.get("hash-balance-factor");
  // What defaults say is meant for those sections that can use it.
  const isOwn = factorAt?.source === sectionName.source && factorAt.line > sectionName.line;
  if (balanceFactor > 0 && name !== "random" && !isRing && isOwn) {
    diagnostics.warn(
      factorAt,
      `'hash-balance-factor' has no effect on 'balance ${name}' in backend '${section}'.`,
      'It needs "hash-type consistent" and an algorithm that hashes, or "balance random"',
    );
  }
}

function readAll(
  args: Args,
  words: readonly Word[],
  at: Word,
  { name, usage }: Algorithm,
  diagnostics: Diagnostics,
): unknown[] {
  const reader = new WordReader(words, 0, at, `balance ${name}`);
  const values = args.map((arg) => arg.read(reader, diagnostics));
  const extra = reader.peek();
  if (extra !== undefined && !values.includes(REFUSED)) {
    diagnostics.error(
      extra,
      `'balance ${name}' cannot handle unexpected argument '${extra.text}'.`,
      `write it as: balance ${usage}`,
    );
  }
  return values;
}

/** A word such as `hdr(host)` in its parts; what has no closing parenthesis is a name of its own. */
function splitCall(at: Word): { name: string; parameters: Word[] } {
  const match = /^([^()]*)\((.*)\)$/s.exec(at.text);
  if (match === null) return { name: at.text, parameters: [] };
  const name = match[1]!;
  const parameters: Word[] = [];
  let start = name.length + 1;
  for (const text of match[2]!.split(",")) {
    parameters.push(partOfWord(at, start, start + text.length));
    start += text.length + 1;
  }
  return { name, parameters };
}

function reportUnknown(
  at: Word,
  name: string,
  algorithms: readonly Algorithm[],
  diagnostics: Diagnostics,
): void {
  const built = algorithms.map((algorithm) => algorithm.name).sort();
  const list = built.map((word) => `'${word}'`).join(", ");
  if (/\([^)]*$/.test(at.text)) {
    diagnostics.error(at, `balance : missing closing parenthesis in '${at.text}'.`);
    return;
  }
  const near = nearestWord(name, built);
  diagnostics.error(
    at,
    `balance only supports ${list}, but got '${name}'.`,
    near === undefined ? undefined : `did you mean "balance ${near}"?`,
  );
}
