/**
 * Writes what follows from the declarations: the lists in src/registry and the manual in
 * docs/reference. Usage: bun tools/generate.ts
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { coveragePage } from "./coverage.ts";
import { referencePages } from "./reference-pages.ts";

const ROOT = join(import.meta.dir, "..");

/** A kind of declaration: the helper that makes it, and the list that holds all of them. */
export interface Kind {
  readonly helper: string;
  readonly type: string;
  /** Where helper and type are declared, below `src`. */
  readonly declaredIn: string;
  /** Name of the file below `src/registry`. */
  readonly file: string;
  readonly list: string;
  readonly summary: string;
}

/** All kinds of declarations. */
export const KINDS: readonly Kind[] = [
  {
    helper: "defineKeyword",
    type: "Keyword",
    declaredIn: "config/keyword.ts",
    file: "keywords.ts",
    list: "KEYWORDS",
    summary: "Every keyword of the sections of a configuration.",
  },
  {
    helper: "defineServerOption",
    type: "ServerOption",
    declaredIn: "config/keyword.ts",
    file: "server-options.ts",
    list: "SERVER_OPTIONS",
    summary: "Every word of `server` and `default-server` lines.",
  },
  {
    helper: "defineBindOption",
    type: "BindOption",
    declaredIn: "config/keyword.ts",
    file: "bind-options.ts",
    list: "BIND_OPTIONS",
    summary: "Every word of `bind` lines.",
  },
  {
    helper: "defineAlgorithm",
    type: "Algorithm",
    declaredIn: "balance/algorithm.ts",
    file: "algorithms.ts",
    list: "ALGORITHMS",
    summary: "Every way to choose a server.",
  },
  {
    helper: "defineProbe",
    type: "Probe",
    declaredIn: "check/probe.ts",
    file: "probes.ts",
    list: "PROBES",
    summary: "Every kind of health check.",
  },
  {
    helper: "defineField",
    type: "LogField",
    declaredIn: "log/field.ts",
    file: "log-fields.ts",
    list: "LOG_FIELDS",
    summary: "Every variable of log formats.",
  },
  {
    helper: "defineCommand",
    type: "Command",
    declaredIn: "runtime/command.ts",
    file: "commands.ts",
    list: "COMMANDS",
    summary: "Every command of the runtime API.",
  },
  {
    helper: "defineFetch",
    type: "FetchDeclaration",
    declaredIn: "policy/declare.ts",
    file: "fetches.ts",
    list: "FETCHES",
    summary: "Every sample fetch.",
  },
  {
    helper: "defineConverter",
    type: "ConverterDeclaration",
    declaredIn: "policy/declare.ts",
    file: "converters.ts",
    list: "CONVERTERS",
    summary: "Every converter.",
  },
  {
    helper: "defineMatcher",
    type: "MatcherDeclaration",
    declaredIn: "policy/declare.ts",
    file: "matchers.ts",
    list: "MATCHERS",
    summary: "Every way to compare values with patterns.",
  },
  {
    helper: "defineAction",
    type: "ActionDeclaration",
    declaredIn: "policy/action.ts",
    file: "actions.ts",
    list: "ACTIONS",
    summary: "Every action of rules.",
  },
];

/** An export that declares something. */
export interface Declared {
  readonly name: string;
  readonly path: string;
  readonly helper: string;
}

/** Where declarations lie: one level below a folder of `src`. */
const DECLARING_FOLDERS = new Set([
  ...["keywords", "algorithms", "commands", "fields", "probes"],
  ...["fetches", "converters", "matchers", "actions"],
]);

/** Finds the files that declare something, sorted. */
export function declaringFiles(root: string): string[] {
  const files: string[] = [];
  for (const layer of readdirSync(join(root, "src"))) {
    for (const folder of DECLARING_FOLDERS) {
      const path = join(root, "src", layer, folder);
      if (!existsSync(path)) continue;
      const names = readdirSync(path).filter((name) => /^[^.]+(\.[a-z_-]+)*\.ts$/.test(name));
      files.push(
        ...names
          .filter((name) => !/\.(test|contract)\.ts$/.test(name))
          .map((name) => join(path, name)),
      );
    }
  }
  return files.sort();
}

