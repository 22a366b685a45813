import { byteTextOf } from "./byte-text.ts";
import { REFERENCE_VERSION } from "./capabilities.ts";
import { checkSections } from "./check-sections.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { DirectiveReader, takesCondition } from "./directive-reader.ts";
import { ConfigDraft, type SectionDraft } from "./draft.ts";
import { ENVIRONMENT } from "./environment.ts";
import type { VariableScope } from "./expand-variable.ts";
import { DEFAULT_PATH, directoryOf } from "./file-path.ts";
import { KnownWords } from "./known-words.ts";
import type { Language } from "./language.ts";
import { LineLexer } from "./line-lexer.ts";
import { reportMissing } from "./missing-words.ts";
import { isSectionKind, SectionOpener } from "./section-opener.ts";
import { SectionReader } from "./section-reader.ts";
import { findFiles, type LoadedSource, loadSource } from "./sources.ts";
import type { Word } from "./word.ts";

/** What a configuration is read with. */
export interface ReadOptions {
  readonly language: Language;
  /** The variables at the start, such as `process.env`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the files and directories that `-f` names into a draft. Everything wrong with them is in the
 * diagnostics; the draft is of use only while there is no error.
 */
export function readConfig(
  paths: readonly string[],
  options: ReadOptions,
  diagnostics: Diagnostics,
): ConfigDraft {
  const files = findFiles(paths, diagnostics);
  if (files.length === 0 && diagnostics.errorCount === 0) {
    const places = paths.map((path) => `'${path}'`).join(", ");
    diagnostics.error(
      undefined,
      `No configuration file in ${places}.`,
      "Files of a directory are read when their names end in .cfg",
    );
  }
  const sources = files
    .map((file) => loadSource(file, diagnostics))
    .filter((source) => source !== undefined);
  return readSources(sources, options, diagnostics);
}

/** Reads sources that are in memory already. */
export function readSources(
  sources: readonly LoadedSource[],
  options: ReadOptions,
  diagnostics: Diagnostics,
): ConfigDraft {
  const reader = new ConfigReader(options, diagnostics);
  const files = sources.map((source) => source.path).join(";");
  const environment = reader.draft.global.part(ENVIRONMENT);
  environment.set("HAPROXY_CFGFILES", byteTextOf(files));
  environment.set("HAPROXY_STARTUP_VERSION", REFERENCE_VERSION);
  for (const source of sources) reader.readSource(source);
  reader.finish();
  return reader.draft;
}

/** What the lines being read belong to: no section yet, one to skip, or one with a draft. */
type Place = "nowhere" | "skipped" | SectionDraft;

class ConfigReader {
  readonly draft = new ConfigDraft();
  readonly #diagnostics: Diagnostics;
  readonly #opener: SectionOpener;
  readonly #sections: SectionReader;
  readonly #known = new KnownWords();
  #place: Place = "nowhere";

  constructor(options: ReadOptions, diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
    this.#opener = new SectionOpener(this.draft, diagnostics);
    this.#sections = new SectionReader(options.language, diagnostics);
    this.draft.global.part(ENVIRONMENT).load(options.variables);
  }

  readSource(source: LoadedSource): void {
    const errorsBefore = this.#diagnostics.errorCount;
    const environment = this.draft.global.part(ENVIRONMENT);
    const directives = new DirectiveReader({ environment }, this.#diagnostics);
    const directory = directoryOf(this.draft.global.part(DEFAULT_PATH), source);
    source.bases?.push({ line: 0, directory });
    // A file ends the section that it stopped in.
    this.#place = "nowhere";
    const lineCount = source.isWhole ? source.lines.length : source.lines.length - 1;
    for (let number = 1; number <= lineCount; number++) {
      this.#readLine(source, number, directives);
    }
    if (!source.isWhole) this.#reportCut(source);
    directives.finish({ text: "", source, line: Math.max(source.lines.length, 1), column: 1 });
    if (this.#diagnostics.errorCount > errorsBefore) {
      const message = `Error(s) found in configuration file : ${byteTextOf(source.path)}`;
      this.#diagnostics.error(undefined, message);
    }
  }

  /** Judges the configuration as a whole, once all files are read. */
  finish(): void {
    this.#sections.check(this.draft.global);
    for (const section of this.draft.proxies) this.#sections.check(section);
    checkSections(this.draft, this.#diagnostics);
  }

  #readLine(source: LoadedSource, number: number, directives: DirectiveReader): void {
    const nul = source.lines[number - 1]!.indexOf("\0");
    if (nul !== -1) {
      const at = { text: "", source, line: number, column: nul + 1 };
      this.#diagnostics.error(at, `NUL character at position ${nul + 1}, is this a text file?`);
      return;
    }
    const lexer = new LineLexer(source, number, this.#scope(source), this.#diagnostics);
    const words = lexer.read(takesCondition);
    const first = words?.[0];
    // A line whose first word is empty is how a variable without a value leaves it.
    if (words === undefined || first === undefined || first.text === "") return;
    if (first.text.startsWith(".")) directives.read(words);
    else if (!directives.isSkipping) this.#readStatement(first, words);
  }

  #readStatement(first: Word, words: readonly Word[]): void {
    if (isSectionKind(first.text)) {
      this.#place = this.#opener.open(first.text, words);
    } else if (this.#known.sections.has(first.text)) {
      this.#place = "skipped";
      reportMissing(first, `section '${first.text}'`, first.text, this.#diagnostics);
    } else if (this.#place === "nowhere") {
      const hint = "Begin with a section, such as: global, defaults, frontend <name>";
      this.#diagnostics.error(first, `unknown keyword '${first.text}' out of section.`, hint);
    } else if (this.#place !== "skipped") {
      this.#sections.read(words, this.#place);
    }
  }

  #scope(source: LoadedSource): VariableScope {
    const place = this.#place;
    const section = typeof place === "string" ? "" : place.name.text || place.kind;
    const environment = this.draft.global.part(ENVIRONMENT);
    return { environment, file: byteTextOf(source.path), section };
  }

  #reportCut(source: LoadedSource): void {
    const line = source.lines.length;
    const length = source.lines.at(-1)!.length;
    this.#diagnostics.error(
      { text: "", source, line, column: length + 1 },
      `Missing LF on last line, file might have been truncated at position ${length + 1}.`,
      "End the last line of the file with a line feed",
    );
  }
}
