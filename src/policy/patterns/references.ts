import type { Word } from "../../config/word.ts";
import { PatternReference } from "./reference.ts";

/** All lists of patterns of a configuration. Those of one file are one list, whoever uses it. */
export class PatternReferences {
  readonly #list: PatternReference[] = [];
  readonly #byFile = new Map<string, PatternReference>();
  /** Those with a number of their own choice (`-u`). */
  readonly #chosen = new Map<number, PatternReference>();
  #byId: Map<number, PatternReference> | null = null;

  /** All lists by their numbers, ascending. */
  get all(): readonly PatternReference[] {
    return [...this.#numbered().values()];
  }

  /** Makes the list of patterns that stand in the configuration itself, at a word. */
  makeInline(at: Word, description: string): PatternReference {
    const reference = new PatternReference("", at, false);
    reference.describe(description);
    this.#add(reference);
    return reference;
  }

  /** Gives a list a number; false when another one has it. */
  choose(id: number, reference: PatternReference): boolean {
    if (this.#chosen.has(id)) return false;
    this.#chosen.set(id, reference);
    this.#byId = null;
    return true;
  }

  /** Finds the list of a file; `isNew` when it still has to be read. */
  ofFile(
    file: string,
    at: Word,
    isMap: boolean,
  ): { readonly reference: PatternReference; readonly isNew: boolean } {
    const known = this.#byFile.get(file);
    if (known !== undefined) return { reference: known, isNew: false };
    const reference = new PatternReference(file, at, isMap);
    this.#add(reference);
    this.#byFile.set(file, reference);
    return { reference, isNew: true };
  }

  #add(reference: PatternReference): void {
    this.#list.push(reference);
    this.#byId = null;
  }

  /** Finds the list of a file. */
  findFile(file: string): PatternReference | undefined {
    return this.#byFile.get(file);
  }

  /** Finds a list as commands name it: `#3`, or its file. */
  find(name: string): PatternReference | undefined {
    if (!name.startsWith("#")) return this.#byFile.get(name);
    return /^#[0-9]+$/.test(name) ? this.#numbered().get(Number(name.slice(1))) : undefined;
  }

  /** Numbers those that have none in the order in which they stand in the configuration. */
  #numbered(): ReadonlyMap<number, PatternReference> {
    if (this.#byId !== null) return this.#byId;
    const numbers: [number, PatternReference][] = [...this.#chosen];
    const taken = new Set(this.#chosen.keys());
    const own = new Set(this.#chosen.values());
    let next = 0;
    for (const reference of inOrder(this.#list.filter((item) => !own.has(item)))) {
      while (taken.has(next)) next++;
      numbers.push([next++, reference]);
    }
    numbers.sort(([one], [other]) => one - other);
    this.#byId = new Map(numbers);
    for (const [id, reference] of numbers) reference.id = id;
    return this.#byId;
  }
}

/** By file, line and column; those of one word stay as they were made. */
function inOrder(list: readonly PatternReference[]): readonly PatternReference[] {
  const files = [...new Set(list.map(({ at }) => at.source))];
  return [...list].sort(
    ({ at: one }, { at: other }) =>
      files.indexOf(one.source) - files.indexOf(other.source) ||
      one.line - other.line ||
      one.column - other.column,
  );
}
