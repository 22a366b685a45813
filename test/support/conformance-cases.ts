import { readFileSync } from "node:fs";

/** One case of a Markdown file: what comes, and what is made of it. */
export interface ConformanceCase {
  /** The heading. */
  readonly title: string;
  /** The bytes as text of latin1. */
  readonly input: string;
  /** Words behind `http` in the block's first line, such as `response HEAD`. */
  readonly options: readonly string[];
  readonly events: readonly string[];
}

const BLOCK = /^```(\S+)([^\n]*)\n([\s\S]*?)^```$/gm;

/**
 * Reads the cases of a Markdown file: below each heading of level two an `http` block with the bytes
 * and an `events` block with what happens, a line each. In the bytes only `\r`, `\n`, `\t` and `\xNN`
 * count as such; the line breaks of the file are for reading.
 */
export function readConformanceCases(path: string): ConformanceCase[] {
  const sections = readFileSync(path, "utf8").split(/^## /m).slice(1);
  return sections.map((section) => {
    const title = section.slice(0, section.indexOf("\n"));
    const blocks = [...section.matchAll(BLOCK)];
    const bytes = blocks.find(([, kind]) => kind === "http");
    const events = blocks.find(([, kind]) => kind === "events");
    if (bytes === undefined || events === undefined) {
      throw new Error(`${path}: "${title}" has no http and events blocks`);
    }
    return {
      title,
      input: unescapeBytes(bytes[3]!),
      options: bytes[2]!.trim().split(" "),
      events: events[3]!.split("\n").filter((line) => line !== ""),
    };
  });
}

function unescapeBytes(block: string): string {
  return block.replaceAll("\n", "").replace(/\\(r|n|t|x([0-9a-fA-F]{2}))/g, (_all, kind, code) => {
    if (kind === "r") return "\r";
    if (kind === "n") return "\n";
    return kind === "t" ? "\t" : String.fromCharCode(Number.parseInt(code, 16));
  });
}
