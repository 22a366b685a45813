import { type Args, listed, readValues, type Values } from "./arg.ts";
import { readBindLine } from "./bind-line.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { hasBackend, hasFrontend, type SectionDraft, type SectionKind } from "./draft.ts";
import type { BindOption, Keyword, ServerOption } from "./keyword.ts";
import { type FoundKeyword, joined, KeywordIndex } from "./keyword-index.ts";
import { KnownWords } from "./known-words.ts";
import type { Language } from "./language.ts";
import { reportMissing } from "./missing-words.ts";
import { nearestWord } from "./nearest-word.ts";
import { OptionIndex } from "./option-index.ts";
import { readServerLine } from "./server-line.ts";
import type { Word } from "./word.ts";
import { WordReader } from "./word-reader.ts";

/** The lines that hold options of their own, with the sections that the reference has them in. */
const OPTION_LINES: ReadonlyMap<string, readonly SectionKind[]> = new Map([
  ["server", ["backend", "listen"]],
  ["server-template", ["backend", "listen"]],
  ["default-server", ["defaults", "backend", "listen"]],
  ["bind", ["frontend", "listen"]],
]);

/** Reads the lines inside sections: finds the keyword, reads its arguments, applies it. */
export class SectionReader {
  readonly #diagnostics: Diagnostics;
  readonly #known = new KnownWords();
  readonly #keywords: KeywordIndex;
  readonly #serverOptions: OptionIndex<ServerOption>;
  readonly #bindOptions: OptionIndex<BindOption>;

  constructor(language: Language, diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
    this.#keywords = new KeywordIndex(language.keywords);
    this.#serverOptions = new OptionIndex(language.serverOptions, this.#known.serverOptions);
    this.#bindOptions = new OptionIndex(language.bindOptions, this.#known.bindOptions);
  }

  /** Reads one line of a section; it has at least one word. */
  read(words: readonly Word[], draft: SectionDraft): void {
    const first = words[0]!;
    if (first.text === "no" || first.text === "default") {
      this.#readPrefixed(words, draft);
    } else if (OPTION_LINES.has(first.text) && draft.kind !== "ring") {
      this.#readOptionLine(first, words, draft);
    } else {
      const found = this.#keywords.find(words, draft.kind);
      if (found === undefined) this.#readMisplaced(words, draft);
      else this.#apply(found, words, draft);
    }
  }

