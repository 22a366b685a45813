import { type Args, REFUSED, type Values } from "../config/arg.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { nearestWord } from "../config/nearest-word.ts";
import { partOfWord, type Word } from "../config/word.ts";
import { WordReader } from "../config/word-reader.ts";
import type { Algorithm } from "./algorithm.ts";
import type { BalanceDraft } from "./balance-part.ts";

/** The algorithm of a section, with the values of its arguments. */
export interface AlgorithmChoice {
  readonly algorithm: Algorithm;
  readonly values: Values<Args>;
}

/** What a section without a `balance` line gets, as the reference does. */
const ALGORITHM_DEFAULT = "roundrobin";

/** Those of the reference, so that what is missing can be told from what never was. */
const REFERENCE_ALGORITHMS = [
  "first",
  "hash",
  "hdr",
  "leastconn",
  "random",
  "rdp-cookie",
  "roundrobin",
  "source",
  "static-rr",
  "uri",
  "url_param",
] as const;

/**
 * Finds the algorithm that a section names, and reads its arguments: those in parentheses, as in
 * `hdr(host)`, then the words behind. Reports what is wrong and falls back to the default.
 */
export function compileAlgorithm(
  draft: BalanceDraft,
  algorithms: readonly Algorithm[],
  diagnostics: Diagnostics,
): AlgorithmChoice {
  const fallback = algorithms.find(({ name }) => name === ALGORITHM_DEFAULT)!;
  const at = draft.algorithm;
  if (at === null) return { algorithm: fallback, values: [] };
  const { name, parameters } = splitCall(at);
  const algorithm = algorithms.find((candidate) => candidate.name === name);
  if (algorithm === undefined) {
    reportUnknown(at, name, algorithms, diagnostics);
    return { algorithm: fallback, values: [] };
  }
  const words = [...parameters, ...draft.parameters];
  const reader = new WordReader(words, 0, at, `balance ${name}`);
  const values = algorithm.args.map((arg) => arg.read(reader, diagnostics));
  const extra = reader.peek();
  if (extra !== undefined) {
    diagnostics.error(
      extra,
      `'balance ${name}' cannot handle unexpected argument '${extra.text}'.`,
    );
  }
  if (values.includes(REFUSED)) return { algorithm: fallback, values: [] };
  return { algorithm, values };
}

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
  if ((REFERENCE_ALGORITHMS as readonly string[]).includes(name)) {
    diagnostics.error(at, `'balance ${name}' is known but not built yet.`, `use one of ${list}`);
    return;
  }
  const near = nearestWord(name, built);
  diagnostics.error(
    at,
    `balance only supports ${list}, but got '${name}'.`,
    near === undefined ? undefined : `did you mean "balance ${near}"?`,
  );
}
