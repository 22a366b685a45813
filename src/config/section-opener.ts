import { splitAddresses } from "./bind-line.ts";
import type { Diagnostics } from "./diagnostics.ts";
import {
  BindDraft,
  type ConfigDraft,
  hasBackend,
  hasFrontend,
  SECTION_KINDS,
  SectionDraft,
  type SectionKind,
} from "./draft.ts";
import { findForbiddenCharacter } from "./name.ts";
import { madeWord, type Word } from "./word.ts";

/** What a line that opens a section says besides its first word. */
interface Header {
  readonly name: Word | undefined;
  /** The old form `listen NAME ADDRESS:PORT`. */
  readonly address: Word | undefined;
  readonly from: Word | undefined;
}

const KINDS: ReadonlySet<string> = new Set(SECTION_KINDS);

/** Says whether a word opens a section that is built. */
export function isSectionKind(word: string): word is SectionKind {
  return KINDS.has(word);
}

/** Opens the sections of a configuration, and finds what each inherits from. */
export class SectionOpener {
  readonly #draft: ConfigDraft;
  readonly #diagnostics: Diagnostics;
  /** The `defaults` section that applies where none is named. */
  #current: SectionDraft | undefined;

  constructor(draft: ConfigDraft, diagnostics: Diagnostics) {
    this.#draft = draft;
    this.#diagnostics = diagnostics;
  }

  /**
   * Opens a section. After an error the section is still given, so that its lines are judged too, but
   * it may not be part of the draft.
   */
  open(kind: SectionKind, words: readonly Word[]): SectionDraft {
    if (kind === "global") return this.#openGlobal(words);
    if (kind === "http-errors") return this.#openErrorGroup(words);
    if (kind === "userlist") return this.#openUserList(words);
    if (kind === "namespace_list") return this.#openNamespaces(words);
    if (kind === "mailers") return this.#openMailers(words);
    if (kind === "ring") return this.#openRing(words);
    const header = this.#readHeader(words);
    return kind === "defaults"
      ? this.#openDefaults(words[0]!, header)
      : this.#openProxy(kind, words[0]!, header);
  }

