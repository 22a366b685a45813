import { nearestWord } from "../config/nearest-word.ts";
import { MATCH_SUFFIXES } from "../policy/compile-acl.ts";
import type { Example } from "../policy/declare.ts";
import { readsText } from "../policy/reads.ts";
import { SAMPLE_TYPE_NAMES } from "../policy/sample.ts";
import { ACTIONS } from "../registry/actions.ts";
import { ALGORITHMS } from "../registry/algorithms.ts";
import { BIND_OPTIONS } from "../registry/bind-options.ts";
import { COMMANDS } from "../registry/commands.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { KEYWORDS } from "../registry/keywords.ts";
import { LOG_FIELDS } from "../registry/log-fields.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { PROBES } from "../registry/probes.ts";
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
  /** Other names that mean the same. */
  readonly aliases?: readonly string[];
  /** Written out, as they may be typed. */
  readonly examples?: readonly string[];
}

/** Everything that describes itself: a list that only this command needs, and a process that serves does not. */
const makeEntries = (): readonly Entry[] => [
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
  ...PROBES.map((probe) => ({ ...probe, kind: "health check", usage: probe.name })),
  ...FETCHES.map((fetch) => ({
    name: fetch.name,
    kind: `sample fetch, gives ${SAMPLE_TYPE_NAMES[fetch.output]}`,
    usage: callOf(fetch),
    summary: fetch.summary,
    source: fetch.source,
    aliases: fetch.aliases ?? [],
    where: readsText(fetch.reads),
  })),
  ...CONVERTERS.map((converter) => ({
    name: converter.name,
    kind: `converter, ${SAMPLE_TYPE_NAMES[converter.input]} to ${SAMPLE_TYPE_NAMES[converter.output]}`,
    usage: callOf(converter),
    summary: converter.summary,
    source: converter.source,
    examples: converter.examples.map(exampleText),
  })),
  ...MATCHERS.map((matcher) => ({
    name: matcher.name,
    kind: `matching method of ACLs and maps, compares ${SAMPLE_TYPE_NAMES[matcher.input]}`,
    usage: `-m ${matcher.name}`,
    summary: matcher.summary,
    source: matcher.source,
  })),
  ...ACTIONS.map((action) => ({
    name: action.name,
    kind: "action",
    usage: [callOf({ ...action, args: action.parameters ?? [] }), ...action.args.map(syntaxOf)]
      .filter((word) => word !== "")
      .join(" "),
    summary: action.summary,
    source: action.source,
    where: action.ruleSets.join(", "),
  })),
];

function usageOf(declaration: {
  readonly name: string;
  readonly args: readonly { readonly syntax: string }[];
}): string {
  return [declaration.name, ...declaration.args.map((arg) => arg.syntax)].join(" ");
}

/** Fetches with a match appended, as conditions may have them. */
function matchedFetches(): readonly string[] {
  return FETCHES.filter(({ hasMatches }) => hasMatches).flatMap(({ name, aliases = [] }) =>
    [name, ...aliases].flatMap((each) => MATCH_SUFFIXES.map((suffix) => `${each}_${suffix}`)),
  );
}

/** How something with arguments in parentheses is written. */
function callOf({
  name,
  args,
}: {
  readonly name: string;
  readonly args: readonly { readonly syntax: string }[];
}): string {
  return args.length === 0 ? name : `${name}(${args.map(syntaxOf).join(",")})`;
}

function syntaxOf({ syntax }: { readonly syntax: string }): string {
  return syntax;
}

function exampleText({ input, expression, output }: Example): string {
  const result = output === null ? "nothing" : JSON.stringify(output);
  return `${JSON.stringify(input)} with ${expression} gives ${result}`;
}

/**
 * `sluice help WORD`: tells what a word of the configuration or of the runtime API means.
 *
 * @returns The exit status: 1 when there is no such word.
 */
export function helpWords(words: readonly string[], messages: Messages): number {
  const wanted = words.join(" ");
  if (wanted === "") {
    messages.answer("Usage: sluice help <word>, such as: sluice help timeout client\n");
    return 1;
  }
  const entries = makeEntries();
  const found = find(wanted, entries);
  if (found.length === 0) {
    const near = nearestWord(
      wanted,
      entries.flatMap(({ name, aliases = [] }) => [name, ...aliases]).concat(matchedFetches()),
    );
    const guess = near === undefined ? "" : `; did you mean "${near}"?`;
    messages.help(`Sluice knows no word "${wanted}"${guess}\n`);
    return 1;
  }
  messages.answer(found.map(print).join("\n"));
  return 0;
}

/** The entries of that name; without one, those that begin or end with the words. */
function find(wanted: string, entries: readonly Entry[]): readonly Entry[] {
  // `req.hdr(host)`, `%ci` and `-m beg` are how the words are met.
  const bare = wanted.replace(/\(.*$/s, "").replace(/^%(?=.)|^-m /, "");
  const exact = entries.filter(
    ({ name, aliases = [] }) => name === wanted || name === bare || aliases.includes(bare),
  );
  if (exact.length > 0) return exact;
  const matched = withoutMatch(bare, entries);
  if (matched.length > 0) return matched;
  return entries.filter(({ name }) => name.startsWith(`${wanted} `) || name.endsWith(` ${wanted}`));
}

/** A fetch with a matching method behind its name, such as `path_beg`: both are told. */
function withoutMatch(wanted: string, entries: readonly Entry[]): readonly Entry[] {
  const at = wanted.lastIndexOf("_");
  const fetch = FETCHES.find(
    ({ name, aliases = [], hasMatches }) =>
      hasMatches === true && [name, ...aliases].includes(wanted.slice(0, at)),
  );
  const matcher = MATCHERS.find(({ name }) => name === wanted.slice(at + 1));
  const isSuffix = MATCH_SUFFIXES.some((suffix) => suffix === matcher?.name);
  if (at === -1 || fetch === undefined || matcher === undefined || !isSuffix) return [];
  return entries.filter(
    ({ name, kind }) =>
      (name === fetch.name && kind.startsWith("sample")) ||
      (name === matcher.name && kind.startsWith("matching")),
  );
}

function print(entry: Entry): string {
  const { kind, usage, summary, source, where, aliases = [], examples = [] } = entry;
  const lines = [usage, `  ${kind}: ${summary}`];
  if (aliases.length > 0) lines.push(`  also: ${aliases.join(", ")}`);
  if (where !== undefined) lines.push(`  ${kind.startsWith("sample") ? "reads" : "in"}: ${where}`);
  for (const example of examples) lines.push(`  example: ${example}`);
  return `${[...lines, `  see: ${source}`].join("\n")}\n`;
}
