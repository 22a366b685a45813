import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import { Acl, type AclTest } from "./acl.ts";
import type { AclLine } from "./acl-part.ts";
import { compileAclTest } from "./compile-acl.ts";
import { Condition, type ConditionTerm } from "./condition.ts";
import type { CompileContext } from "./declare.ts";
import { PREDEFINED_ACLS } from "./predefined-acls.ts";
import { canReadAt, type Place, readsText } from "./reads.ts";

/** What ACL lines are compiled with: whatever they read may be had at the places that use them. */
const ANYWHERE: Place = { name: "acl", has: -1 };

/** The ACLs that one section can name. Each is compiled once, when first used or at the end. */
export class AclScope {
  readonly #lines = new Map<string, AclLine[]>();
  readonly #compiled = new Map<string, Acl | undefined>();
  readonly #context: CompileContext;

  /** @param context - Of the section; the place in it does not matter. */
  constructor(lines: readonly AclLine[], context: CompileContext) {
    for (const line of lines) {
      const same = this.#lines.get(line.name.text);
      if (same === undefined) this.#lines.set(line.name.text, [line]);
      else same.push(line);
    }
    this.#context = { ...context, place: ANYWHERE, iterates: true };
  }

  /** Compiles what no condition has asked for, so that its errors are told as well. */
  compileAll(): void {
    for (const [name, lines] of this.#lines) this.#find(name, lines[0]!.name);
  }

  /** Finds an ACL by name; reports an unknown one and gives undefined. */
  find(word: Word): Acl | undefined {
    const name = word.text;
    if (this.#lines.has(name) || PREDEFINED_ACLS.has(name)) return this.#find(name, word);
    const near = nearestWord(name, [...this.#lines.keys(), ...PREDEFINED_ACLS.keys()]);
    this.#context.diagnostics.error(
      word,
      `no such ACL : '${name}'.`,
      near === undefined
        ? `declare it before, as in: acl ${name} path_beg /`
        : `did you mean "${near}"?`,
    );
    return undefined;
  }

  #find(name: string, at: Word): Acl | undefined {
    if (this.#compiled.has(name)) return this.#compiled.get(name);
    const acl = this.#compile(name, at);
    this.#compiled.set(name, acl);
    return acl;
  }

  #compile(name: string, user: Word): Acl | undefined {
    const lines = this.#lines.get(name);
    const tests: AclTest[] = [];
    let isWhole = true;
    // A section's own ACL hides the predefined one of its name.
    for (const words of lines?.map((line) => line.words) ?? [predefinedWords(name, user)]) {
      const at = lines?.[0]?.name ?? words[0]!;
      const test = compileAclTest(words, { ...this.#context, at }, `ACL '${name}'`);
      if (test === undefined) isWhole = false;
      else tests.push(test);
    }
    return isWhole ? new Acl(name, tests) : undefined;
  }
}

/** Whoever uses a predefined ACL first has written it. */
function predefinedWords(name: string, user: Word): Word[] {
  const line = PREDEFINED_ACLS.get(name)!;
  return line.split(" ").map((text) => ({ ...user, text }));
}

/**
 * Compiles the condition behind a rule, `if` or `unless` and its terms; all words must belong to it.
 *
 * @returns Null where there is no condition, undefined after an error was reported.
 *
 * Source: HAProxy configuration manual, section 7.2.
 */
export function compileCondition(
  words: readonly Word[],
  acls: AclScope,
  context: CompileContext,
): Condition | null | undefined {
  const keyword = words[0];
  if (keyword === undefined) return null;
  const { diagnostics } = context;
  if (keyword.text !== "if" && keyword.text !== "unless") {
    diagnostics.error(
      keyword,
      `expects 'if' or 'unless' followed by a condition but found '${keyword.text}'.`,
      "write it as: if NAME, or: if { CRITERION VALUE }",
    );
    return undefined;
  }
  const groups = readGroups(words.slice(1), acls, { ...context, at: keyword });
  if (groups === undefined) return undefined;
  if (groups.every((group) => group.length === 0)) {
    diagnostics.error(keyword, `missing condition behind '${keyword.text}'.`);
    return undefined;
  }
  for (const group of groups) {
    for (const { acl } of group) warnOfPlace(acl, keyword, context);
    warnOfContradiction(group, keyword, context);
  }
  const condition = new Condition(groups, keyword.text === "unless");
  const { observer } = context.compiler;
  return observer === null ? condition : observer.condition(condition, words, context);
}

function warnOfPlace(acl: Acl, at: Word, { place, diagnostics }: CompileContext): void {
  if (acl.tests.some(({ expression }) => canReadAt(expression.reads, place))) return;
  diagnostics.warn(
    at,
    `acl '${acl.name}' will never match because it only involves keywords that are incompatible with '${place.name}': it needs ${readsText(acl.reads)}.`,
  );
}

/** An ACL and its opposite never hold together. */
function warnOfContradiction(
  group: readonly ConditionTerm[],
  at: Word,
  { diagnostics }: CompileContext,
): void {
  for (const { acl, isNegated } of group) {
    if (isNegated || !group.some((other) => other.acl === acl && other.isNegated)) continue;
    diagnostics.warn(
      at,
      `'${acl.name}' and '!${acl.name}' never hold together: what they stand for is never met.`,
      "write 'or' between what is an alternative",
    );
    return;
  }
}

function readGroups(
  words: readonly Word[],
  acls: AclScope,
  context: CompileContext,
): ConditionTerm[][] | undefined {
  const groups: ConditionTerm[][] = [[]];
  let isWhole = true;
  for (let at = 0; at < words.length; ) {
    if (words[at]!.text === "or" || words[at]!.text === "||") {
      groups.push([]);
      at++;
      continue;
    }
    const { term, end } = readTerm(words, at, acls, context);
    if (term === undefined) isWhole = false;
    else groups.at(-1)!.push(term);
    at = end;
  }
  return isWhole ? groups : undefined;
}

/** Reads one ACL with the exclamation marks in front of it, which may be words of their own. */
function readTerm(
  words: readonly Word[],
  start: number,
  acls: AclScope,
  context: CompileContext,
): { term: ConditionTerm | undefined; end: number } {
  let isNegated = false;
  let at = start;
  while (words[at]?.text === "!") {
    isNegated = !isNegated;
    at++;
  }
  const word = words[at];
  if (word === undefined) {
    context.diagnostics.error(words[start], "missing an ACL behind '!'.");
    return { term: undefined, end: at };
  }
  const bare = word.text.replace(/^!+/, "");
  if ((word.text.length - bare.length) % 2 === 1) isNegated = !isNegated;
  if (bare !== "{") {
    const acl = acls.find({ ...word, text: bare });
    return { term: acl && { acl, isNegated }, end: at + 1 };
  }
  const { acl, end } = readAnonymous(words, at, context);
  return { term: acl && { acl, isNegated }, end: end + 1 };
}

/** Reads `{ CRITERION ... }` from its opening brace on. */
function readAnonymous(
  words: readonly Word[],
  start: number,
  context: CompileContext,
): { acl: Acl | undefined; end: number } {
  const end = words.findIndex((word, index) => index > start && word.text === "}");
  if (end === -1) {
    context.diagnostics.error(words[start], "missing closing '}' of an anonymous ACL.");
    return { acl: undefined, end: words.length };
  }
  const inner = words.slice(start + 1, end);
  const at = inner[0] ?? words[start]!;
  const test = compileAclTest(
    inner,
    { ...context, at, place: ANYWHERE, iterates: true },
    "anonymous ACL",
  );
  return { acl: test === undefined ? undefined : new Acl("<anonymous>", [test]), end };
}
