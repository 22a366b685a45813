import { grown, HashEntries } from "./hash-entries.ts";
import { finishHash } from "./octet-hash.ts";
import { NO_MATCH } from "./pattern-index.ts";

/** The words of a key. */
const WORDS = 4;

/** Keys of four 32-bit words and a small number: networks with their length, integers. */
export class WordTable extends HashEntries {
  #words = new Int32Array(16 * WORDS);
  #marks = new Int32Array(16);

  add(mark: number, one: number, two: number, three: number, four: number, identity: number): void {
    const entry = this.enter(hashWords(mark, one, two, three, four), identity);
    const at = entry * WORDS;
    this.#marks[entry] = mark;
    this.#words[at] = one;
    this.#words[at + 1] = two;
    this.#words[at + 2] = three;
    this.#words[at + 3] = four;
  }

  protected override growKeys(capacity: number): void {
    this.#words = grown(this.#words, capacity * WORDS);
    this.#marks = grown(this.#marks, capacity);
  }

  /**
   * Finds the pattern, of those with the same key the one that was added first, or NO_MATCH.
   *
   * @hot
   */
  find(mark: number, one: number, two: number, three: number, four: number): number {
    const hash = hashWords(mark, one, two, three, four);
    const words = this.#words;
    let found = NO_MATCH;
    for (let entry = this.first(hash); entry !== -1; entry = this.after(entry)) {
      const at = entry * WORDS;
      if (
        this.#marks[entry] !== mark ||
        words[at + 3] !== (four | 0) ||
        words[at + 2] !== (three | 0) ||
        words[at + 1] !== (two | 0) ||
        words[at] !== (one | 0)
      ) {
        continue;
      }
      const identity = this.identityOf(entry);
      if (found === NO_MATCH || identity < found) found = identity;
    }
    return found;
  }
}

/**
 * The hash of a key.
 *
 * @hot
 */
export function hashWords(
  mark: number,
  one: number,
  two: number,
  three: number,
  four: number,
): number {
  let hash = Math.imul(mark ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ one ^ (hash >>> 15), 0xc2b2ae35);
  hash = Math.imul(hash ^ two ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ three ^ (hash >>> 15), 0xc2b2ae35);
  hash = Math.imul(hash ^ four ^ (hash >>> 15), 0x85ebca6b);
  return finishHash(hash);
}
