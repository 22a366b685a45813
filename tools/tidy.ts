/**
 * House rules that the linter does not know, read from the text of `src`: what runs per event must
 * not allocate, and each export says what it is. Usage: bun tools/tidy.ts
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What must not stand in the body of a function whose comment says `@hot`. */
const HOT_RULES: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  // A pool that is empty makes one: `pool.pop() ?? new Thing()`.
  { pattern: /(?<!\?\?\s*)\bnew\s/, what: "new" },
  { pattern: /=>/, what: "a closure" },
  { pattern: /\bfunction\b/, what: "a closure" },
  { pattern: /\.\.\.[\w[({]/, what: "a spread" },
  { pattern: /\b(?:try|throw|await)\b/, what: "try, throw or await" },
  { pattern: /(?:[=(,?]|=>|\breturn|&&|\|\|)\s*\{(?!\s*$)/m, what: "an object literal" },
  { pattern: /(?:[=(,?]|\breturn|&&|\|\|)\s*\[/, what: "an array literal" },
  { pattern: /\$\{/, what: "a template string with values" },
];

/** Judges one file, whose path is given below the project. */
export function violationsIn(path: string, text: string): string[] {
  return [...hotViolations(path, text), ...exportViolations(path, text)];
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function hotViolations(path: string, text: string): string[] {
  const violations: string[] = [];
  const code = blankOut(text);
  for (const comment of text.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*?@hot\b[\s\S]*?\*\//g)) {
    const body = bodyAfter(code, comment.index + comment[0].length);
    if (body === undefined) continue;
    for (const { pattern, what } of HOT_RULES) {
      const match = pattern.exec(body.text);
      if (match === null) continue;
      const line = lineAt(text, body.start + match.index);
      if (isExcepted(text, line)) continue;
      violations.push(`${path}:${line}: ${what} in the body of a @hot function`);
    }
  }
  return violations;
}

/** An exception stands on the line or above it, with its reason: `// tidy: once per handshake`. */
function isExcepted(text: string, line: number): boolean {
  const lines = text.split("\n").slice(Math.max(line - 2, 0), line);
  return lines.some((content) => /\/\/ tidy: \S/.test(content));
}

/**
 * Finds the body of the function that starts at an offset: the braces behind its parameters and its
 * type. What has no body, such as a method of an interface, gives undefined.
 */
function bodyAfter(code: string, start: number): { text: string; start: number } | undefined {
  const open = code.indexOf("(", start);
  if (open === -1 || /[;}]/.test(code.slice(start, open))) return undefined;
  const close = matching(code, open);
  const end = /[;{]/.exec(code.slice(close));
  if (end === null || end[0] === ";") return undefined;
  const brace = close + end.index;
  return { text: code.slice(brace + 1, matching(code, brace)), start: brace + 1 };
}

/** Finds the bracket that closes the one at an offset. */
function matching(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if ("([{".includes(code[at]!)) depth++;
    else if (")]}".includes(code[at]!) && --depth === 0) return at;
  }
  return code.length;
}

/** A comment, a string, a template or a regular expression. */
const OPAQUE =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[=(,:!&|]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;

/** Replaces comments and texts by blanks of the same length; a template keeps its `${`. */
function blankOut(text: string): string {
  return text.replace(OPAQUE, (part) => {
    const blank = part.replace(/[^\n]/g, " ");
    if (!part.startsWith("`") || !part.includes("${")) return blank;
    const at = part.indexOf("${");
    return `${blank.slice(0, at)}\${${blank.slice(at + 2)}`;
  });
}

const EXPORT =
  /^export (?:(?:abstract |async )?(?:const|let|function\*?|class|interface|type)) (\w+)(.*)$/gm;

function exportViolations(path: string, text: string): string[] {
  const violations: string[] = [];
  const seen = new Set<string>();
  for (const match of text.matchAll(EXPORT)) {
    const [, name, behind] = match;
    const before = text.slice(0, match.index).replace(/(?:\s*\/\/[^\n]*\n)+$/, "\n");
    // A declaration describes itself; a type with the name of its constant needs no second comment.
    const needsNone = /^(?::[^=]+)? = define[A-Z]\w*\(/.test(behind!) || seen.has(name!);
    seen.add(name!);
    // The comment above a block of constants is for all of them.
    const isInBlock =
      /^export const /.test(before.trimEnd().split("\n").at(-1)!) &&
      before.endsWith("\n") &&
      !before.endsWith("\n\n");
    if (needsNone || isInBlock || before.trimEnd().endsWith("*/")) continue;
    violations.push(`${path}:${lineAt(text, match.index)}: export ${name} has no doc comment`);
  }
  return violations;
}

/** Judges all files of `src` but those of tests. */
export function findViolations(root: string): string[] {
  const names = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.ts$/.test(name) && !/\.(?:test|contract)\.ts$/.test(name))
    .sort()
    .flatMap((name) => violationsIn(`src/${name}`, readFileSync(join(root, "src", name), "utf8")));
}

if (import.meta.main) {
  const violations = findViolations(join(import.meta.dir, ".."));
  for (const violation of violations) console.log(violation);
  process.exit(violations.length === 0 ? 0 : 1);
}
