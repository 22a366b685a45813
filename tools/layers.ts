/**
 * Who may import whom: the table below is the rule, and a test holds every file of `src` to it.
 * Usage: bun tools/layers.ts
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * For each folder of `src`, the folders whose modules it may import, besides itself and `base`.
 * `sys` stands in the rows that handle descriptors, memory or addresses: an address is a type of the
 * lowest layer that knows it.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  sys: [],
  http: [],
  config: [],
  state: ["sys"],
  loop: ["sys"],
  h1: ["http"],
  h2: ["http"],
  net: ["sys", "loop"],
  tls: ["sys", "loop", "net"],
  policy: ["config", "http", "sys"],
  tables: ["sys", "state", "config", "policy"],
  balance: ["sys", "state", "config", "policy"],
  check: ["sys", "state", "config", "loop", "net", "tls", "h1", "http", "balance"],
  log: ["sys", "config", "loop", "policy", "net"],
  mail: ["sys", "config", "loop", "net", "log"],
  stats: ["state", "config", "balance"],
  proxy: [
    ...["sys", "state", "config", "http", "loop", "h1", "h2", "net", "tls", "policy", "tables"],
    ...["balance", "check", "log", "stats"],
  ],
  runtime: [
    ...["sys", "state", "config", "loop", "net", "policy", "tables", "balance", "check", "stats"],
    ...["log", "proxy"],
  ],
  explain: [
    ...["sys", "state", "config", "http", "loop", "h1", "net", "policy", "balance", "log", "proxy"],
  ],
  registry: [
    ...["config", "policy", "balance", "check", "log", "mail", "stats", "proxy", "runtime"],
    "process",
  ],
  process: [
    ...["sys", "http", "config", "state", "loop", "h1", "h2", "net", "tls", "policy", "tables"],
    ...["balance", "check", "log", "mail", "stats", "proxy", "runtime", "explain", "registry"],
  ],
};

/** Files that prove others: they may import the lists of declarations and each other's tools. */
const PROOF_FILE = /(\.test|\.contract|\/testing)\.ts$/;

/** What a file imports, in the order of its text. Types count: they follow the same arrows. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:^|[\s;}])(?:from|import)\s*\(?\s*"([^"\n]+)"/g);
  return [...found].map((match) => match[1]!);
}

/** Judges the imports of one file, whose path is given below the project. */
export function violationsIn(path: string, text: string): string[] {
  const folder = path.split("/")[1]!;
  const allowed = LAYERS[folder];
  if (allowed === undefined) return [`${path}: folder ${folder} has no row in tools/layers.ts`];
  const violations: string[] = [];
  for (const specifier of importsOf(text)) {
    if (specifier === "bun:ffi" && folder !== "sys") {
      violations.push(`${path}: only src/sys imports bun:ffi`);
    }
    if (!specifier.startsWith(".")) continue;
    const target = relative(".", join(dirname(path), specifier)).split("/");
    const layer = target[1]!;
    // The program carries its example along as data.
    if (folder === "process" && target[0] === "examples" && !specifier.endsWith(".ts")) continue;
    if (target[0] !== "src") {
      violations.push(`${path}: src imports ${specifier}, which lies outside of it`);
    } else if (layer !== folder && layer !== "base" && !allowed.includes(layer)) {
      violations.push(`${path}: ${folder} must not import ${layer} (${specifier})`);
    }
  }
  return violations;
}

/** Judges all files of `src` but those of tests. */
export function findViolations(root: string): string[] {
  const names = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".ts") && !PROOF_FILE.test(`/${name}`))
    .sort()
    .flatMap((name) => violationsIn(`src/${name}`, readFileSync(join(root, "src", name), "utf8")));
}

if (import.meta.main) {
  const violations = findViolations(join(import.meta.dir, ".."));
  for (const violation of violations) console.log(violation);
  process.exit(violations.length === 0 ? 0 : 1);
}