/** Finds the exports of a file that are made by a helper whose name starts with `define`. */
export function declarationsIn(path: string): Declared[] {
  const text = readFileSync(path, "utf8");
  const declared: Declared[] = [];
  for (const match of text.matchAll(/^export const (\w+)(?::[^=]+)? = (define\w+)\(/gm)) {
    const helper = helperBehind(match[2]!, path, text);
    if (helper !== undefined) declared.push({ name: match[1]!, path, helper });
  }
  return declared;
}

/**
 * Follows a helper of the file's own, such as `defineTimeout`, to the one that it calls in the end.
 * Text is enough for this, since a helper that makes declarations calls `define...` at once.
 */
function helperBehind(helper: string, path: string, text: string, depth = 0): string | undefined {
  if (KINDS.some((kind) => kind.helper === helper)) return helper;
  if (depth > 4) return undefined;
  const own = new RegExp(`(?:function ${helper}\\b|const ${helper} =)`).exec(text);
  if (own !== null) {
    const called = /\b(define[A-Z]\w*)\(/.exec(text.slice(own.index + own[0].length));
    return called === null ? undefined : helperBehind(called[1]!, path, text, depth + 1);
  }
  const imported = new RegExp(`import \\{[^}]*\\b${helper}\\b[^}]*\\} from "(\\.[^"]+)"`).exec(
    text,
  );
  if (imported === null) return undefined;
  const from = join(dirname(path), imported[1]!);
  return helperBehind(helper, from, readFileSync(from, "utf8"), depth + 1);
}

/** Writes the list of one kind. */
export function registryText(kind: Kind, declared: readonly Declared[], root: string): string {
  const folder = join(root, "src/registry");
  const counts = new Map<string, number>();
  for (const { name } of declared) counts.set(name, (counts.get(name) ?? 0) + 1);
  const importFrom = (path: string) => {
    const from = relative(folder, path);
    return from.startsWith(".") ? from : `./${from}`;
  };
  const byPath = Map.groupBy(declared, (item) => item.path);
  const imports: string[] = [`import type { ${kind.type} } from "../${kind.declaredIn}";`];
  const names: string[] = [];
  for (const [path, items] of byPath) {
    const words = items.map(({ name }) => {
      const isShared = counts.get(name)! > 1;
      const alias = isShared
        ? `${layerOf(path, root)}${name[0]!.toUpperCase()}${name.slice(1)}`
        : name;
      names.push(alias);
      return isShared ? `${name} as ${alias}` : name;
    });
    imports.push(`import { ${words.join(", ")} } from "${importFrom(path)}";`);
  }
  return `// Written by tools/generate.ts; not edited by hand.
${imports.join("\n")}

/** ${kind.summary} */
export const ${kind.list}: readonly ${kind.type}[] = [
${names.map((name) => `  ${name},`).join("\n")}
];
`;
}

function layerOf(path: string, root: string): string {
  return relative(join(root, "src"), path).split("/")[0]!;
}

/** Puts a text in the project's form. */
function formatted(text: string, path: string, root: string): string {
  const biome = join(root, "node_modules/.bin/biome");
  const result = Bun.spawnSync([biome, "check", "--write", `--stdin-file-path=${path}`], {
    cwd: root,
    stdin: Buffer.from(text),
    stderr: "pipe",
  });
  const output = result.stdout.toString();
  if (output === "") throw new Error(`Cannot format ${path}: ${result.stderr.toString()}`);
  return output;
}

/** Makes the texts of all lists, by their path below the project. */
export function registryFiles(root: string): Map<string, string> {
  const declared = declaringFiles(root).flatMap(declarationsIn);
  const files = new Map<string, string>();
  for (const kind of KINDS) {
    if (!existsSync(join(root, "src", kind.declaredIn))) continue;
    const path = `src/registry/${kind.file}`;
    const own = declared.filter((item) => item.helper === kind.helper);
    files.set(path, formatted(registryText(kind, own, root), path, root));
  }
  return files;
}

/** Makes the pages of the manual from the lists in src/registry, by their path. */
export async function manualFiles(root: string): Promise<Map<string, string>> {
  const pages = await referencePages(root);
  pages.set("docs/reference/coverage.md", await coveragePage(root));
  return new Map([...pages].map(([path, text]) => [path, formatted(text, path, root)]));
}

function writeAll(files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const target = join(ROOT, path);
    mkdirSync(dirname(target), { recursive: true });
    const isFresh = existsSync(target) && readFileSync(target, "utf8") === text;
    if (!isFresh) writeFileSync(target, text);
    console.log(`${isFresh ? "fresh  " : "written"} ${path}`);
  }
}

if (import.meta.main) {
  const registry = registryFiles(ROOT);
  const kept = new Set([...registry.keys()].map((path) => join(ROOT, path)));
  const folder = join(ROOT, "src/registry");
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    if (name.endsWith(".ts") && !kept.has(path)) rmSync(path);
  }
  writeAll(registry);
  // The manual is made from the lists that have just been written.
  writeAll(await manualFiles(ROOT));
}
