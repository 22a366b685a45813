/**
 * Writes src/config/reference-words.ts, src/policy/reference-names.ts and
 * src/runtime/reference-commands.ts: the names of all keywords, options, fetches, converters, actions
 * and commands that the reference has, so that one that is not built here can be told from one that is
 * mistyped.
 *
 * Usage: bun tools/reference-words.ts FOLDER, where the folder holds the tables proxy-keywords.tsv,
 * global-keywords.tsv, bind-options.tsv, server-options.tsv, samples.tsv, converters.tsv, actions.tsv
 * and cli-commands.tsv.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SECTION_KINDS } from "../src/config/draft.ts";
import { RULE_SETS } from "../src/policy/action.ts";

const WIDTH = 96;
/** Sections whose keywords are read by the keyword registry; their letters in the written file. */
const LETTERS = { defaults: "d", frontend: "f", listen: "l", backend: "b" } as const;

type Row = Readonly<Record<string, string>>;

function readTable(folder: string, name: string): Row[] {
  const [head = "", ...lines] = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
  const columns = head.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""]));
  });
}

/** A name that an operator can type: no remark, no `no` form, no address form. */
function isTypable(name: string): boolean {
  return /^[a-z0-9][a-z0-9._ -]*$/i.test(name) && !name.startsWith("no ") && name !== "log global";
}

function wrapped(names: Iterable<string>): string {
  const lines = [""];
  for (const name of [...new Set(names)].sort()) {
    const line = lines.at(-1)!;
    if (line.length + name.length + 2 > WIDTH) lines.push(`${name}, `);
    else lines[lines.length - 1] = `${line}${name}, `;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

function write(folder: string): void {
  const groups = new Map<string, string[]>();
  const add = (letters: string, name: string) => {
    groups.set(letters, [...(groups.get(letters) ?? []), name]);
  };
  for (const row of readTable(folder, "proxy-keywords.tsv")) {
    const letters = Object.entries(LETTERS).map(([kind, letter]) =>
      row[kind] === "-" ? "" : letter,
    );
    if (isTypable(row.keyword!)) add(letters.join(""), row.keyword!);
  }
  const globals = readTable(folder, "global-keywords.tsv");
  for (const row of globals) {
    if (row.section === "global" && isTypable(row.keyword!)) add("g", row.keyword!);
  }
  const inGroups = [...groups].sort(([left], [right]) => (left < right ? -1 : 1));
  const built: ReadonlySet<string> = new Set(SECTION_KINDS);
  const sections = globals
    .filter((row) => row.group === "section" && row.section === row.keyword)
    .map((row) => row.keyword!)
    .filter((name) => !built.has(name));
  const options = (table: string) =>
    readTable(folder, table)
      .filter((row) => row.area !== "address" && isTypable(row.option!))
      .map((row) => row.option!);
  const text = `// Written by tools/reference-words.ts; not edited by hand.

/**
 * Keywords of the reference by the sections that they stand in: g(lobal), d(efaults), f(rontend),
 * l(isten), b(ackend).
 */
export const REFERENCE_KEYWORDS: Readonly<Record<string, string>> = {
${inGroups.map(([letters, names]) => `  ${letters}: \`${wrapped(names)}\`,`).join("\n")}
};

/** Sections of the reference besides those that are built. */
export const REFERENCE_SECTIONS = \`${wrapped(sections)}\`;

/** Words of the reference on \`bind\` lines. */
export const REFERENCE_BIND_OPTIONS = \`${wrapped(options("bind-options.tsv"))}\`;

/** Words of the reference on \`server\` lines. */
export const REFERENCE_SERVER_OPTIONS = \`${wrapped(options("server-options.tsv"))}\`;
`;
  writeFileSync(join(import.meta.dir, "../src/config/reference-words.ts"), text);
}

function writeNames(folder: string): void {
  const names = (table: string) => readTable(folder, table).map((row) => row.name!);
  const actions = RULE_SETS.map((ruleSet) => {
    const rows = readTable(folder, "actions.tsv").filter((row) => row.ruleset === ruleSet);
    // Actions of scripts are named by the scripts.
    const own = rows.map((row) => row.action!).filter((name) => isTypable(name));
    return `  "${ruleSet}": \`${wrapped(own)}\`,`;
  });
  const text = `// Written by tools/reference-words.ts; not edited by hand.

/** Sample fetches of the reference. */
export const REFERENCE_FETCHES = \`${wrapped(names("samples.tsv"))}\`;

/** Converters of the reference. */
export const REFERENCE_CONVERTERS = \`${wrapped(names("converters.tsv"))}\`;

/** Actions of the reference, by rule set. */
export const REFERENCE_ACTIONS: Readonly<Record<string, string>> = {
${actions.join("\n")}
};
`;
  writeFileSync(join(import.meta.dir, "../src/policy/reference-names.ts"), text);
}

function writeCommands(folder: string): void {
  const rows = readTable(folder, "cli-commands.tsv");
  const names = rows.map((row) => row.command!).filter((name) => isTypable(name));
  const text = `// Written by tools/reference-words.ts; not edited by hand.

/** Commands of the reference's runtime API. */
export const REFERENCE_COMMANDS = \`${wrapped(names)}\`;
`;
  writeFileSync(join(import.meta.dir, "../src/runtime/reference-commands.ts"), text);
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error("Usage: bun tools/reference-words.ts FOLDER");
  process.exit(2);
}
write(folder);
writeNames(folder);
writeCommands(folder);
