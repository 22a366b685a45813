import type { LineRule } from "./line-rules-part.ts";

/** What a rule's expression on lines says of a message, as conditions say it. */
export interface LineMatch {
  /** The field whose lines it means; null where it means others. */
  readonly name: string | null;
  /** What the field's value has to match; "" where any will do. */
  readonly valuePattern: string;
  /** Terms of a condition; none where any message matches. */
  readonly terms: readonly string[];
}

/** `^Name:` and whatever blanks may follow. */
const FIELD = /^\^([\w-]+):(?:\[[ \t\\]*t?\][*+]|\\s[*+]| [*+?]?)?(.*)$/s;
/** `^METHOD `, a group of some, or anything that is none of a field's name. */
const REQUEST_LINE = /^\^\(?(?:([A-Z]+)|[A-Z|]+|\[\^[^\]]*\][*+]|\\S[*+])\)? (.*)$/s;
const STATUS_LINE = /^\^HTTP\/(?:1\\?\.(?:[01.]|\[01\])|\S+) (.*)$/s;

/** Says what a rule's expression looks for. */
export function matchOf(rule: LineRule, ruleSet: "http-request" | "http-response"): LineMatch {
  const { text } = rule.search!;
  const side = ruleSet === "http-request" ? "req" : "res";
  const flag = rule.ignoresCase ? "-m reg -i" : "-m reg";
  if (text === "." || text === ".*" || text === "^" || text === "^.*") {
    return { name: null, valuePattern: "", terms: [] };
  }
  const field = FIELD.exec(text);
  if (field !== null) {
    const name = field[1]!;
    const valuePattern = valuePatternOf(field[2]!);
    const test =
      valuePattern === "" ? "-m found" : `${flag} ${writtenWord({ text: valuePattern })}`;
    return { name, valuePattern, terms: [`{ ${side}.fhdr(${name}) ${test} }`] };
  }
  const other = side === "req" ? requestLine(text, flag) : statusLine(text, flag);
  const lines = `{ ${side}.hdrs ${flag} ${writtenWord({ text: `(?m)${text}` })} }`;
  return { name: null, valuePattern: "", terms: other ?? [lines] };
}

/** A value's expression begins where the value does, unless anything may stand in front. */
function valuePatternOf(pattern: string): string {
  if (pattern === "" || pattern === ".*" || pattern === ".*$") return "";
  return pattern.startsWith(".*") ? pattern.slice(2) : `^${pattern}`;
}

function requestLine(text: string, flag: string): string[] | null {
  const found = REQUEST_LINE.exec(text);
  if (found === null) return null;
  const terms = found[1] === undefined ? [] : [`{ method ${found[1]} }`];
  // The version is not of the target.
  const target = found[2]!.replace(/ HTTP\/.*$/s, "$");
  const isAny = target === "" || target === ".*" || target === ".*$";
  if (!isAny) terms.push(`{ url ${flag} ${writtenWord({ text: valuePatternOf(target) })} }`);
  return terms.length === 0 ? null : terms;
}

function statusLine(text: string, flag: string): string[] | null {
  const found = STATUS_LINE.exec(text);
  return found === null ? null : [`{ status ${flag} ${writtenWord({ text: `^${found[1]}` })} }`];
}

/** Writes a word so that it is read as one again. */
export function writtenWord({ text }: { readonly text: string }): string {
  if (text !== "" && !/[\s"'#\\$]/.test(text)) return text;
  return text.includes("'") ? `"${text.replace(/["\\$]/g, "\\$&")}"` : `'${text}'`;
}
