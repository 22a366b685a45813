import { nearestWord } from "../config/nearest-word.ts";
import { ALGORITHMS } from "../registry/algorithms.ts";
import { BIND_OPTIONS } from "../registry/bind-options.ts";
import { COMMANDS } from "../registry/commands.ts";
import { KEYWORDS } from "../registry/keywords.ts";
import { LOG_FIELDS } from "../registry/log-fields.ts";
import { SERVER_OPTIONS } from "../registry/server-options.ts";
import type { Messages } from "./messages.ts";

/** What is told of a word, whatever kind of word it is. */
interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly usage: string;
  readonly summary: string;
  readonly source: string;
  readonly where?: string;
}

/** Everything that describes itself. */
const ENTRIES: readonly Entry[] = [
  ...KEYWORDS.map((keyword) => ({
    ...keyword,
    kind: "keyword",
    usage: usageOf(keyword),
    where: keyword.sections.join(", "),
  })),
  ...SERVER_OPTIONS.map((option) => ({
    ...option,
    kind: "server option",
    usage: usageOf(option),
    where: "server, default-server",
  })),
  ...BIND_OPTIONS.map((option) => ({
    ...option,
    kind: "bind option",
    usage: usageOf(option),
    where: "bind",
  })),
  ...ALGORITHMS.map((algorithm) => ({
    ...algorithm,
    kind: "balance algorithm",
    usage: `balance ${algorithm.usage}`,
  })),
  ...LOG_FIELDS.map((field) => ({ ...field, kind: "log variable", usage: `%${field.name}` })),
  ...COMMANDS.map((command) => ({ ...command, kind: "runtime command" })),
];

function usageOf(declaration: {
  readonly name: string;
  readonly args: readonly { readonly syntax: string }[];
}): string {
  return [declaration.name, ...declaration.args.map((arg) => arg.syntax)].join(" ");
}

/**
 * `sluice help WORD`: tells what a word of the configuration or of the runtime API means.
 *
 * @returns The exit status: 1 when there is no such word.
 */
export function explain(words: readonly string[], messages: Messages): number {
  const wanted = words.join(" ");
  if (wanted === "") {
    messages.answer("Usage: sluice help <word>, such as: sluice help timeout client\n");
    return 1;
  }
  const found = find(wanted);
  if (found.length === 0) {
    const near = nearestWord(
      wanted,
      ENTRIES.map(({ name }) => name),
    );
    const guess = near === undefined ? "" : `; did you mean "${near}"?`;
    messages.help(`Sluice knows no word "${wanted}"${guess}\n`);
    return 1;
  }
  messages.answer(found.map(print).join("\n"));
  return 0;
}

/** The entries of that name; without one, those that begin with the words. */
function find(wanted: string): readonly Entry[] {
  const exact = ENTRIES.filter(({ name }) => name === wanted);
  if (exact.length > 0) return exact;
  return ENTRIES.filter(({ name }) => name.startsWith(`${wanted} `));
}

function print({ kind, usage, summary, source, where }: Entry): string {
  const places = where === undefined ? "" : `  in: ${where}\n`;
  return `${usage}\n  ${kind}: ${summary}\n${places}  see: ${source}\n`;
}
