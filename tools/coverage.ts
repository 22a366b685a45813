import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What this page reads of a declaration. */
interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly sections?: readonly string[];
  readonly ruleSets?: readonly string[];
}

/** Where the declarations of each kind of name are listed. */
const LISTS: readonly (readonly [kind: RegExp, file: string, list: string])[] = [
  [/^server option$/, "server-options.ts", "SERVER_OPTIONS"],
  [/^bind option$/, "bind-options.ts", "BIND_OPTIONS"],
  [/^sample fetch$/, "fetches.ts", "FETCHES"],
  [/^converter$/, "converters.ts", "CONVERTERS"],
  [/^matching method$/, "matchers.ts", "MATCHERS"],
  [/^balancing algorithm$/, "algorithms.ts", "ALGORITHMS"],
  [/ action$/, "actions.ts", "ACTIONS"],
  [/^log variable$/, "log-fields.ts", "LOG_FIELDS"],
  [/^runtime command$/, "commands.ts", "COMMANDS"],
  [/ keyword$/, "keywords.ts", "KEYWORDS"],
];
/** What is built without a declaration: lines that sections read themselves, matches without patterns, sessions and the master. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  "proxy keyword": ["bind", "server", "default-server", "server-template"],
  "matching method": ["bool", "found"],
  "runtime command": ["help", "prompt", "quit", "reload", "show proc"],
};
/** The names of HAProxy 1.9 by kind, and which of them are not built, in order. */
export interface KindCoverage {
  readonly kind: string;
  readonly names: readonly string[];
  readonly lacking: readonly string[];
}

/** Holds the declarations against the names of HAProxy 1.9. */
export async function coverage(root: string): Promise<KindCoverage[]> {
  const checklist = readFileSync(join(root, "tools/checklist.tsv"), "utf8").trimEnd().split("\n");
  const namesByKind = new Map<string, string[]>();
  for (const line of checklist.slice(1)) {
    const [kind = "", name = ""] = line.split("\t");
    namesByKind.set(kind, [...(namesByKind.get(kind) ?? []), name]);
  }
  const kinds: KindCoverage[] = [];
  for (const [kind, names] of namesByKind) {
    const built = await builtNames(root, kind);
    kinds.push({ kind, names, lacking: names.filter((name) => !isBuilt(name, built)).sort() });
  }
  return kinds;
}

/** Makes the page that tells the coverage. */
export async function coveragePage(root: string): Promise<string> {
  const rows: string[] = [];
  const missing: string[] = [];
  for (const { kind, names, lacking } of await coverage(root)) {
    rows.push(`| ${plural(kind)} | ${names.length} | ${names.length - lacking.length} |`);
    if (lacking.length > 0) missing.push(missingText(kind, lacking));
  }
  return `# Coverage

<!-- Written by tools/generate.ts from the declarations; not edited by hand. -->

How many of the names that HAProxy 1.9 knows are built, kind by kind. What is not built is refused, with
the place and a hint.

| Kind | In HAProxy 1.9 | Built |
| --- | --- | --- |
${rows.join("\n")}

${missing.join("\n")}`;
}

/** A keyword of two words may be an argument of the first. */
function isBuilt(name: string, built: ReadonlySet<string>): boolean {
  return built.has(name) || built.has(name.split(" ", 1)[0]!);
}

function missingText(kind: string, names: readonly string[]): string {
  return `## Missing: ${plural(kind)}\n\n${names.map((name) => `\`${name}\``).join(", ")}.\n`;
}

function plural(kind: string): string {
  return kind.endsWith("ch") ? `${kind}es` : `${kind}s`;
}

async function builtNames(root: string, kind: string): Promise<ReadonlySet<string>> {
  const entry = LISTS.find(([pattern]) => pattern.test(kind));
  if (entry === undefined) throw new Error(`no list for ${kind}`);
  const [, file, list] = entry;
  const path = join(root, "src/registry", file);
  const module: Readonly<Record<string, readonly Named[]>> = existsSync(path)
    ? await import(path)
    : {};
  const names = new Set<string>(OWN[kind]);
  for (const item of module[list] ?? []) {
    if (!stands(item, kind)) continue;
    for (const name of [item.name, ...(item.aliases ?? [])]) names.add(name);
  }
  return names;
}

/** Whether a declaration is of the section or the rule set that a kind names. */
function stands(item: Named, kind: string): boolean {
  const section = / keyword$/.test(kind) ? kind.slice(0, -" keyword".length) : "";
  if (section === "proxy") return item.sections?.some((name) => name !== "global") === true;
  if (section !== "") return item.sections?.includes(section) === true;
  const ruleSet = / action$/.test(kind) ? kind.slice(0, -" action".length) : "";
  return ruleSet === "" || item.ruleSets?.includes(ruleSet) === true;
}
