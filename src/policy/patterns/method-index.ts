import { octetsOf } from "../args.ts";
import { lowerOctets } from "../octet-case.ts";
import type { Sample } from "../sample.ts";
import { ExactIndex } from "./exact-index.ts";
import { NO_MATCH, type PatternError, type PatternIndex } from "./pattern-index.ts";

/** Methods that are told apart by more than their letters. */
const KNOWN = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT"];

/** Methods without their case: those that HTTP knows keep theirs, for "get" is another method. */
export class MethodIndex implements PatternIndex {
  readonly #known = new ExactIndex(octetsOf, false);
  readonly #exact = new ExactIndex(octetsOf, false);
  readonly #folded = new ExactIndex((pattern) => lowerOctets(octetsOf(pattern)), true);

  constructor() {
    for (const [identity, name] of KNOWN.entries()) this.#known.add(name, identity);
  }

  get count(): number {
    return this.#exact.count;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    return this.#exact.add(pattern, identity) ?? this.#folded.add(pattern, identity);
  }

  remove(pattern: string, identity: number): void {
    this.#exact.remove(pattern, identity);
    this.#folded.remove(pattern, identity);
  }

  clear(): void {
    this.#exact.clear();
    this.#folded.clear();
  }

  /** @hot */
  find(sample: Sample): number {
    const isKnown = this.#known.find(sample) !== NO_MATCH;
    return (isKnown ? this.#exact : this.#folded).find(sample);
  }
}
