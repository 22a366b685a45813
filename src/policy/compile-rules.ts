import { type Args, readValues } from "../config/arg.ts";
import { allowsExperimental, EXPERIMENTAL } from "../config/experimental-part.ts";
import { isOfReference, reportMissing } from "../config/missing-words.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import { WordReader } from "../config/word-reader.ts";
import type { ActionDeclaration, RuleSetName } from "./action.ts";
import { type AclScope, compileCondition } from "./compile-condition.ts";
import type { CompileContext } from "./declare.ts";
import { readArgs } from "./expression.ts";
import { type Call, splitExpression } from "./expression-words.ts";
import { type JudgedRule, warnOfHiddenRules } from "./hidden-rules.ts";
import { REFERENCE_ACTIONS } from "./reference-names.ts";
import { type Rule, RuleList } from "./rule-list.ts";
import type { RuleLine } from "./rules-part.ts";

/** Compiles the rules of one rule set of a section; what is wrong goes to the diagnostics. */
export function compileRules(
  ruleSet: RuleSetName,
  lines: readonly RuleLine[],
  acls: AclScope,
  context: CompileContext,
): RuleList {
  const rules: Rule[] = [];
  const judged: JudgedRule[] = [];
  for (const line of lines) {
    const rule = compileRule(ruleSet, line, acls, { ...context, at: line.at });
    if (rule === undefined) continue;
    rules.push(rule);
    const { condition } = splitCondition(line.words);
    judged.push({ at: line.at, isFinal: rule.isFinal, condition });
  }
  warnOfHiddenRules(ruleSet, judged, context.diagnostics);
  return new RuleList(rules);
}

function compileRule(
  ruleSet: RuleSetName,
  line: RuleLine,
  acls: AclScope,
  context: CompileContext,
): Rule | undefined {
  const found = findAction(ruleSet, line, context);
  if (found === undefined) return undefined;
  const { action, call } = found;
  const label = `${ruleSet} ${action.name}`;
  const parameters = readArgs(call, action.parameters ?? [], `'${label}'`, context);
  const { own, condition: conditionWords } = splitCondition(line.words.slice(1));
  const values = readWords(own, action.args, label, call.name, context);
  const condition = compileCondition(conditionWords, acls, context);
  if (parameters === undefined || values === undefined || condition === undefined) return undefined;
  const act = action.compile(values as never, { ...context, at: call.name }, parameters as never);
  if (act === undefined) return undefined;
  const { waits = false } = action;
  const isFinal = action.isFinalWith?.(values as never) ?? action.isFinal;
  const rule = { act, condition, isFinal, waits, at: line.at };
  const { observer } = context.compiler;
  return observer === null ? rule : observer.rule(rule, ruleSet, context);
}

function findAction(
  ruleSet: RuleSetName,
  line: RuleLine,
  { compiler, diagnostics }: CompileContext,
): { action: ActionDeclaration; call: Call } | undefined {
  const actions = compiler.actionsOf(ruleSet);
  const names = actions.map(({ name }) => name);
  const first = line.words[0];
  if (first === undefined) {
    diagnostics.error(line.at, `'${ruleSet}' expects an action: ${names.join(", ")}.`);
    return undefined;
  }
  const calls = splitExpression(first);
  if ("message" in calls) {
    diagnostics.error(calls.at, calls.message);
    return undefined;
  }
  const call = calls[0]!;
  const action = actions.find(({ name }) => name === call.name.text);
  if (action?.isExperimental === true) {
    const { at } = compiler.parts.get(EXPERIMENTAL);
    if (!allowsExperimental(at, call.name, `'${action.name}' action`, diagnostics))
      return undefined;
  }
  if (action !== undefined) return { action, call };
  const typed = call.name.text;
  if (isOfReference(REFERENCE_ACTIONS[ruleSet] ?? "", typed) || typed.startsWith("lua.")) {
    reportMissing(call.name, `'${ruleSet} ${typed}'`, typed, diagnostics);
    return undefined;
  }
  const near = nearestWord(typed, names);
  diagnostics.error(
    call.name,
    `'${ruleSet}' expects ${names.map((name) => `'${name}'`).join(", ")}, but got '${typed}'.`,
    near === undefined ? undefined : `did you mean "${ruleSet} ${near}"?`,
  );
  return undefined;
}

/** Cuts a rule's words where its condition begins. */
export function splitCondition(words: readonly Word[]): {
  own: readonly Word[];
  condition: readonly Word[];
} {
  const at = words.findIndex(({ text }) => text === "if" || text === "unless");
  return at === -1
    ? { own: words, condition: [] }
    : { own: words.slice(0, at), condition: words.slice(at) };
}

function readWords(
  words: readonly Word[],
  args: Args,
  label: string,
  at: Word,
  { diagnostics }: CompileContext,
): unknown[] | undefined {
  const reader = new WordReader(words, 0, at, label);
  const values = readValues(args, reader, diagnostics);
  if (values === undefined) return undefined;
  const extra = reader.peek();
  if (extra === undefined) return values;
  const usage = [label, ...args.map(({ syntax }) => syntax)].join(" ");
  diagnostics.error(
    extra,
    `'${label}' expects 'if' or 'unless' followed by a condition but found '${extra.text}'.`,
    `write it as: ${usage} [ { if | unless } <condition> ]`,
  );
  return undefined;
}
