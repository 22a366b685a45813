import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Severity } from "../../src/config/diagnostic.ts";
import { Diagnostics } from "../../src/config/diagnostics.ts";
import type { SectionKind } from "../../src/config/draft.ts";
import { readSources } from "../../src/config/read-config.ts";
import { sourceOf } from "../../src/config/sources.ts";
import { LANGUAGE } from "../../src/process/registry.ts";
import { compileText } from "../../src/proxy/testing.ts";
import { KEYWORDS } from "../../src/registry/keywords.ts";

/** One line in a section of its own. */
export interface KeywordLine {
  readonly section: SectionKind;
  readonly line: string;
}

/** How a program takes a line, and what it says of it. */
export interface Judged {
  readonly verdict: "fine" | "warning" | "alert";
  readonly message: string;
}

const SECTIONS: readonly SectionKind[] = ["global", "defaults", "frontend", "listen", "backend"];

/** What stands behind each keyword: nothing, a number, a word, more than anybody takes. */
const VALUES = ["", "1", "x", "1 2"];

/** They change what the lines behind them mean. */
const LEFT_OUT = /^(?:presetenv|setenv|unsetenv|resetenv|h1-case-adjust-file)$/;

/** The lines of all keywords that are built: right, wrong, misplaced, negated, taken back. */
export function keywordLines(): KeywordLine[] {
  const lines: KeywordLine[] = [];
  for (const { name, sections } of KEYWORDS) {
    if (LEFT_OUT.test(name)) continue;
    for (const section of SECTIONS) {
      if (!sections.includes(section)) {
        lines.push({ section, line: `${name} 1` });
        continue;
      }
      for (const value of VALUES) lines.push({ section, line: `${name} ${value}`.trimEnd() });
      lines.push({ section, line: `no ${name}` }, { section, line: `no ${name} 1` });
      lines.push({ section, line: `default ${name}` });
    }
  }
  return lines;
}

/** The reference stops reading behind fifty errors. */
const LINES_A_FILE = 40;

/** A file with each line in a section of its own, and where they stand. */
function fileOf(lines: readonly KeywordLine[]) {
  const text: string[] = [];
  const places: number[] = [];
  for (const [index, { section, line }] of lines.entries()) {
    text.push(section === "global" ? section : `${section} s${index}`, ` ${line}`);
    places.push(text.length);
    // What it says is not for the sections behind it.
    if (section === "defaults") text.push("defaults");
  }
  // An error at the end keeps the reference from judging sections as wholes.
  text.push("listen last", " frob");
  return { text: `${text.join("\n")}\n`, places, end: text.length };
}

const FINE: Judged = { verdict: "fine", message: "" };
const REPORT = /^\[(ALERT|WARNING)\][^[]*\[[^\]]*?:(\d+)\]\s*:?\s*(.*)/;

/** Has HAProxy judge the lines. */
export function judgeByOracle(
  path: string,
  directory: string,
  lines: readonly KeywordLine[],
): Judged[] {
  const judged: Judged[] = [];
  while (judged.length < lines.length) {
    const from = judged.length;
    const { text, places, end } = fileOf(lines.slice(from, from + LINES_A_FILE));
    const file = join(directory, "lines.cfg");
    writeFileSync(file, text);
    const { stderr } = Bun.spawnSync([path, "-c", "-f", file], {
      stdout: "ignore",
      stderr: "pipe",
    });
    const byLine = new Map<number, Judged>();
    for (const report of stderr.toString().split("\n")) {
      const [, level, line, message] = REPORT.exec(report) ?? [];
      if (line === undefined || message!.startsWith("too many fatal errors")) continue;
      note(byLine, Number(line), level === "ALERT" ? "alert" : "warning", message!);
    }
    // Without the error at the end, it has stopped behind the last line that it says something of.
    const stop = byLine.has(end) ? end : Math.max(places[0]!, ...byLine.keys());
    const read = places.filter((place) => place <= stop);
    judged.push(...read.map((place) => byLine.get(place) ?? byLine.get(place - 1) ?? FINE));
  }
  return judged;
}

/** Has our own reader judge them; what only a whole section tells is asked of each alone. */
export function judgeOurselves(lines: readonly KeywordLine[]): Judged[] {
  const { text, places } = fileOf(lines);
  const diagnostics = new Diagnostics();
  readSources([sourceOf("lines", text)], { language: LANGUAGE, variables: {} }, diagnostics);
  const byLine = new Map<number, Judged>();
  for (const { at, severity, message } of diagnostics.list) {
    if (at === undefined || severity < Severity.WARNING) continue;
    note(byLine, at.line, severity === Severity.ALERT ? "alert" : "warning", message);
  }
  return places.map((place) => byLine.get(place) ?? byLine.get(place - 1) ?? FINE);
}

/** Compiles a line in a section that is complete besides. */
export function compileAlone({ section, line }: KeywordLine): Judged {
  const bind = section === "frontend" || section === "listen" ? " bind 127.0.0.1:1\n" : "";
  const user = section === "defaults" ? "listen l\n bind 127.0.0.1:1\n" : "";
  const name = section === "global" || section === "defaults" ? "" : " b";
  const { errors, warnings } = compileText(`${section}${name}\n ${line}\n${bind}${user}`);
  const own = (texts: readonly string[]) => texts.find((text) => text.startsWith("2: "));
  const error = own(errors) ?? errors[0];
  if (error !== undefined) return { verdict: "alert", message: error };
  const warning = own(warnings);
  return warning === undefined ? FINE : { verdict: "warning", message: warning };
}

function note(
  byLine: Map<number, Judged>,
  line: number,
  verdict: "warning" | "alert",
  message: string,
): void {
  if (byLine.get(line)?.verdict !== "alert") byLine.set(line, { verdict, message });
}
