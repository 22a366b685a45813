import type { PatternReference } from "./reference.ts";

/**
 * Reads the lines of a pattern file into its list: one pattern a line, blanks in front of it do not
 * count, nor do empty lines and those that start with `#`. In a map the first word is the pattern and
 * the rest of the line, without the blanks around it, its value. A CR ends a line as well.
 *
 * Source: HAProxy configuration manual, sections 7.1 and 7.3.1, "map".
 */
export function readPatternFile(text: string, into: PatternReference): void {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const stop = text.indexOf("\n", start);
    const end = stop === -1 ? text.length : stop;
    line++;
    readLine(text, start, end, line, into);
    start = end + 1;
  }
}

function readLine(
  text: string,
  start: number,
  end: number,
  line: number,
  into: PatternReference,
): void {
  if (text[start] === "#") return;
  let to = start;
  while (to < end && text[to] !== "\r") to++;
  let from = start;
  while (from < to && isBlank(text, from)) from++;
  if (from === to) return;
  if (!into.isMap) {
    into.add(text.slice(from, to), "", line);
    return;
  }
  while (isBlank(text, to - 1)) to--;
  let keyEnd = from;
  while (keyEnd < to && !isBlank(text, keyEnd)) keyEnd++;
  let value = keyEnd;
  while (value < to && isBlank(text, value)) value++;
  into.add(text.slice(from, keyEnd), text.slice(value, to), line);
}

function isBlank(text: string, at: number): boolean {
  const character = text[at];
  return character === " " || character === "\t";
}
