import type { Diagnostics } from "./diagnostics.ts";
import { type SectionDraft, ServerDraft } from "./draft.ts";
import type { ServerOption } from "./keyword.ts";
import { findForbiddenCharacter } from "./name.ts";
import type { OptionIndex } from "./option-index.ts";
import type { Word } from "./word.ts";
import { WordReader } from "./word-reader.ts";

/** Reads a `server` or `default-server` line (manual section 5.2). */
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
  const [, name, address] = words;
  if (name === undefined || name.text === "" || address === undefined || address.text === "") {
    diagnostics.error(
      at,
      "'server' expects <name> and <addr>[:<port>] as arguments.",
      "Write it as: server app1 192.0.2.1:8080 check",
    );
    return;
  }
  const forbidden = findForbiddenCharacter(name.text);
  if (forbidden !== undefined) {
    const message = `character '${forbidden}' is not permitted in server name '${name.text}'.`;
    diagnostics.error(name, message, "Names are made of letters, digits and . : _ -");
    return;
  }
  reportDuplicate(name, section, diagnostics);
  const template = section.defaultServer;
  const server = new ServerDraft(name, address, { section, template, isServer: true });
  section.servers.push(server);
  const line = `'server ${section.name.text}/${name.text}'`;
  readOptions(server, new WordReader(words, 3, at, at.text), line, options, diagnostics);
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
