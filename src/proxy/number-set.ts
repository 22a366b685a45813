/**
 * Reads a set of numbers of processes, threads or processors: `all`, `odd`, `even`, a number, or a
 * range such as `2-4` or `2-`. Several of them may be joined by commas.
 *
 * @param max - The highest number; the lowest is `min`.
 * @returns The numbers, or undefined when the text is no such set.
 *
 * Source: HAProxy configuration manual, section 5.1, "process" and "thread".
 */
export function numberSet(text: string, max: number, min = 1): ReadonlySet<number> | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(",")) {
    const range = rangeOf(part, min, max);
    if (range === undefined) return undefined;
    for (let number = range.first; number <= range.last; number += range.step) numbers.add(number);
  }
  return numbers;
}

function rangeOf(text: string, min: number, max: number) {
  switch (text) {
    case "all":
      return { first: min, last: max, step: 1 };
    case "odd":
      return { first: min | 1, last: max, step: 2 };
    case "even":
      return { first: min + (min & 1), last: max, step: 2 };
  }
  const match = /^(\d+)(-(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : match[3] === "" ? max : Number(match[3]);
  return first >= min && last <= max && first <= last ? { first, last, step: 1 } : undefined;
}
