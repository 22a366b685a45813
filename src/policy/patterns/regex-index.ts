import { Pattern, PatternResult } from "../../sys/pcre2.ts";
import type { Sample } from "../sample.ts";
import {
  NO_MATCH,
  type PatternError,
  type PatternIndex,
  type PatternOptions,
} from "./pattern-index.ts";

interface Entry {
  readonly identity: number;
  readonly source: string;
  readonly pattern: Pattern;
  /** That it took too much work was said already. */
  hasOverworked: boolean;
}

/** Regular expressions, which are tried one after the other. Values are matched where they lie. */
export class RegexIndex implements PatternIndex {
  readonly #options: PatternOptions;
  #entries: Entry[] = [];
  /** The one that the last value matched; its groups are those of that value. */
  #matched: Pattern | null = null;

  constructor(options: PatternOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** What the last value that was found had matched. */
  get matched(): Pattern | null {
    return this.#matched;
  }

  add(source: string, identity: number): PatternError | undefined {
    const pattern = Pattern.compile(source, { ignoresCase: this.#options.ignoresCase });
    if (!(pattern instanceof Pattern)) return { message: regexErrorText(source, pattern) };
    this.#entries.push({ identity, source, pattern, hasOverworked: false });
    return undefined;
  }

  remove(_pattern: string, identity: number): void {
    const at = this.#entries.findIndex((entry) => entry.identity === identity);
    if (at === -1) return;
    this.#free(this.#entries[at]!);
    this.#entries.splice(at, 1);
  }

  clear(): void {
    for (const entry of this.#entries) this.#free(entry);
    this.#entries = [];
  }

  #free({ pattern }: Entry): void {
    if (this.#matched === pattern) this.#matched = null;
    pattern.free();
  }

  /** @hot */
  find({ bytes, start, end }: Sample): number {
    const entries = this.#entries;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      const result = entry.pattern.matchBytes(bytes, start, end);
      if (result > 0) {
        this.#matched = entry.pattern;
        return entry.identity;
      }
      if (result !== PatternResult.NO_MATCH && !entry.hasOverworked) this.#report(entry);
    }
    return NO_MATCH;
  }

  #report(entry: Entry): void {
    entry.hasOverworked = true;
    this.#options.reportOverwork?.(entry.source);
  }
}

/** Why a text is no regular expression, in the library's own words. */
export function regexErrorText(
  source: string,
  { message, offset }: { readonly message: string; readonly offset: number },
): string {
  if (offset < 0) return message;
  return `regex '${source}' is invalid (error=${message}, erroffset=${offset})`;
}
