import { Diagnostics } from "./diagnostics.ts";
import { type SectionDraft, ServerDraft } from "./draft.ts";
import type { ServerOption } from "./keyword.ts";
import { findForbiddenCharacter } from "./name.ts";
import type { OptionIndex } from "./option-index.ts";
import type { Word } from "./word.ts";
import { WordReader } from "./word-reader.ts";

/** The most servers that one line may make; each has its place in memory from the start. */
const TEMPLATE_MAX = 65_535;

/** Reads a `server`, `server-template` or `default-server` line (manual section 5.2). */
export function readServerLine(
  words: readonly Word[],
  section: SectionDraft,
  options: OptionIndex<ServerOption>,
  diagnostics: Diagnostics,
): void {
  const at = words[0]!;
  if (at.text === "default-server") {
    const reader = new WordReader(words, 1, at, at.text);
    readOptions(section.defaultServer, reader, "'default-server'", options, diagnostics);
    return;
  }
  if (at.text === "server-template") {
    readTemplateLine(words, section, options, diagnostics);
    return;
  }
  const [, name, address] = words;
  if (name === undefined || name.text === "" || address === undefined || address.text === "") {
    diagnostics.error(
      at,
      "'server' expects <name> and <addr>[:<port>] as arguments.",
      "Write it as: server app1 192.0.2.1:8080 check",
    );
    return;
  }
  if (hasForbiddenCharacter(name, diagnostics)) return;
  reportDuplicate(name, section, diagnostics);
  const template = section.defaultServer;
  const server = new ServerDraft(name, address, { section, template, isServer: true });
  section.servers.push(server);
  const line = `'server ${section.name.text}/${name.text}'`;
  readOptions(server, new WordReader(words, 3, at, at.text), line, options, diagnostics);
}

/** `server-template PREFIX COUNT|LOW-HIGH ADDRESS`: servers that differ by their numbers alone. */
function readTemplateLine(
  words: readonly Word[],
  section: SectionDraft,
  options: OptionIndex<ServerOption>,
  diagnostics: Diagnostics,
): void {
  const [at, prefix, range, address] = words;
  if (prefix === undefined || prefix.text === "" || range === undefined || !address?.text) {
    diagnostics.error(
      at,
      "'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.",
      "Write it as: server-template app 1-3 app.example.com:8080 check",
    );
    return;
  }
  if (hasForbiddenCharacter(prefix, diagnostics)) return;
  const numbers = templateRange(range.text);
  if (numbers === undefined) {
    diagnostics.error(
      range,
      `Wrong server-template number or range arg '${range.text}'.`,
      "Write a number of servers, or a range such as 1-3",
    );
    return;
  }
  const template = section.defaultServer;
  const line = `'server-template ${section.name.text}/${prefix.text}'`;
  for (let number = numbers.first; number <= numbers.last; number++) {
    const isCopy = number > numbers.first;
    const name = { ...prefix, text: `${prefix.text}${number}` };
    // What is wrong with the line is told once.
    const told = isCopy ? new Diagnostics() : diagnostics;
    reportDuplicate(name, section, diagnostics);
    const server = new ServerDraft(name, address, { section, template, isServer: true, isCopy });
    section.servers.push(server);
    readOptions(server, new WordReader(words, 4, at!, at!.text), line, options, told);
  }
}

function templateRange(text: string): { first: number; last: number } | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const first = match[2] === undefined ? 1 : Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return last >= first && last > 0 && last - first < TEMPLATE_MAX ? { first, last } : undefined;
}

function hasForbiddenCharacter(name: Word, diagnostics: Diagnostics): boolean {
  const forbidden = findForbiddenCharacter(name.text);
  if (forbidden === undefined) return false;
  const message = `character '${forbidden}' is not permitted in server name '${name.text}'.`;
  diagnostics.error(name, message, "Names are made of letters, digits and . : _ -");
  return true;
}

function readOptions(
  server: ServerDraft,
  words: WordReader,
  line: string,
  options: OptionIndex<ServerOption>,
  diagnostics: Diagnostics,
): void {
  options.readAll(words, line, diagnostics, (option, values, at) => {
    if (server.isTemplate && option.inDefaultServer === false) {
      const message = `'${option.name}' option is not accepted in default-server sections`;
      diagnostics.error(at, message, "Give it on each server line");
      return false;
    }
    server.used.set(option.name, at);
    option.apply(server, values, at, diagnostics);
    return true;
  });
}

function reportDuplicate(name: Word, section: SectionDraft, diagnostics: Diagnostics): void {
  const same = section.servers.find((server) => server.name.text === name.text);
  if (same === undefined) return;
  diagnostics.error(
    name,
    `backend '${section.name.text}', another server named '${name.text}' was already defined at line ${same.name.line}, please use distinct names.`,
  );
}
