import { type Part, PartSet } from "./part.ts";
import { madeWord, type Word } from "./word.ts";

/** The sections that keywords can stand in. */
export const SECTION_KINDS = [
  "global",
  "defaults",
  "frontend",
  "listen",
  "backend",
  "http-errors",
  "mailers",
  "namespace_list",
  "ring",
  "userlist",
] as const;
/** One of {@link SECTION_KINDS}. */
export type SectionKind = (typeof SECTION_KINDS)[number];

/** Says whether a section of this kind accepts connections. */
export function hasFrontend(kind: SectionKind): boolean {
  return kind === "frontend" || kind === "listen";
}

/** Says whether a section of this kind can hold servers. */
export function hasBackend(kind: SectionKind): boolean {
  return kind === "backend" || kind === "listen";
}

/** A section while it is read: what its keywords said, kept as parts that features own. */
export class SectionDraft {
  readonly kind: SectionKind;
  /** The empty text for `global` and for `defaults` without a name. */
  readonly name: Word;
  /** The word that opened the section. */
  readonly place: Word;
  /** Its number in statistics; 0 until the `id` keyword or the end of reading gives one. */
  id = 0;
  /** `disabled`: it is judged like any other, and then left out. */
  isDisabled: boolean;
  /** What the `description` keyword says. */
  description = "";
  readonly servers: ServerDraft[] = [];
  readonly binds: BindDraft[] = [];
  /** What `default-server` lines said so far; each server starts with a copy. */
  readonly defaultServer: ServerDraft;
  /** Where each keyword was last used, by its name; that of the defaults included. */
  readonly used: Map<string, Word>;
  readonly #parts: PartSet;

  /** @param parent - The `defaults` section that it inherits from. */
  constructor(kind: SectionKind, name: Word, place: Word = name, parent?: SectionDraft) {
    this.kind = kind;
    this.name = name;
    this.place = place;
    this.isDisabled = parent?.isDisabled ?? false;
    this.used = new Map(parent?.used);
    this.#parts = new PartSet(parent === undefined ? undefined : parent.#parts);
    this.defaultServer = new ServerDraft(madeWord("default-server"), madeWord(""), {
      section: this,
      template: parent?.defaultServer,
    });
  }

  /** Gives this section's piece of a feature; made on first use. */
  part<T>(part: Part<T>): T {
    return this.#parts.get(part);
  }

  /** Says whether a keyword, here or in the defaults, has touched the part. */
  has(part: Part<unknown>): boolean {
    return this.#parts.has(part);
  }
}

/** A `server` line while it is read. */
export class ServerDraft {
  readonly name: Word;
  readonly address: Word;
  readonly section: SectionDraft;
  /** Where each option was given, `default-server` lines included. */
  readonly used: Map<string, Word>;
  /** True for what `default-server` fills. */
  readonly isTemplate: boolean;
  /** True for the second and later servers of a `server-template` line: options of one server alone are the first one's. */
  readonly isCopy: boolean;
  readonly #parts: PartSet;

  constructor(
    name: Word,
    address: Word,
    from: {
      section: SectionDraft;
      template: ServerDraft | undefined;
      isServer?: boolean;
      isCopy?: boolean;
    },
  ) {
    this.name = name;
    this.address = address;
    this.section = from.section;
    this.isTemplate = from.isServer !== true;
    this.isCopy = from.isCopy === true;
    this.used = new Map(from.template?.used);
    this.#parts = new PartSet(from.template === undefined ? undefined : from.template.#parts);
  }

  part<T>(part: Part<T>): T {
    return this.#parts.get(part);
  }

  has(part: Part<unknown>): boolean {
    return this.#parts.has(part);
  }
}

/** A `bind` line while it is read. */
export class BindDraft {
  /** The addresses as typed, cut at commas. */
  readonly addresses: readonly Word[];
  readonly section: SectionDraft;
  /** The word that opened the line. */
  readonly place: Word;
  readonly used = new Map<string, Word>();
  readonly #parts = new PartSet();

  constructor(addresses: readonly Word[], section: SectionDraft, place: Word) {
    this.addresses = addresses;
    this.section = section;
    this.place = place;
  }

  part<T>(part: Part<T>): T {
    return this.#parts.get(part);
  }

  has(part: Part<unknown>): boolean {
    return this.#parts.has(part);
  }
}

/** A whole configuration while it is read. */
export class ConfigDraft {
  /** All `global` sections together. */
  readonly global = new SectionDraft("global", madeWord(""), madeWord("global"));
  readonly defaults: SectionDraft[] = [];
  readonly userLists: SectionDraft[] = [];
  /** Frontends, backends and listens, in the order of the files. */
  readonly proxies: SectionDraft[] = [];
  /** The `http-errors` sections. */
  readonly errorGroups: SectionDraft[] = [];
  /** The `mailers` sections. */
  readonly mailers: SectionDraft[] = [];
  /** All `namespace_list` sections together. */
  readonly namespaces = new SectionDraft(
    "namespace_list",
    madeWord(""),
    madeWord("namespace_list"),
  );
  /** The `ring` sections. */
  readonly rings: SectionDraft[] = [];

  /** Finds a proxy by its name. One name can stand for a frontend and a backend. */
  findFrontend(name: string): SectionDraft | undefined {
    return this.proxies.find((proxy) => hasFrontend(proxy.kind) && proxy.name.text === name);
  }

  findBackend(name: string): SectionDraft | undefined {
    return this.proxies.find((proxy) => hasBackend(proxy.kind) && proxy.name.text === name);
  }
}
