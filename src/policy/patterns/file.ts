import type { PatternReference } from "./reference.ts";

/**
 * Reads the lines of a pattern file into its list: one pattern a line, blanks around it do not count,
 * nor do empty lines and those that start with `#`. In a map the first word is the pattern and the
 * rest of the line its value.
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
  let from = start;
  let to = end;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && (isBlank(text, to - 1) || text[to - 1] === "\r")) to--;
  if (from === to || text[from] === "#") return;
  if (!into.isMap) {
    into.add(text.slice(from, to), "", line);
    return;
  }
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
