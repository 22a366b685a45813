import type { Word } from "../../config/word.ts";
import type { LineRule } from "./line-rules-part.ts";
import { type LineMatch, matchOf, writtenWord } from "./todays-match.ts";

/** What replaces a search without groups of its own in front: `^([^ ]*) /path`, then `\1 `. */
const METHOD_GROUP = /^\^\((?:\[[^\]]*\][*+]|\\S[*+]|\.\*|[A-Z|]+)\) (?=\S)/;
const STATUS_LINE = /^HTTP\/\S+ (\d{3})(?: (.*))?$/;

/**
 * Writes a rule on lines as it is written today. Expressions on whole lines can say more than rules on
 * fields, so that some results only come near: they are hints for a person.
 *
 * @param ruleSet - `http-request` or `http-response`.
 */
export function todaysRule(rule: LineRule, ruleSet: "http-request" | "http-response"): string {
  const condition = rule.condition.map(writtenWord).join(" ");
  const plain = (words: string) =>
    [ruleSet, words, condition].filter((part) => part !== "").join(" ");
  if (rule.action === "add") return plain(addition(rule.text!));
  const match = matchOf(rule, ruleSet);
  switch (rule.action) {
    case "del":
      return deletion(rule, match, ruleSet, plain);
    case "rep":
      return rewriting(rule, match, ruleSet, plain);
    case "setbe":
      return `use_backend ${rule.text!.text} ${conditional(match, rule)}`.trimEnd();
    case "allow":
    case "pass":
      return `${ruleSet} allow ${conditional(match, rule)}`.trimEnd();
    default:
      return `${ruleSet} ${rule.action} ${conditional(match, rule)}`.trimEnd();
  }
}

function addition({ text }: Word): string {
  const [name, value] = splitLine(text);
  return `add-header ${name} ${quoted(percentsKept(value))}`;
}

function deletion(
  rule: LineRule,
  match: LineMatch,
  ruleSet: string,
  plain: (words: string) => string,
): string {
  const { name, valuePattern } = match;
  if (name !== null && valuePattern === "") return plain(`del-header ${name}`);
  if (name !== null) return `${ruleSet} del-header ${name} ${conditional(match, rule)}`;
  const { text } = rule.search!;
  const prefix = /^\^([\w-]+)$/.exec(text);
  if (prefix !== null) return plain(`del-header ${prefix[1]} -m beg`);
  const colon = text.indexOf(":");
  const pattern = colon === -1 ? text : `${text.slice(0, colon)}$`;
  return plain(`del-header ${quoted(`(?i)${pattern}`)} -m reg`);
}

function rewriting(
  rule: LineRule,
  match: LineMatch,
  ruleSet: string,
  plain: (words: string) => string,
): string {
  const text = rule.text!.text;
  const flag = rule.ignoresCase ? "(?i)" : "";
  if (match.name === null) return startLine(rule, flag, ruleSet, plain);
  const [name, value] = splitLine(text);
  const pattern = match.valuePattern === "" ? ".*" : match.valuePattern;
  if (name.toLowerCase() === match.name.toLowerCase()) {
    const made = quoted(percentsKept(value));
    return plain(`replace-header ${name} ${quoted(flag + pattern)} ${made}`);
  }
  const made = quoted(renamed(match.name, value, flag, pattern));
  return `${ruleSet} set-header ${name} ${made} ${conditional(match, rule)}`;
}

/** What a field of another name gets: the groups of the expression are those of the old one's value. */
function renamed(name: string, value: string, flag: string, pattern: string): string {
  if (!/\\\d/.test(value)) return percentsKept(value);
  if (value === "\\1" && /^\^?\(\.\*\)\$?$/.test(pattern)) return `%[req.fhdr(${name})]`;
  const start = pattern.startsWith("^") ? pattern : `^.*${pattern}`;
  const whole = start.endsWith("$") ? start : `${start}.*$`;
  return `%[req.fhdr(${name}),regsub('${flag}${whole}','${value}')]`;
}

/** The request line without its method is path and query; the status line's code can be set. */
function startLine(
  rule: LineRule,
  flag: string,
  ruleSet: string,
  plain: (words: string) => string,
): string {
  const search = rule.search!.text;
  const text = rule.text!.text;
  if (ruleSet === "http-response") {
    const status = STATUS_LINE.exec(text);
    const wanted = /\b([1-5]\d{2})\b/.exec(search);
    if (status === null || wanted === null) return plain("replace-header <name> <match> <replace>");
    const reason = status[2] === undefined ? "" : ` reason ${quoted(status[2])}`;
    return `${ruleSet} set-status ${status[1]}${reason} if { status ${wanted[1]} }`;
  }
  const method = METHOD_GROUP.exec(search);
  const target = search.slice(method?.[0].length ?? 0);
  if (method === null || !text.startsWith("\\1 ") || /HTTP\//.test(target + text)) {
    return plain("replace-uri <match-regex> <replace-fmt>");
  }
  const renumbered = text
    .slice(3)
    .replace(/\\([2-9])/g, (_all, digit: string) => `\\${Number(digit) - 1}`);
  // What ends in all that follows ends with the target; else the rest of the line went as well.
  const made = quoted(percentsKept(renumbered));
  return plain(`replace-pathq ${quoted(`${flag}^${target}`)} ${made}`);
}

/** Adds what the line has to match to the rule's own condition. */
function conditional(match: LineMatch, rule: LineRule): string {
  const groups = groupsOf(rule.condition);
  const [keyword] = rule.condition;
  const wanted = keyword?.text === "unless" ? negated(groups) : groups;
  const all = wanted.map((terms) => [...match.terms, ...terms].join(" ")).filter((g) => g !== "");
  return all.length === 0 ? "" : `if ${all.join(" or ")}`;
}

/** A condition's terms, in groups of which one is enough. */
function groupsOf(condition: readonly Word[]): string[][] {
  const groups: string[][] = [[]];
  let open: string[] | null = null;
  for (const word of condition.slice(1)) {
    const { text } = word;
    if (open !== null) {
      open.push(text === "}" ? text : writtenWord(word));
      if (text === "}") {
        groups.at(-1)!.push(open.join(" "));
        open = null;
      }
    } else if (text === "or" || text === "||") groups.push([]);
    else if (text.endsWith("{")) open = [text];
    else groups.at(-1)!.push(text);
  }
  return groups;
}

/** "Not (a b or c)" is "!a !c or !b !c". */
function negated(groups: readonly string[][]): string[][] {
  let result: string[][] = [[]];
  for (const group of groups) {
    result = result.flatMap((terms) => group.map((term) => [...terms, opposite(term)]));
  }
  return result;
}

function opposite(term: string): string {
  return term.startsWith("!") ? term.slice(1).trimStart() : `!${term}`;
}

function splitLine(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  return colon === -1 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function percentsKept(text: string): string {
  return text.replaceAll("%", "%%");
}

function quoted(text: string): string {
  return writtenWord({ text });
}
