import type { PatternReference } from "./pattern-reference.ts";

/**
 * Reads the lines of a pattern file into its list: one pattern a line, blanks around it do not count,
 * nor do empty lines and those that start with `#`. In a map the first word is the pattern and the
 * rest of the line its value.
 *
 * Source: HAProxy configuration manual, sections 7.1 and 7.3.1, "map".
 */
export function readPatternFile(text: string, into: PatternReference): void {
  for (const line of text.split("\n")) {
    const trimmed = line.replace(/^[ \t]+|[ \t\r]+$/g, "");
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    if (!into.isMap) {
      into.add(trimmed);
      continue;
    }
    const [, pattern = "", value = ""] = /^(\S+)[ \t]*(.*)$/s.exec(trimmed) ?? [];
    into.add(pattern, value);
  }
}
