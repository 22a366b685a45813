import { Severity } from "../config/diagnostic.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { readText } from "../config/testing.ts";
import { type CommandLine, parseCommandLine } from "../process/command-line.ts";
import { compile, type Plan } from "../process/compile.ts";
import { Messages } from "../process/messages.ts";
import { LANGUAGE } from "../process/registry.ts";

/** A compiled text: the plan, whose loop is closed already, and what is wrong with it, by level. */
export interface CompiledText {
  readonly plan: Plan;
  /** Each begins with the number of its line. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads and compiles a configuration with all keywords; nothing is bound. */
export function compileText(text: string): CompiledText {
  const { draft, diagnostics: read } = readText(text, {}, LANGUAGE);
  const diagnostics = new Diagnostics();
  const commandLine = parseCommandLine(["-f", "none"]) as CommandLine;
  const messages = new Messages(1, "v", "p");
  messages.isQuiet = true;
  const plan = compile(draft, { commandLine, diagnostics, messages });
  plan.engine.loop.close();
  const texts = (wanted: Severity) =>
    [...read.list, ...diagnostics.list]
      .filter(({ severity, at }) => severity === wanted && at !== undefined)
      .map(({ message, at }) => `${at!.line}: ${message}`);
  return { plan, errors: texts(Severity.ALERT), warnings: texts(Severity.WARNING) };
}
