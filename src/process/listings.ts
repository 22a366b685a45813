import { readFileSync } from "node:fs";
import { ALGORITHMS } from "../registry/algorithms.ts";
import { BIND_OPTIONS } from "../registry/bind-options.ts";
import { COMMANDS } from "../registry/commands.ts";
import { KEYWORDS } from "../registry/keywords.ts";
import { LOG_FIELDS } from "../registry/log-fields.ts";
import { PROBES } from "../registry/probes.ts";
import { SERVER_OPTIONS } from "../registry/server-options.ts";
import type { CommandLine } from "./command-line.ts";

/** `-dL`: the libraries that the process has loaded. */
function librariesText(): string {
  const paths = new Set<string>();
  for (const line of readFileSync("/proc/self/maps", "latin1").split("\n")) {
    const path = /\s(\/\S+(?:\.so[^\s/]*))$/.exec(line)?.[1];
    if (path !== undefined) paths.add(path);
  }
  return ["List of loaded object files:", process.execPath, ...paths, ""].join("\n");
}

/** What `-dK` and `-dL` ask for. */
export function listingsText({ keywordClasses, listsLibraries }: CommandLine): string {
  const words = keywordClasses === null ? "" : keywordsText(keywordClasses);
  return listsLibraries ? words + librariesText() : words;
}

/** A class of words that `-dK` lists. */
interface KeywordClass {
  readonly summary: string;
  list(): string[];
}

const CLASSES: Readonly<Record<string, KeywordClass>> = {
  cfg: {
    summary: "keywords of sections",
    list: () => KEYWORDS.map(({ name, sections }) => `${name} [${sections.join("|")}]`),
  },
  bind: { summary: "options of bind lines", list: () => BIND_OPTIONS.map(({ name }) => name) },
  srv: { summary: "options of server lines", list: () => SERVER_OPTIONS.map(({ name }) => name) },
  bal: { summary: "balance algorithms", list: () => ALGORITHMS.map(({ name }) => name) },
  chk: { summary: "kinds of checks", list: () => PROBES.map(({ name }) => name) },
  log: { summary: "variables of log formats", list: () => LOG_FIELDS.map(({ name }) => name) },
  cli: { summary: "commands of the runtime API", list: () => COMMANDS.map(({ name }) => name) },
};

/** `-dK`: the words of the classes that are asked for; without one, or with `help`, the classes. */
function keywordsText(classes: string): string {
  const wanted = classes.split(",").filter((name) => name !== "");
  if (wanted.length === 0 || wanted.includes("help")) {
    const lines = Object.entries(CLASSES).map(([name, { summary }]) => `${name}: ${summary}`);
    return ["# List of supported keyword classes:", "all: list all keywords", ...lines, ""].join(
      "\n",
    );
  }
  const names = wanted.includes("all") ? Object.keys(CLASSES) : wanted;
  return names.map((name) => listing(name)).join("");
}

function listing(name: string): string {
  const found = CLASSES[name];
  if (found === undefined) return `# Unknown class "${name}"\n`;
  return [`# List of ${found.summary}:`, ...found.list().sort(), ""].join("\n");
}
