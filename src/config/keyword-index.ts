import type { SectionKind } from "./draft.ts";
import type { Keyword } from "./keyword.ts";
import type { Word } from "./word.ts";

/** A keyword found at the start of a line, and how many words it takes there. */
export interface FoundKeyword {
  readonly keyword: Keyword;
  readonly wordCount: number;
}

/** Finds the keyword that a line starts with: the longest one that can stand in the section. */
export class KeywordIndex {
  readonly #byName = new Map<string, Keyword[]>();
  readonly #wordCountMax: number;

  constructor(keywords: readonly Keyword[]) {
    let wordCountMax = 1;
    for (const keyword of keywords) {
      const same = this.#byName.get(keyword.name) ?? [];
      this.#byName.set(keyword.name, [...same, keyword]);
      wordCountMax = Math.max(wordCountMax, keyword.name.split(" ").length);
    }
    this.#wordCountMax = wordCountMax;
  }

  find(words: readonly Word[], kind: SectionKind): FoundKeyword | undefined {
    return this.#findWhere(words, (keyword) => keyword.sections.includes(kind));
  }

  /** Finds it whatever section it belongs to. */
  findAnywhere(words: readonly Word[]): FoundKeyword | undefined {
    return this.#findWhere(words, () => true);
  }

  /** The names of what can stand in such a section. */
  namesIn(kind: SectionKind): string[] {
    const names: string[] = [];
    for (const [name, keywords] of this.#byName) {
      if (keywords.some((keyword) => keyword.sections.includes(kind))) names.push(name);
    }
    return names;
  }

  #findWhere(
    words: readonly Word[],
    accepts: (keyword: Keyword) => boolean,
  ): FoundKeyword | undefined {
    for (let count = Math.min(words.length, this.#wordCountMax); count > 0; count--) {
      const name = joined(words, count);
      const keyword = this.#byName.get(name)?.find(accepts);
      if (keyword !== undefined) return { keyword, wordCount: count };
    }
    return undefined;
  }
}

/** The first words of a line as one name. */
export function joined(words: readonly Word[], count: number): string {
  return words
    .slice(0, count)
    .map((word) => word.text)
    .join(" ");
}