  /** Lets the keywords of a section judge it as a whole. */
  check(draft: SectionDraft): void {
    for (const name of draft.used.keys()) {
      const words = name.split(" ").map((text) => ({ ...draft.place, text }));
      const found = this.#keywords.find(words, draft.kind);
      if (found?.keyword.name === name) found.keyword.check?.(draft, this.#diagnostics);
    }
  }

  #readPrefixed(words: readonly Word[], draft: SectionDraft): void {
    const prefix = words[0]!;
    const behind = words.slice(1);
    const first = behind[0];
    if (first === undefined) {
      this.#diagnostics.error(prefix, `'${prefix.text}' expects a keyword behind it.`);
      return;
    }
    const found = this.#keywords.find(behind, draft.kind);
    if (found === undefined) {
      this.#readMisplaced(behind, draft);
      return;
    }
    const { keyword } = found;
    const isNegation = prefix.text === "no";
    if ((isNegation ? keyword.disable : keyword.reset) === undefined) {
      const what = isNegation ? "negation" : "default";
      this.#diagnostics.error(prefix, `${what} is not supported for '${keyword.name}'.`);
      return;
    }
    draft.used.set(keyword.name, first);
    const rest = behind.slice(found.wordCount);
    if (this.#refusesExtra(keyword, rest)) return;
    if (isNegation) keyword.disable?.(draft, first, this.#diagnostics, rest);
    else keyword.reset?.(draft);
  }

  /** What takes no argument takes none behind its negation either. */
  #refusesExtra({ name, args }: Keyword, [extra]: readonly Word[]): boolean {
    if (args.length > 0 || extra === undefined || extra.text === "") return false;
    const message = `'${name}' cannot handle unexpected argument '${extra.text}'.`;
    this.#diagnostics.error(extra, message, "Remove it");
    return true;
  }

  #apply(found: FoundKeyword, words: readonly Word[], draft: SectionDraft): void {
    const { keyword } = found;
    const at = words[0]!;
    this.#warnDeprecated(keyword, at);
    const values = this.#readValues(found, words);
    if (values === undefined) return;
    draft.used.set(keyword.name, at);
    keyword.apply(draft, values, at, this.#diagnostics);
  }

  #warnDeprecated(keyword: Keyword, at: Word): void {
    if (keyword.deprecated === undefined) return;
    this.#diagnostics.warn(
      at,
      `the '${keyword.name}' directive is deprecated. Use '${keyword.deprecated}' instead.`,
    );
  }

  /** Reads the arguments of a keyword; undefined after an error was reported. */
  #readValues(found: FoundKeyword, words: readonly Word[]): Values<Args> | undefined {
    const { keyword, wordCount } = found;
    const reader = new WordReader(words, wordCount, words[0]!, keyword.name);
    const values = readValues(keyword.args, reader, this.#diagnostics);
    if (values === undefined) return undefined;
    const extra = reader.peek();
    if (extra !== undefined && extra.text !== "") {
      const usage = [keyword.name, ...keyword.args.map((arg) => arg.syntax)].join(" ");
      this.#diagnostics.error(
        extra,
        `'${keyword.name}' cannot handle unexpected argument '${extra.text}'.`,
        `Write it as: ${usage}`,
      );
      return undefined;
    }
    return values;
  }

  #readOptionLine(first: Word, words: readonly Word[], draft: SectionDraft): void {
    const sections = OPTION_LINES.get(first.text)!;
    if (!sections.includes(draft.kind)) {
      this.#reportMisplaced(first, first.text, sections, draft, first.text !== "bind");
    } else if (first.text === "bind") {
      readBindLine(words, draft, this.#bindOptions, this.#diagnostics);
    } else {
      readServerLine(words, draft, this.#serverOptions, this.#diagnostics);
    }
  }

  /** Says why a line does not start with a keyword of its section. */
  #readMisplaced(words: readonly Word[], draft: SectionDraft): void {
    const first = words[0]!;
    // A keyword of the other side comes before its namesake of the global section.
    const elsewhere = this.#keywords.find(words, "listen") ?? this.#keywords.findAnywhere(words);
    if (elsewhere !== undefined) {
      const { name, sections, isStrict = false } = elsewhere.keyword;
      // Its arguments are still read, so that all errors of the line are told.
      this.#readValues(elsewhere, words);
      this.#reportMisplaced(first, name, sections, draft, isStrict);
      return;
    }
    const { kind } = draft;
    const missing = findName(words, (name) => this.#known.hasKeyword(name, kind));
    const ignored = findName(words, (name) => this.#known.isIgnoredIn(name, kind));
    if (missing !== undefined) {
      reportMissing(first, `keyword '${missing}' in '${kind}' section`, missing, this.#diagnostics);
    } else if (ignored !== undefined) {
      this.#reportMisplaced(first, ignored, this.#known.sectionsOf(ignored), draft, false);
    } else {
      this.#reportUnknown(words, kind);
    }
  }

  #reportMisplaced(
    at: Word,
    name: string,
    sections: readonly SectionKind[],
    draft: SectionDraft,
    isStrict: boolean,
  ): void {
    const hint = `"${name}" belongs in: ${sections.join(", ")}`;
    const { kind } = draft;
    const owner = `${kind} '${draft.name.text}'`;
    if (kind === "defaults" && sections.includes("listen")) {
      this.#diagnostics.error(at, `'${name}' not allowed in 'defaults' section.`, hint);
    } else if ((hasFrontend(kind) || hasBackend(kind)) && sections.includes("listen")) {
      const reason = `because ${owner} has no ${hasBackend(kind) ? "frontend" : "backend"} capability.`;
      if (isStrict) this.#diagnostics.error(at, `'${name}' not allowed ${reason}`, hint);
      else this.#diagnostics.warn(at, `'${name}' ignored ${reason}`, hint);
    } else {
      this.#diagnostics.error(at, `unknown keyword '${name}' in '${kind}' section`, hint);
    }
  }

  #reportUnknown(words: readonly Word[], kind: SectionKind): void {
    const first = words[0]!;
    const names = [...this.#keywords.namesIn(kind), ...this.#known.keywordsIn(kind)];
    const group = names.filter((name) => name.startsWith(`${first.text} `));
    if (group.length > 0) {
      this.#reportUnknownInGroup(words, group);
      return;
    }
    const near = nearestWord(
      first.text,
      names.map((name) => name.split(" ")[0]!).concat("no", "default", ...OPTION_LINES.keys()),
    );
    const guess = near === undefined ? "" : `; did you mean '${near}' maybe ?`;
    this.#diagnostics.error(first, `unknown keyword '${first.text}' in '${kind}' section${guess}`);
  }

  /** The first word starts several keywords, such as `timeout`, and the second fits none. */
  #reportUnknownInGroup(words: readonly Word[], group: readonly string[]): void {
    const [first, second] = [words[0]!, words[1]];
    const seconds = [...new Set(group.map((name) => name.split(" ")[1]!))].sort();
    const near = second === undefined ? undefined : nearestWord(second.text, seconds);
    const guess = near === undefined ? "" : `; did you mean '${near}' maybe ?`;
    if (first.text === "option") {
      const message =
        second === undefined
          ? "'option' expects an option name."
          : `unknown option '${second.text}'${guess === "" ? "." : guess}`;
      this.#diagnostics.error(second ?? first, message);
      return;
    }
    this.#diagnostics.error(
      second ?? first,
      `'${first.text}' supports ${listed(seconds)} (got '${second?.text ?? ""}')${guess}`,
    );
  }
}

/** The longest name, of up to three words, that the line starts with and that is accepted. */
function findName(words: readonly Word[], accepts: (name: string) => boolean): string | undefined {
  for (let count = Math.min(words.length, 3); count > 0; count--) {
    const name = joined(words, count);
    if (accepts(name)) return name;
  }
  return undefined;
}
