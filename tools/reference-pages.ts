import { existsSync } from "node:fs";
import { join } from "node:path";

/** What every declaration says of itself, and what some kinds say besides. */
interface Described {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly args?: readonly { readonly syntax: string }[];
  readonly sections?: readonly string[];
  readonly deprecated?: string;
  readonly usage?: string;
  readonly level?: string;
  readonly inDefaultServer?: boolean;
  readonly disable?: unknown;
  readonly reset?: unknown;
}

/** A page of the manual: which list it shows, and what stands above it. */
export interface Page {
  readonly file: string;
  readonly registry: string;
  readonly list: string;
  readonly title: string;
  readonly intro: string;
}

const PAGES: readonly Page[] = [
  {
    file: "keywords.md",
    registry: "keywords.ts",
    list: "KEYWORDS",
    title: "Keywords",
    intro:
      "The lines of the sections of a configuration, besides `bind`, `server` and `default-server`.",
  },
  {
    file: "server-options.md",
    registry: "server-options.ts",
    list: "SERVER_OPTIONS",
    title: "Server options",
    intro: "The words behind the address on `server` lines, and on `default-server` lines.",
  },
  {
    file: "bind-options.md",
    registry: "bind-options.ts",
    list: "BIND_OPTIONS",
    title: "Bind options",
    intro: "The words behind the addresses on `bind` lines.",
  },
  {
    file: "algorithms.md",
    registry: "algorithms.ts",
    list: "ALGORITHMS",
    title: "Balancing algorithms",
    intro: "The ways to choose a server: the first word behind `balance`.",
  },
  {
    file: "log-fields.md",
    registry: "log-fields.ts",
    list: "LOG_FIELDS",
    title: "Log variables",
    intro: "What stands behind the percent sign in a log format.",
  },
  {
    file: "commands.md",
    registry: "commands.ts",
    list: "COMMANDS",
    title: "Runtime commands",
    intro: "What the statistics sockets understand.",
  },
  {
    file: "fetches.md",
    registry: "fetches.ts",
    list: "FETCHES",
    title: "Sample fetches",
    intro: "Where the values of expressions come from.",
  },
  {
    file: "converters.md",
    registry: "converters.ts",
    list: "CONVERTERS",
    title: "Converters",
    intro: "The steps that a value can take behind its fetch.",
  },
  {
    file: "matchers.md",
    registry: "matchers.ts",
    list: "MATCHERS",
    title: "Matching methods",
    intro:
      "How conditions (`-m`) and maps compare values with patterns; `-m bool` and `-m found` take none.",
  },
  {
    file: "actions.md",
    registry: "actions.ts",
    list: "ACTIONS",
    title: "Actions",
    intro: "What rules can do.",
  },
];

/** Makes the pages of the manual from the lists in src/registry, by their path below the project. */
export async function referencePages(root: string): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for (const page of PAGES) {
    const path = join(root, "src/registry", page.registry);
    if (!existsSync(path)) continue;
    const module: Readonly<Record<string, readonly Described[]>> = await import(path);
    pages.set(`docs/reference/${page.file}`, pageText(page, module[page.list] ?? []));
  }
  return pages;
}

/** Writes one page. */
export function pageText(page: Page, declared: readonly Described[]): string {
  const sorted = [...declared].sort((left, right) => (left.name < right.name ? -1 : 1));
  const entries = sorted.map(entryText).join("\n");
  return `# ${page.title}

<!-- Written by tools/generate.ts from the declarations; not edited by hand. -->

${page.intro}

${entries}`;
}

function entryText(item: Described): string {
  const syntax = item.usage ?? [item.name, ...(item.args ?? []).map((arg) => arg.syntax)].join(" ");
  const facts: string[] = [];
  if (item.sections !== undefined) facts.push(`In: ${item.sections.join(", ")}.`);
  if (item.disable !== undefined) facts.push("Takes `no` in front of it.");
  if (item.reset !== undefined) facts.push("Takes `default` in front of it.");
  if (item.inDefaultServer === false) facts.push("Not on `default-server` lines.");
  if (item.level !== undefined) facts.push(`Level: ${item.level}.`);
  if (item.deprecated !== undefined) facts.push(`Deprecated: use \`${item.deprecated}\`.`);
  const lines = [`## \`${item.name}\``, "", `    ${syntax.trim()}`, "", `${item.summary}.`];
  if (facts.length > 0) lines.push("", facts.join(" "));
  lines.push("", `*${item.source}*`, "");
  return lines.join("\n");
}
