import type { Word } from "../config/word.ts";
import type { AclTest } from "./acl.ts";
import type { Condition } from "./condition.ts";
import type {
  CompileContext,
  Convert,
  ConverterDeclaration,
  Fetch,
  FetchDeclaration,
} from "./declare.ts";
import type { Call } from "./expression-words.ts";
import type { Format } from "./format.ts";
import type { Rule } from "./rule-list.ts";

/**
 * Looks on while rules and expressions run. It is asked once for each part of the configuration, when
 * that is compiled, and gives what runs in its place: the same thing, with eyes around it. A
 * configuration that is compiled without an observer holds nothing of it.
 */
export interface PolicyObserver {
  fetch(fetch: Fetch, call: Call, declaration: FetchDeclaration): Fetch;
  converter(convert: Convert, call: Call, declaration: ConverterDeclaration): Convert;
  /** @param words - The criterion, its flags and patterns. */
  aclTest(test: AclTest, words: readonly Word[]): AclTest;
  /** @param words - `if` or `unless`, and the terms. */
  condition(condition: Condition, words: readonly Word[], context: CompileContext): Condition;
  rule(rule: Rule, ruleSet: string, context: CompileContext): Rule;
  format(format: Format, word: Word): Format;
}
