import type { Sample } from "../sample.ts";
import { NO_MATCH, type PatternError, type PatternIndex } from "./pattern-index.ts";

interface Entry<P> {
  readonly identity: number;
  readonly parsed: P;
}

/** Patterns that are looked at one after the other: for matches that no order helps. */
export class ListIndex<P> implements PatternIndex {
  readonly #parse: (pattern: string) => P | PatternError;
  readonly #matches: (parsed: P, sample: Sample) => boolean;
  #entries: Entry<P>[] = [];

  constructor(
    parse: (pattern: string) => P | PatternError,
    matches: (parsed: P, sample: Sample) => boolean,
  ) {
    this.#parse = parse;
    this.#matches = matches;
  }

  get count(): number {
    return this.#entries.length;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    const parsed = this.#parse(pattern);
    if (isPatternError(parsed)) return parsed;
    this.#entries.push({ identity, parsed });
    return undefined;
  }

  remove(_pattern: string, identity: number): void {
    this.#entries = this.#entries.filter((entry) => entry.identity !== identity);
  }

  clear(): void {
    this.#entries = [];
  }

  /** @hot */
  find(sample: Sample): number {
    const entries = this.#entries;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      if (this.#matches(entry.parsed, sample)) return entry.identity;
    }
    return NO_MATCH;
  }
}

function isPatternError(value: unknown): value is PatternError {
  return typeof value === "object" && value !== null && "message" in value;
}