  #openNamespaces([, extra]: readonly Word[]): SectionDraft {
    this.#refuseExtra("namespace_list", extra);
    return this.#draft.namespaces;
  }

  #openGlobal([, extra]: readonly Word[]): SectionDraft {
    this.#refuseExtra("global", extra);
    return this.#draft.global;
  }

  #openErrorGroup(words: readonly Word[]): SectionDraft {
    const [place, name, extra] = words;
    const section = new SectionDraft("http-errors", name ?? madeWord(""), place!);
    const known = this.#draft.errorGroups.find((group) => group.name.text === name?.text);
    if (name === undefined || name.text === "") {
      const message = "'http-errors' expects a name as argument.";
      this.#diagnostics.error(place, message, "Write it as: http-errors <name>");
    } else if (known !== undefined) {
      const { source, line } = known.place;
      const message = `http-errors section '${name.text}' was already declared at ${source.path}:${line}.`;
      this.#diagnostics.error(name, message);
    } else {
      this.#checkName("http-errors", name);
      this.#draft.errorGroups.push(section);
    }
    this.#refuseExtra("http-errors", extra);
    return section;
  }

  #openUserList(words: readonly Word[]): SectionDraft {
    const [place, name, extra] = words;
    const section = new SectionDraft("userlist", name ?? madeWord(""), place);
    if (name === undefined || name.text === "") {
      this.#diagnostics.error(
        place,
        "'userlist' expects <name> as arguments.",
        "Write it as: userlist <name>",
      );
      return section;
    }
    this.#refuseExtra("userlist", extra);
    if (!this.#checkName("userlist", name)) return section;
    if (this.#draft.userLists.some((other) => other.name.text === name.text)) {
      this.#diagnostics.warn(name, `ignoring duplicated userlist '${name.text}'.`);
    } else this.#draft.userLists.push(section);
    return section;
  }

  #openMailers(words: readonly Word[]): SectionDraft {
    const [place, name, extra] = words;
    const section = new SectionDraft("mailers", name ?? madeWord(""), place);
    const known = this.#draft.mailers.find((other) => other.name.text === name?.text);
    if (name === undefined || name.text === "") {
      const message = "missing name for mailers section.";
      this.#diagnostics.error(place, message, "Write it as: mailers <name>");
    } else if (known !== undefined) {
      const { source, line } = known.place;
      const message = `mailers section '${name.text}' has the same name as another mailers section declared at ${source.path}:${line}.`;
      this.#diagnostics.error(name, message);
    } else if (this.#checkName("mailers", name)) this.#draft.mailers.push(section);
    this.#refuseExtra("mailers", extra);
    return section;
  }

  #openRing(words: readonly Word[]): SectionDraft {
    const [place, name, extra] = words;
    const section = new SectionDraft("ring", name ?? madeWord(""), place);
    const isTaken = name !== undefined && isTakenBySink(name.text, this.#draft.rings);
    if (name === undefined || name.text === "") {
      this.#diagnostics.error(place, "missing ring name.", "Write it as: ring <name>");
    } else if (isTaken) {
      this.#diagnostics.error(name, `sink named '${name.text}' already exists.`);
    } else if (this.#checkName("ring", name)) this.#draft.rings.push(section);
    this.#refuseExtra("ring", extra);
    return section;
  }

  #readHeader(words: readonly Word[]): Header {
    const kind = words[0]!.text;
    // Only "defaults" goes without a name; elsewhere the first word is one, even if it is "from".
    const nameEnd = kind === "defaults" ? 1 : 2;
    const fromAt = words.findIndex((word, index) => index >= nameEnd && word.text === "from");
    const end = fromAt === -1 ? words.length : fromAt;
    const from = end === words.length ? undefined : words[end + 1];
    if (end < words.length && from === undefined) {
      this.#diagnostics.error(words[end], `'from' expects the name of a defaults section.`);
    }
    const extra = words[end + 2] ?? (end > 3 ? words[3] : undefined);
    this.#refuseExtra(kind, extra);
    return { name: end > 1 ? words[1] : undefined, address: end > 2 ? words[2] : undefined, from };
  }

  #openDefaults(place: Word, header: Header): SectionDraft {
    if (header.address !== undefined) {
      const message = `'defaults' ignores unexpected argument '${header.address.text}'.`;
      this.#diagnostics.warn(header.address, message);
    }
    const parent = this.#findDefaults(header.from, "defaults", header.name?.text ?? "");
    const section = new SectionDraft("defaults", header.name ?? madeWord(""), place, parent);
    this.#draft.defaults.push(section);
    this.#current = section;
    return section;
  }

  #openProxy(kind: SectionKind, place: Word, header: Header): SectionDraft {
    const { name, address } = header;
    const isNamed = name !== undefined && name.text !== "" && this.#checkName(kind, name);
    if (name === undefined || name.text === "") {
      this.#diagnostics.error(
        place,
        `'${kind}' expects an <id> argument`,
        `Write it as: ${kind} <name>`,
      );
    }
    const parent =
      header.from === undefined
        ? this.#current
        : this.#findDefaults(header.from, kind, name?.text ?? "");
    const section = new SectionDraft(kind, name ?? madeWord(""), place, parent);
    if (isNamed) {
      this.#reportDuplicate(section);
      this.#draft.proxies.push(section);
    }
    if (address !== undefined) this.#addAddress(section, address);
    return section;
  }

  #refuseExtra(kind: string, extra: Word | undefined): void {
    if (extra === undefined) return;
    const message = `'${kind}' cannot handle unexpected argument '${extra.text}'.`;
    this.#diagnostics.error(extra, message);
  }

  #checkName(kind: SectionKind, name: Word): boolean {
    // In "listen *:80" the address is the name.
    if (isListenAddress(name.text)) return true;
    const forbidden = findForbiddenCharacter(name.text);
    if (forbidden === undefined) return true;
    const message = `character '${forbidden}' is not permitted in '${kind}' name '${name.text}'.`;
    this.#diagnostics.error(name, message, "Names are made of letters, digits and . : _ -");
    return false;
  }

  #findDefaults(from: Word | undefined, kind: string, name: string): SectionDraft | undefined {
    if (from === undefined) return undefined;
    const found = this.#draft.defaults.filter((section) => section.name.text === from.text);
    if (found.length === 0) {
      const message = `defaults section '${from.text}' not found for ${kind} '${name}'.`;
      this.#diagnostics.error(from, message);
    } else if (found.length > 1) {
      const [first, second] = found.map(({ place }) => `${place.source.path}:${place.line}`);
      const message = `ambiguous defaults section name '${from.text}' referenced by ${kind} '${name}' exists at least at ${first} and ${second}.`;
      this.#diagnostics.error(from, message);
    }
    return found[0];
  }

  /** One name can stand for a frontend and for a backend, but not for two of a kind. */
  #reportDuplicate(section: SectionDraft): void {
    const same = this.#draft.proxies.find(
      (other) =>
        other.name.text === section.name.text &&
        (hasFrontend(section.kind) ? hasFrontend(other.kind) : hasBackend(other.kind)),
    );
    if (same === undefined) return;
    const { place } = same;
    this.#diagnostics.error(
      section.name,
      `${titleOf(section)} has the same name as ${titleOf(same)} declared at ${place.source.path}:${place.line}.`,
    );
  }

  /** `listen NAME ADDRESS`, the form of the first versions. */
  #addAddress(section: SectionDraft, address: Word): void {
    if (!hasFrontend(section.kind)) {
      const message = `'${section.kind}' ignores unexpected argument '${address.text}'.`;
      this.#diagnostics.warn(address, message);
    } else if (isListenAddress(address.text)) {
      addLegacyBind(section, address, this.#diagnostics);
    } else {
      const message = "please use the 'bind' keyword for listening addresses.";
      this.#diagnostics.error(address, message, "Write it as: bind <address>:<port>");
    }
  }
}

/** Is a name one of another ring, or of what events go to anyway? */
function isTakenBySink(name: string, rings: readonly SectionDraft[]): boolean {
  const isBuiltIn = name === "stdout" || name === "stderr" || name === "buf0";
  return isBuiltIn || rings.some((other) => other.name.text === name);
}

/** How messages name a proxy; one that listens and has servers is a proxy. */
export function titleOf(section: SectionDraft): string {
  const kind = section.kind === "listen" ? "proxy" : section.kind;
  return `${kind} '${section.name.text}'`;
}

/** Says whether a word is `[address]:port[-port]`, or several with commas between them. */
export function isListenAddress(word: string): boolean {
  return word.split(",").every((part) => /^[^\s/]*:[0-9]+(-[0-9]+)?$/.test(part));
}

/** Listens on an address that stands on the line of the section, with a warning. */
export function addLegacyBind(
  section: SectionDraft,
  address: Word,
  diagnostics: Diagnostics,
): void {
  section.binds.push(new BindDraft(splitAddresses(address), section, address));
  diagnostics.warn(
    address,
    `listening addresses on the '${section.kind}' line are deprecated. Use 'bind ${address.text}' instead.`,
  );
}
