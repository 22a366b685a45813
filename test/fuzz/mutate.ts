import type { Random } from "../support/random.ts";
import { PIECES } from "./corpus.ts";

const CHANGES_MAX = 4;

/** Bends a text a little: bytes flipped, pieces put in, parts cut out or repeated. */
export function mutate(text: string, random: Random): string {
  let result = text;
  for (let count = random.below(CHANGES_MAX); count > 0; count--) {
    const at = random.below(result.length + 1);
    const end = Math.min(result.length, at + random.below(12));
    const before = result.slice(0, at);
    switch (random.below(5)) {
      case 0:
        result = before + String.fromCharCode(random.below(256)) + result.slice(at + 1);
        break;
      case 1:
        result = before + random.pick(PIECES) + result.slice(at);
        break;
      case 2:
        result = before + result.slice(end);
        break;
      case 3:
        result = before + result.slice(at, end) + result.slice(at);
        break;
      default:
        result = before + random.pick(PIECES) + result.slice(end);
    }
  }
  return result;
}

/** Rounds of a fuzz test: enough to be of use in every run, many more with `FUZZ=factor`. */
export function fuzzRounds(base: number): number {
  return base * Number(process.env.FUZZ ?? "1");
}
