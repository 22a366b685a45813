import { isatty } from "node:tty";
import { type ExplainArguments, readArguments } from "../explain/arguments.ts";
import { assume } from "../explain/assume.ts";
import { findEntrance } from "../explain/entrance.ts";
import { explain } from "../explain/explain.ts";
import type { Explanation } from "../explain/explanation.ts";
import { helpText } from "../explain/help-text.ts";
import { COLOURS, PLAIN } from "../explain/palette.ts";
import { print } from "../explain/print.ts";
import { Rehearsal } from "../explain/rehearsal.ts";
import { rowsOf } from "../explain/server-step.ts";
import { errnoText } from "../sys/errno.ts";
import { type CommandLine, parseCommandLine } from "./command-line.ts";
import type { Messages } from "./messages.ts";
import { prepare } from "./prepare.ts";

const OK = 0;
const FAILED = 1;
const STANDARD_OUTPUT = 1;

/**
 * `sluice explain`: tells what a configuration would do with one request.
 *
 * @returns The exit status: 1 when something is wrong with the words or with the configuration.
 */
export function explainCommand(
  words: readonly string[],
  messages: Messages,
  programName: string,
): number {
  if (words.includes("--help") || words.includes("-h")) {
    messages.answer(helpText(programName));
    return OK;
  }
  const read = readArguments(words);
  if (Array.isArray(read)) return refuse(read, messages, programName);
  return tell(read as ExplainArguments, messages, programName);
}

function refuse(problems: readonly string[], messages: Messages, programName: string): number {
  for (const problem of problems) messages.help(`${programName} explain: ${problem}\n`);
  messages.help(`See: ${programName} explain --help\n`);
  return FAILED;
}

function tell(read: ExplainArguments, messages: Messages, programName: string): number {
  if (read.directory !== "") {
    try {
      process.chdir(read.directory);
    } catch {
      const problem = `cannot change to the directory ${read.directory}`;
      return refuse([problem], messages, programName);
    }
  }
  const explanation = explainFiles(read, messages);
  if (explanation === undefined) return FAILED;
  if (Array.isArray(explanation)) return refuse(explanation, messages, programName);
  const told = explanation as Explanation;
  const hasColours = isatty(STANDARD_OUTPUT) && !process.env.NO_COLOR;
  messages.answer(
    read.isJson ? `${JSON.stringify(told, null, 2)}\n` : print(told, hasColours ? COLOURS : PLAIN),
  );
  return OK;
}

/**
 * Compiles the configuration and takes the connection through it.
 *
 * @returns What is wrong with the question, or undefined when the configuration is wrong, which the
 *   messages tell as `-c` does.
 */
export function explainFiles(
  { question, files }: ExplainArguments,
  messages: Messages,
): Explanation | string[] | undefined {
  const rehearsal = new Rehearsal(question);
  // Whatever the files are called: there is nothing here that could be wrong.
  const commandLine = parseCommandLine(["--", ...files]) as CommandLine;
  const start = { commandLine, messages, programName: "", child: undefined, standIns: rehearsal };
  const plan = prepare(start);
  if (plan === undefined) return undefined;
  // What servers go through is assumed: nobody need be told.
  messages.isQuiet = true;
  const entrance = findEntrance(plan.proxies, question);
  const problems = [...rehearsal.observer.problems];
  if (typeof entrance === "string") problems.push(entrance);
  problems.push(...assume(question.servers, plan.proxies, rehearsal));
  if (problems.length > 0 || typeof entrance === "string") return problems;
  const rows = new Map(
    plan.proxies.flatMap(({ proxy }) =>
      proxy.servers === null ? [] : [[proxy.name, rowsOf(proxy.servers)] as const],
    ),
  );
  const performance = rehearsal.run(plan, entrance);
  plan.engine.loop.close();
  if (typeof performance === "number") {
    return [`cannot make a socket pair: ${errnoText(performance)}`];
  }
  return explain({ question, entrance, tracer: rehearsal.observer, performance, rows });
}
