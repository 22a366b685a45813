import { octetsOf } from "../args.ts";
import type { PatternError, PatternIndex } from "./pattern-index.ts";

/** What maps give: a text, and its bytes. Entries of one list that give the same share it. */
export interface PatternValue {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** One pattern of a list, with its value where the list is a map. */
export interface PatternEntry {
  readonly identity: number;
  readonly pattern: string;
  /** Empty for ACLs. */
  value: PatternValue;
  /** Line of the file that it stands in; 0 for what was added otherwise. */
  readonly line: number;
  /** The next one that is written the same way, in the order of adding. */
  same: PatternEntry | null;
}

/**
 * The patterns of one ACL, of one map, or of one file that several share. It holds them as text, for
 * whoever lists and changes them, and keeps the indexes that were made of them equal to it.
 */
export class PatternReference {
  /** Its number, as commands name it: `#3`. */
  readonly id: number;
  /** The file that it was read from, or "". */
  readonly file: string;
  /** Where it is used, for listings. */
  readonly description: string;
  readonly isMap: boolean;
  readonly #entries = new Map<number, PatternEntry>();
  /** Made when somebody first asks for a pattern: most lists are never changed. */
  #byPattern: Map<string, PatternEntry> | null = null;
  readonly #values = new Map<string, PatternValue>();
  readonly #indexes: PatternIndex[] = [];
  #nextIdentity = 1;

  constructor(id: number, file: string, description: string, isMap: boolean) {
    this.id = id;
    this.file = file;
    this.description = description;
    this.isMap = isMap;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** The entries in the order in which they were added. */
  entries(): Iterable<PatternEntry> {
    return this.#entries.values();
  }

  entry(identity: number): PatternEntry | undefined {
    return this.#entries.get(identity);
  }

  /** The entries that are written this way. */
  find(pattern: string): readonly PatternEntry[] {
    const found: PatternEntry[] = [];
    for (let entry = this.#patterns().get(pattern) ?? null; entry !== null; entry = entry.same) {
      found.push(entry);
    }
    return found;
  }

  /** Adds a pattern to the list and to all its indexes; an error leaves all as they were. */
  add(pattern: string, value = "", line = 0): PatternError | undefined {
    const identity = this.#nextIdentity;
    for (const [at, index] of this.#indexes.entries()) {
      const error = index.add(pattern, identity);
      if (error === undefined) continue;
      for (const earlier of this.#indexes.slice(0, at)) earlier.remove(pattern, identity);
      return error;
    }
    this.#nextIdentity++;
    const entry: PatternEntry = { identity, pattern, value: this.#share(value), line, same: null };
    this.#entries.set(identity, entry);
    if (this.#byPattern !== null) chain(this.#byPattern, entry);
    return undefined;
  }

  #patterns(): Map<string, PatternEntry> {
    if (this.#byPattern !== null) return this.#byPattern;
    const patterns = new Map<string, PatternEntry>();
    for (const entry of this.#entries.values()) chain(patterns, entry);
    this.#byPattern = patterns;
    return patterns;
  }

  /** Few maps give as many values as they have keys. */
  #share(text: string): PatternValue {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    const value = { text, bytes: octetsOf(text) };
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

  #forget({ identity, pattern }: PatternEntry): void {
    this.#entries.delete(identity);
    for (const index of this.#indexes) index.remove(pattern, identity);
  }

  /** Gives all entries that are written this way another value; returns how many there were. */
  setValue(pattern: string, value: string): number {
    const same = this.find(pattern);
    for (const entry of same) entry.value = this.#share(value);
    return same.length;
  }

  clear(): void {
    this.#entries.clear();
    this.#byPattern = null;
    this.#values.clear();
    for (const index of this.#indexes) index.clear();
  }

  /** Fills an index with what is there, and keeps it equal from now on; tells the first bad pattern. */
  attach(
    index: PatternIndex,
  ): { readonly entry: PatternEntry; readonly error: PatternError } | undefined {
    this.#indexes.push(index);
    for (const entry of this.#entries.values()) {
      const error = index.add(entry.pattern, entry.identity);
      if (error !== undefined) return { entry, error };
    }
    return undefined;
  }
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

/** All lists of patterns of a configuration. Those of one file are one list, whoever uses it. */
export class PatternReferences {
  readonly #list: PatternReference[] = [];
  readonly #byFile = new Map<string, PatternReference>();

  get all(): readonly PatternReference[] {
    return this.#list;
  }

  /** Makes the list of patterns that stand in the configuration itself. */
  makeInline(description: string, isMap: boolean): PatternReference {
    const reference = new PatternReference(this.#list.length, "", description, isMap);
    this.#list.push(reference);
    return reference;
  }

  /** Finds the list of a file; `isNew` when it still has to be read. */
  ofFile(
    file: string,
    description: string,
    isMap: boolean,
  ): { reference: PatternReference; isNew: boolean } {
    const known = this.#byFile.get(file);
    if (known !== undefined) return { reference: known, isNew: false };
    const reference = new PatternReference(this.#list.length, file, description, isMap);
    this.#list.push(reference);
    this.#byFile.set(file, reference);
    return { reference, isNew: true };
  }

  /** Finds a list as commands name it: `#3`, or its file. */
  find(name: string): PatternReference | undefined {
    if (name.startsWith("#")) return this.#list[Number(name.slice(1))];
    return this.#byFile.get(name);
  }
}
