import type { Word } from "../../config/word.ts";
import type { MatcherDeclaration } from "../declare.ts";
import type { SampleType } from "../sample.ts";
import type { PatternError, PatternOptions } from "./pattern-index.ts";
import { PatternUse, PatternValue } from "./pattern-use.ts";

/** One pattern of a list, with its value where the list is a map. */
export interface PatternEntry {
  readonly identity: number;
  readonly pattern: string;
  /** Empty for ACLs. */
  value: PatternValue;
  /** Line of the file that it stands in; 0 for what was added otherwise. */
  readonly line: number;
  /** The version that it belongs to; only those of the current one match. */
  readonly version: number;
  /** The next one that is written the same way, in the order of adding. */
  same: PatternEntry | null;
}

/** Why an entry was refused, and which. */
export interface BadEntry {
  readonly entry: PatternEntry;
  readonly error: PatternError;
}

/**
 * The patterns of one ACL, of one map, or of one file that several share. It holds them as text, for
 * whoever lists and changes them, and keeps the indexes that were made of them equal to it. A new
 * version can be filled beside the one that matches, and then takes its place at once.
 */
export class PatternReference {
  /** Its number, as commands name it: `#3`. The list of all lists sets it. */
  id = 0;
  /** The file that it was read from, or "". */
  readonly file: string;
  /** Where it is used first. */
  readonly at: Word;
  /** Lines of its file have two columns. */
  readonly isMap: boolean;
  /** Conditions look for its patterns; maps look their values up. */
  isUsedByAcl = false;
  isUsedByMap = false;
  #description = "";
  #currentVersion = 0;
  #nextVersion = 0;
  readonly #entries = new Map<number, PatternEntry>();
  /** Made when somebody first asks for a pattern: most lists are never changed. */
  #byPattern: Map<string, PatternEntry> | null = null;
  readonly #values = new Map<string, PatternValue>();
  readonly #uses: PatternUse[] = [];
  #nextIdentity = 1;

  constructor(file: string, at: Word, isMap: boolean) {
    this.file = file;
    this.at = at;
    this.isMap = isMap;
  }

  /** How many entries there are, of all versions. */
  get count(): number {
    return this.#entries.size;
  }

  get uses(): readonly PatternUse[] {
    return this.#uses;
  }

  get currentVersion(): number {
    return this.#currentVersion;
  }

  get nextVersion(): number {
    return this.#nextVersion;
  }

  /** Where it is used, for listings. */
  get description(): string {
    return this.#description;
  }

  /** Adds to the description; a file is described by each of its users. */
  describe(text: string): void {
    this.#description += this.#description === "" ? text : `, ${text}`;
  }

