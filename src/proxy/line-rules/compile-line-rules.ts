import type { Word } from "../../config/word.ts";
import { FieldName } from "../../http/field-name.ts";
import { COLON, endOfToken, skipBlank, trimBlank } from "../../http/octets.ts";
import { type Act, Verdict } from "../../policy/action.ts";
import { octetsOf } from "../../policy/args.ts";
import { type AclScope, compileCondition } from "../../policy/compile-condition.ts";
import type { CompileContext } from "../../policy/declare.ts";
import { type JudgedRule, warnOfHiddenRules } from "../../policy/hidden-rules.ts";
import { Places } from "../../policy/reads.ts";
import { type Rule, RuleList } from "../../policy/rule-list.ts";
import { isSingleKnown } from "../../policy/single-fields.ts";
import { Substitution } from "../../policy/substitution.ts";
import { Pattern } from "../../sys/pcre2.ts";
import { compileLineSetbe } from "./compile-setbe.ts";
import { LineRewrite } from "./line-rewrite.ts";
import type { LineRule } from "./line-rules-part.ts";
import { LineSearch } from "./line-search.ts";
import { verdictAct } from "./line-verdicts.ts";

/** The rules on the lines of one side's messages. Lines are added behind all others. */
export interface LineRuleLists {
  readonly edits: RuleList;
  readonly additions: RuleList;
}

/** The rules on lines of one section. */
export interface CompiledLineRules {
  readonly request: LineRuleLists;
  readonly response: LineRuleLists;
}

/** Searches that any line answers. */
const MATCHES_ALL = new Set([".", ".*", "^", "^.*"]);

