import type { PatternError, PatternIndex } from "./pattern-index.ts";

/** One pattern of a list, with its value where the list is a map. */
export interface PatternEntry {
  readonly identity: number;
  readonly pattern: string;
  /** What a map gives for it; "" for ACLs. */
  value: string;
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
  readonly #byPattern = new Map<string, PatternEntry[]>();
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
    return this.#byPattern.get(pattern) ?? [];
  }

  /** Adds a pattern to the list and to all its indexes; an error leaves all as they were. */
  add(pattern: string, value = ""): PatternError | undefined {
    const entry: PatternEntry = { identity: this.#nextIdentity, pattern, value };
    for (const [at, index] of this.#indexes.entries()) {
      const error = index.add(pattern, entry.identity);
      if (error === undefined) continue;
      for (const earlier of this.#indexes.slice(0, at)) this.#readd(earlier, pattern);
      return error;
    }
    this.#nextIdentity++;
    this.#entries.set(entry.identity, entry);
    const same = this.#byPattern.get(pattern);
    if (same === undefined) this.#byPattern.set(pattern, [entry]);
    else same.push(entry);
    return undefined;
  }

  /** Makes an index hold of a pattern what the list holds. */
  #readd(index: PatternIndex, pattern: string): void {
    index.remove(pattern);
    for (const entry of this.find(pattern)) index.add(pattern, entry.identity);
  }

  /** Takes out all entries that are written this way and returns how many there were. */
  remove(pattern: string): number {
    const same = this.#byPattern.get(pattern);
    if (same === undefined) return 0;
    this.#byPattern.delete(pattern);
    for (const entry of same) this.#entries.delete(entry.identity);
    for (const index of this.#indexes) index.remove(pattern);
    return same.length;
  }

  /** Gives all entries that are written this way another value; returns how many there were. */
  setValue(pattern: string, value: string): number {
    const same = this.#byPattern.get(pattern) ?? [];
    for (const entry of same) entry.value = value;
    return same.length;
  }

  clear(): void {
    this.#entries.clear();
    this.#byPattern.clear();
    for (const index of this.#indexes) index.clear();
  }

  /** Fills an index with what is there, and keeps it equal from now on; tells the first bad pattern. */
  attach(
    index: PatternIndex,
  ): { readonly pattern: string; readonly error: PatternError } | undefined {
    this.#indexes.push(index);
    for (const entry of this.#entries.values()) {
      const error = index.add(entry.pattern, entry.identity);
      if (error !== undefined) return { pattern: entry.pattern, error };
    }
    return undefined;
  }
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
