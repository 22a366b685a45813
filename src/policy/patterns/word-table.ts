import { HashEntries, KEY } from "./hash-entries.ts";
import { finishHash } from "./octet-hash.ts";
import { NO_MATCH } from "./pattern-index.ts";

/** The numbers of a key: a mark, and four words. */
const MARK = KEY;
const ONE = KEY + 1;
const TWO = KEY + 2;
const THREE = KEY + 3;
const FOUR = KEY + 4;

/** Keys of four 32-bit words and a small number: networks with their length, integers. */
export class WordTable extends HashEntries {
  add(mark: number, one: number, two: number, three: number, four: number, identity: number): void {
    const at = this.enter(hashWords(mark, one, two, three, four), identity);
    const { numbers } = this;
    numbers[at + MARK] = mark;
    numbers[at + ONE] = one;
    numbers[at + TWO] = two;
    numbers[at + THREE] = three;
    numbers[at + FOUR] = four;
  }

  /** Calls a function with the mark, the first and the last word of each key. */
  eachKey(call: (mark: number, one: number, four: number) => void): void {
    const { numbers } = this;
    this.eachEntry((at) => call(numbers[at + MARK]!, numbers[at + ONE]!, numbers[at + FOUR]!));
  }

  /**
   * Finds the pattern, of those with the same key the one that was added first, or NO_MATCH.
   *
   * @hot
   */
  find(mark: number, one: number, two: number, three: number, four: number): number {
    const hash = hashWords(mark, one, two, three, four);
    const { numbers } = this;
    let found = NO_MATCH;
    for (let at = this.first(hash); at >= 0; at = this.after(at)) {
      if (
        numbers[at + MARK] !== mark ||
        numbers[at + FOUR] !== (four | 0) ||
        numbers[at + THREE] !== (three | 0) ||
        numbers[at + TWO] !== (two | 0) ||
        numbers[at + ONE] !== (one | 0)
      ) {
        continue;
      }
      const identity = this.identityAt(at);
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