/** Lines that a text without references may be. */
const HEADER_LINE = /^[\w!#$%&'*+.^`|~-]+:/;
const REQUEST_LINE = /^\S+ +\S.* HTTP\/1\.[01]$/;
const STATUS_LINE = /^HTTP\/1\.[01] [2-9]\d\d(?: |$)/;

/** Compiles the rules on lines of one side; what is wrong goes to the diagnostics. */
export function compileLineRules(
  rules: readonly LineRule[],
  acls: AclScope,
  context: CompileContext,
): LineRuleLists {
  const edits: Rule[] = [];
  const additions: Rule[] = [];
  const judged: JudgedRule[] = [];
  let maySkip = context.place === Places.HTTP_REQUEST_BACKEND;
  for (const rule of rules) {
    const own = { ...context, at: rule.at };
    const condition = compileCondition(rule.condition, acls, own);
    const act = compileAct(rule, own);
    if (condition === undefined || act === undefined) continue;
    const list = rule.action === "add" ? additions : edits;
    // Whom 'reqallow' has let in, no later rule refuses, and a frontend may have one.
    if (rule.action === "allow") maySkip = true;
    if (rule.action !== "add") judged.push(judgedRule(rule, !maySkip));
    const compiled = { act, condition, isFinal: false, waits: false, at: rule.at };
    list.push(context.compiler.observer?.rule(compiled, "header line", own) ?? compiled);
  }
  const what = context.place.name === "http-response" ? "rsp*" : "req*";
  warnOfHiddenRules(what, judged, context.diagnostics);
  return { edits: new RuleList(edits), additions: new RuleList(additions) };
}

/** What it searches for is a part of its condition, unless any line will do. */
function judgedRule(rule: LineRule, mayEnd: boolean): JudgedRule {
  const { at, action, search, ignoresCase, condition } = rule;
  const isFinal = mayEnd && (action === "deny" || action === "tarpit" || action === "pass");
  const { text } = search!;
  if (MATCHES_ALL.has(text)) return { at, isFinal, condition };
  const wanted = { ...search!, text: `${ignoresCase ? "-i " : ""}${text}` };
  return { at, isFinal, condition: [wanted, ...condition] };
}

function compileAct(rule: LineRule, context: CompileContext): Act | undefined {
  if (rule.action === "add") return compileAddition(rule.text!, context);
  const search = compileSearch(rule, context);
  if (search === undefined) return undefined;
  switch (rule.action) {
    case "del":
      return deletion(search);
    case "rep":
      return compileRewrite(rule.text!, search, context);
    case "setbe":
      return compileLineSetbe(rule.text!, search, context);
    default:
      return verdictAct(rule.action, search, context.place.name === "http-response");
  }
}

function compileSearch(
  { search, ignoresCase }: LineRule,
  { compiler, diagnostics }: CompileContext,
): LineSearch | undefined {
  const { text } = search!;
  const pattern = Pattern.compile(text, { ignoresCase });
  if (pattern instanceof Pattern) {
    return new LineSearch(pattern, () => compiler.reportOverwork(text));
  }
  const place = pattern.offset < 0 ? "" : ` at its character ${pattern.offset + 1}`;
  diagnostics.error(search!, `'${text}' is no regular expression: ${pattern.message}${place}.`);
  return undefined;
}

/** The start line is no header: it stays. */
function deletion(search: LineSearch): Act {
  return (control) => {
    const head = control.response ?? control.request!;
    for (let index = 0; index < head.fieldCount; index++) {
      if (!head.isRemoved(index) && search.matchesField(head, index)) head.removeField(index);
    }
    return Verdict.NEXT;
  };
}

function compileRewrite(text: Word, search: LineSearch, context: CompileContext): Act | undefined {
  if (hasControl(text, context)) return undefined;
  const substitution = Substitution.parse(text.text);
  if (substitution === undefined) {
    const message = `'${text.text}' ends within an escape.`;
    context.diagnostics.error(text, message, "write '\\\\\\\\' for a backslash");
    return undefined;
  }
  warnOfNoLine(text, context);
  const rewrite = new LineRewrite(search, substitution);
  return (control) => rewrite.act(control);
}

/** A text that takes nothing from the line it replaces can be judged beforehand. */
function warnOfNoLine(text: Word, { at, place, diagnostics }: CompileContext): void {
  const isResponse = place.name === "http-response";
  const isLine =
    HEADER_LINE.test(text.text) || (isResponse ? STATUS_LINE : REQUEST_LINE).test(text.text);
  if (isLine || /\\[0-9]/.test(text.text)) return;
  const whose = isResponse ? "response" : "request";
  diagnostics.warn(
    at,
    `'${at.text}' makes '${text.text}', which is no line of a ${whose}: where it matches, the client gets 500.`,
    isResponse
      ? "write a whole line: 'HTTP/1.1 200 OK', or 'Name: value'"
      : "write a whole line: 'GET /path HTTP/1.1', or 'Name: value'",
  );
}

function compileAddition(text: Word, context: CompileContext): Act | undefined {
  if (hasControl(text, context)) return undefined;
  const line = octetsOf(text.text);
  const nameEnd = endOfToken(line, 0, line.length);
  if (nameEnd === 0 || line[nameEnd] !== COLON) {
    const message = `'${context.at.text}' expects a whole header line, but got '${text.text}'.`;
    context.diagnostics.error(text, message, `write it as: ${context.at.text} Name:\\ value`);
    return undefined;
  }
  const field = new FieldName(line.slice(0, nameEnd));
  const start = skipBlank(line, nameEnd + 1, line.length);
  const end = trimBlank(line, start, line.length);
  const replaces = isSingleKnown(field.known);
  return (control) => {
    const head = control.response ?? control.request!;
    if (replaces) head.removeFields(field);
    const index = head.addField(line, 0, nameEnd, line, start, end);
    return index === -1 ? control.failRewrite() : Verdict.NEXT;
  };
}

/** A line end in a line would make two of it. */
function hasControl(text: Word, { at, diagnostics }: CompileContext): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (!/[\x00-\x08\x0a-\x1f\x7f]/.test(text.text)) return false;
  diagnostics.error(
    text,
    `'${at.text}' makes one line, which cannot hold a line end or another control character.`,
    "write a rule of its own for each line",
  );
  return true;
}