  /** The entries in the order in which they were added. */
  *entries(version = this.#currentVersion): Iterable<PatternEntry> {
    for (const entry of this.#entries.values()) if (entry.version === version) yield entry;
  }

  entry(identity: number): PatternEntry | undefined {
    return this.#entries.get(identity);
  }

  /** The entries that are written this way, of all versions. */
  find(pattern: string): readonly PatternEntry[] {
    const found: PatternEntry[] = [];
    for (let entry = this.#patterns().get(pattern) ?? null; entry !== null; entry = entry.same) {
      found.push(entry);
    }
    return found;
  }

  /** Whether the current version has a pattern that is written this way. */
  has(pattern: string): boolean {
    return this.find(pattern).some(({ version }) => version === this.#currentVersion);
  }

  /**
   * Adds a pattern to the list, and to all its indexes when its version is the current one; an error
   * leaves all as they were.
   */
  add(
    pattern: string,
    value = "",
    line = 0,
    version = this.#currentVersion,
  ): PatternError | undefined {
    const identity = this.#nextIdentity;
    const shared = this.#share(value);
    const error = this.#enter(pattern, shared, identity);
    if (error !== undefined) return error;
    if (version !== this.#currentVersion) this.#leave(pattern, identity, this.#uses.length);
    this.#nextIdentity++;
    const entry: PatternEntry = { identity, pattern, value: shared, line, version, same: null };
    this.#entries.set(identity, entry);
    if (this.#byPattern !== null) chain(this.#byPattern, entry);
    return undefined;
  }

  #enter(pattern: string, value: PatternValue, identity: number): PatternError | undefined {
    for (let at = 0; at < this.#uses.length; at++) {
      const use = this.#uses[at]!;
      const error = valueError(use, value) ?? use.index.add(pattern, identity);
      if (error === undefined) continue;
      this.#leave(pattern, identity, at);
      return error;
    }
    return undefined;
  }

  #leave(pattern: string, identity: number, count: number): void {
    for (let at = 0; at < count; at++) this.#uses[at]!.index.remove(pattern, identity);
  }

  #patterns(): Map<string, PatternEntry> {
    if (this.#byPattern !== null) return this.#byPattern;
    const patterns = new Map<string, PatternEntry>();
    const last = new Map<string, PatternEntry>();
    for (const entry of this.#entries.values()) {
      const before = last.get(entry.pattern);
      if (before === undefined) patterns.set(entry.pattern, entry);
      else before.same = entry;
      entry.same = null;
      last.set(entry.pattern, entry);
    }
    this.#byPattern = patterns;
    return patterns;
  }

  /** Few maps give as many values as they have keys. */
  #share(text: string): PatternValue {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    const value = new PatternValue(text);
    this.#values.set(text, value);
    return value;
  }

  /** Takes out all entries that are written this way and returns how many there were. */
  remove(pattern: string): number {
    const same = this.find(pattern);
    this.#patterns().delete(pattern);
    for (const entry of same) this.#forget(entry);
    return same.length;
  }

  /** Takes out one entry by its identity; false when there is none. */
  removeEntry(identity: number): boolean {
    const entry = this.#entries.get(identity);
    if (entry === undefined) return false;
    const patterns = this.#patterns();
    const first = patterns.get(entry.pattern)!;
    if (first !== entry) {
      const before = this.find(entry.pattern).find(({ same }) => same === entry)!;
      before.same = entry.same;
    } else if (entry.same === null) patterns.delete(entry.pattern);
    else patterns.set(entry.pattern, entry.same);
    this.#forget(entry);
    return true;
  }

  #forget({ identity, pattern, version }: PatternEntry): void {
    this.#entries.delete(identity);
    if (version === this.#currentVersion) this.#leave(pattern, identity, this.#uses.length);
    if (this.#entries.size === 0) this.#values.clear();
  }

  /**
   * Gives all entries that are written this way another value; returns how many there were. A value
   * that some map cannot read changes nothing.
   */
  setValue(pattern: string, value: string): number {
    const same = this.find(pattern);
    for (const entry of same) this.#assign(entry, value);
    return same.length;
  }

  /** The same for one entry; false when there is none. */
  setEntryValue(identity: number, value: string): boolean {
    const entry = this.#entries.get(identity);
    if (entry === undefined) return false;
    this.#assign(entry, value);
    return true;
  }

  #assign(entry: PatternEntry, text: string): void {
    const value = this.#share(text);
    if (this.#uses.every((use) => valueError(use, value) === undefined)) entry.value = value;
  }

  /** Takes out all entries of a version; those of the current one are the ones that match. */
  clear(version = this.#currentVersion): void {
    this.#byPattern = null;
    if (version === this.#currentVersion) for (const { index } of this.#uses) index.clear();
    for (const entry of this.#entries.values()) {
      if (entry.version === version) this.#entries.delete(entry.identity);
    }
    if (this.#entries.size === 0) this.#values.clear();
  }

  /** Opens a new version, which is filled beside the current one, and returns its number. */
  prepare(): number {
    return ++this.#nextVersion;
  }

  /** Whether a version can take the place of the current one. */
  canCommit(version: number): boolean {
    return version > this.#currentVersion && version <= this.#nextVersion;
  }

  /** Puts a version in the place of the current one; it and those in between are gone then. */
  commit(version: number): void {
    for (const { index } of this.#uses) index.clear();
    this.#byPattern = null;
    this.#currentVersion = version;
    for (const entry of this.#entries.values()) {
      if (entry.version < version) this.#entries.delete(entry.identity);
      else if (entry.version === version) {
        for (const { index } of this.#uses) index.add(entry.pattern, entry.identity);
      }
    }
  }

  /**
   * Makes the index of somebody who uses the list, or finds that of another who uses it alike. It is
   * kept equal to the list from now on.
   */
  use(
    matcher: MatcherDeclaration,
    options: PatternOptions,
    output: SampleType | null,
  ): PatternUse | BadEntry {
    const alike = this.#uses.find((use) => use.isLike(matcher, options, output));
    if (alike !== undefined) return alike;
    const use = new PatternUse(matcher, options, output);
    for (const entry of this.entries()) {
      const error = use.index.add(entry.pattern, entry.identity) ?? valueError(use, entry.value);
      if (error !== undefined) return { entry, error };
    }
    this.#uses.push(use);
    return use;
  }
}

function valueError({ output }: PatternUse, value: PatternValue): PatternError | undefined {
  if (output === null || value.isOfType(output)) return undefined;
  return { message: `unable to parse '${value.text}'` };
}

/** Puts an entry behind those that are written the same way. */
function chain(patterns: Map<string, PatternEntry>, entry: PatternEntry): void {
  let last = patterns.get(entry.pattern);
  if (last === undefined) {
    patterns.set(entry.pattern, entry);
    return;
  }
  while (last.same !== null) last = last.same;
  last.same = entry;
}
