import { ENABLED_OPTIONS, FEATURES, REFERENCE_VERSION, TLS_LIBRARY } from "./capabilities.ts";
import type { Environment } from "./environment.ts";
import { compareVersions } from "./version.ts";

/** What the predicates of conditions ask about. */
export interface ConditionFacts {
  readonly environment: Environment;
}

/** A predicate of a condition. */
export interface Predicate {
  /** It takes this many arguments; a single one may be left out and is then empty. */
  readonly argumentCount: number;
  holds(words: readonly string[], facts: ConditionFacts): boolean;
}

/** The predicates by name (manual section 2.4). */
export const PREDICATES: ReadonlyMap<string, Predicate> = new Map<string, Predicate>([
  ["defined", one((name, facts) => facts.environment.has(name))],
  ["feature", one((name) => FEATURES.has(name))],
  ["enabled", one((name) => ENABLED_OPTIONS.has(name))],
  ["streq", two((left, right) => left === right)],
  ["strneq", two((left, right) => left !== right)],
  ["strstr", two((text, part) => text.includes(part))],
  ["version_atleast", one((version) => compareVersions(REFERENCE_VERSION, version) >= 0)],
  ["version_before", one((version) => compareVersions(REFERENCE_VERSION, version) < 0)],
  ["openssl_version_atleast", one((version) => hasTls((order) => order >= 0, version))],
  ["openssl_version_before", one((version) => hasTls((order) => order < 0, version))],
  ["ssllib_name_startswith", one((name) => TLS_LIBRARY?.name.startsWith(name) ?? false)],
]);

function one(holds: (word: string, facts: ConditionFacts) => boolean): Predicate {
  return { argumentCount: 1, holds: (words, facts) => holds(words[0] ?? "", facts) };
}

function two(holds: (left: string, right: string) => boolean): Predicate {
  return { argumentCount: 2, holds: (words) => holds(words[0] ?? "", words[1] ?? "") };
}

function hasTls(judge: (order: number) => boolean, version: string): boolean {
  return TLS_LIBRARY !== undefined && judge(compareVersions(TLS_LIBRARY.version, version));
}
