import type { SectionKind } from "./draft.ts";
import {
  REFERENCE_BIND_OPTIONS,
  REFERENCE_KEYWORDS,
  REFERENCE_SECTIONS,
  REFERENCE_SERVER_OPTIONS,
} from "./reference-words.ts";

const LETTER_OF: Readonly<Record<SectionKind, string>> = {
  global: "g",
  defaults: "d",
  frontend: "f",
  listen: "l",
  backend: "b",
  "http-errors": "e",
  userlist: "u",
  mailers: "m",
  ring: "r",
  namespace_list: "n",
};

/** Keywords of one side of a proxy that the reference refuses on the other, where it ignores most. */
const STRICT: ReadonlySet<string> = new Set([
  "server-template",
  "retry-on",
  "declare capture",
  "tcp-request connection",
  "tcp-request session",
  "tcp-response content",
  "tcp-response inspect-delay",
  "use-fcgi-app",
]);

/** The words that the reference has, whether they are built here or not. */
export class KnownWords {
  readonly sections = new Set(listOf(REFERENCE_SECTIONS));
  readonly bindOptions = new Set(listOf(REFERENCE_BIND_OPTIONS));
  readonly serverOptions = new Set(listOf(REFERENCE_SERVER_OPTIONS));
  /** The letters of the sections of each keyword. */
  readonly #keywords = new Map<string, string>();

  constructor() {
    for (const [letters, names] of Object.entries(REFERENCE_KEYWORDS)) {
      for (const name of listOf(names)) {
        this.#keywords.set(name, (this.#keywords.get(name) ?? "") + letters);
      }
    }
  }

  hasKeyword(name: string, kind: SectionKind): boolean {
    return this.#keywords.get(name)?.includes(LETTER_OF[kind]) ?? false;
  }

  /** Says whether the reference ignores a keyword, with a warning, on the wrong side of a proxy. */
  isIgnoredIn(name: string, kind: SectionKind): boolean {
    const isSide = kind === "frontend" || kind === "backend";
    return (
      isSide && this.hasKeyword(name, "listen") && !this.hasKeyword(name, kind) && !STRICT.has(name)
    );
  }

  /** The sections that a keyword can stand in. */
  sectionsOf(name: string): SectionKind[] {
    const kinds = Object.keys(LETTER_OF) as SectionKind[];
    return kinds.filter((kind) => this.hasKeyword(name, kind));
  }

  /** The keywords that can stand in such a section. */
  keywordsIn(kind: SectionKind): string[] {
    return [...this.#keywords.keys()].filter((name) => this.hasKeyword(name, kind));
  }
}

function listOf(names: string): string[] {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
