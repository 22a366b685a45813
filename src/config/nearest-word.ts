/** A word this long needs at least that many edits less than its length to be taken for another. */
const SHARE_OF_EDITS = 3;

/**
 * Finds what a mistyped word was probably meant to be: the known word with the fewest edits
 * (a letter more, less, other, or two swapped). Undefined when none is near.
 */
export function nearestWord(typed: string, known: Iterable<string>): string | undefined {
  // The words come from a file of any content: a long one is no slip of the finger.
  if (typed.length === 0 || typed.length > 64) return undefined;
  let nearest: string | undefined;
  let fewest = Math.max(1, Math.floor(typed.length / SHARE_OF_EDITS)) + 1;
  for (const word of known) {
    if (Math.abs(word.length - typed.length) >= fewest) continue;
    const edits = editDistance(typed, word);
    if (edits < fewest) {
      fewest = edits;
      nearest = word;
    }
  }
  return nearest;
}

/** Counts the edits between two words; two swapped neighbours count as one. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let edits = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
      );
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && isSwap) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
