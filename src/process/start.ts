import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { evaluateCondition } from "../config/condition.ts";
import type { ConfigDraft } from "../config/draft.ts";
import { Environment } from "../config/environment.ts";
import { RUNTIME } from "../runtime/runtime-part.ts";
import { setProcessName } from "../sys/process-name.ts";
import { CommandLineError, parseCommandLine } from "./command-line.ts";
import type { Plan } from "./compile.ts";
import { DEMO_SERVERS_WORD } from "./demo.ts";
import { runDemoServers } from "./demo-servers.ts";
import { explainCommand } from "./explain-command.ts";
import { helpWords } from "./help-words.ts";
import { listingsText } from "./listings.ts";
import { Master } from "./master.ts";
import { Messages } from "./messages.ts";
import { MEMORY_TEXT } from "./options.ts";
import { prepare, type Start } from "./prepare.ts";
import { PROCESS } from "./process-part.ts";
import { buildText, TOLD_VERSION, versionText } from "./product.ts";
import { run } from "./run.ts";
import { runDemo } from "./run-demo.ts";
import { namedDescriptors, ServingChild, startDaemon } from "./serving-child.ts";
import { usageText } from "./usage.ts";

/** Exit statuses, as the reference has them. */
const Status = { OK: 0, FAILED: 1, NOT_SERVING: 2 } as const;

/**
 * Does what the command line asks for.
 *
 * @returns The exit status, or undefined while the process serves.
 */
export async function start(words: readonly string[]): Promise<number | undefined> {
  const programName = nameOfProgram();
  setProcessName(programName);
  const messages = new Messages(process.pid, TOLD_VERSION, process.execPath);
  switch (words[0]) {
    case "demo":
      return runDemo(words.slice(1), messages, programName);
    case DEMO_SERVERS_WORD:
      return runDemoServers();
    case "help":
      return helpWords(words.slice(1), messages);
    case "explain":
      return explainCommand(words.slice(1), messages, programName);
    default:
      return follow(words, messages, programName);
  }
}

/** Follows the options of the reference. */
async function follow(
  words: readonly string[],
  messages: Messages,
  programName: string,
): Promise<number | undefined> {
  const commandLine = parseCommandLine(words);
  if (commandLine instanceof CommandLineError) {
    messages.alert(commandLine.message);
    if (commandLine.showsUsage) messages.help(`${versionText()}${usageText(programName)}`);
    return Status.FAILED;
  }
  messages.isQuiet = commandLine.isQuiet;
  // A child's parent has told them.
  if (process.env.SLUICE_CHILD === undefined) {
    for (const warning of commandLine.warnings) messages.warning(warning);
  }
  switch (commandLine.action) {
    case "version":
      messages.answer(versionText());
      return Status.OK;
    case "build":
      messages.answer(buildText());
      return Status.OK;
    case "listings":
      messages.answer(listingsText(commandLine));
      return Status.OK;
    case "memory-options":
      messages.answer(MEMORY_TEXT);
      return Status.OK;
    case "condition":
      return judgeCondition(commandLine.condition, messages);
    default:
      return serveOrTell({ commandLine, messages, programName, child: ServingChild.detect() });
  }
}

/** The name that the program was started by; links to it give it other names. */
function nameOfProgram(): string {
  const told = process.env.SLUICE_STARTED_AS;
  delete process.env.SLUICE_STARTED_AS;
  if (told !== undefined && told !== "") return told;
  const command = readFileSync("/proc/self/cmdline", "latin1").split("\0")[0] ?? "";
  const name = basename(command);
  return name === "" || name.startsWith("bun") ? "sluice" : name;
}

/** `-cc`: 0 when it holds, 1 when it does not, 2 when it cannot be read. */
function judgeCondition(condition: string, messages: Messages): number {
  const environment = new Environment();
  environment.load(process.env);
  const result = evaluateCondition(condition, { environment });
  if ("value" in result) return result.value ? Status.OK : Status.FAILED;
  messages.alert(`config : Failed to evaluate condition: ${result.error} '${condition}'`);
  return Status.NOT_SERVING;
}

/** A child that cannot serve tells its parent why. */
async function serveOrTell(start: Start): Promise<number | undefined> {
  const status = await serve(start);
  if (status !== undefined && status !== Status.OK) start.child?.failed(start.messages.startupLogs);
  return status;
}

async function serve(start: Start): Promise<number | undefined> {
  const { commandLine, messages, child, programName } = start;
  const { directory } = commandLine;
  // A child begins where its parent went.
  if (directory !== "" && child === undefined && !changeDirectory(directory, messages)) {
    return Status.FAILED;
  }
  const plan = prepare(start);
  if (plan === undefined) return Status.FAILED;
  if (commandLine.action === "check") return reportCheck(plan, messages);
  if (!hasListener(plan.config)) {
    messages.alert(
      "[sluice.main()] No enabled listener found (check for 'bind' directives) ! Exiting.",
    );
    return Status.FAILED;
  }
  const { isDaemon, isDebug, isMaster } = plan.config.global.part(PROCESS);
  const mode = commandLine.mode ?? (isDaemon && !isDebug ? "daemon" : "foreground");
  if (mode === "daemon" && child === undefined) {
    return startDaemon(programName, namedDescriptors(plan));
  }
  if ((commandLine.isMaster || isMaster) && child?.isWorker !== true) {
    return new Master(plan, { commandLine, messages, child, programName }).run();
  }
  return run(plan, { commandLine, messages, child }) ? undefined : Status.FAILED;
}

function changeDirectory(path: string, messages: Messages): boolean {
  try {
    process.chdir(path);
    return true;
  } catch {
    messages.alert(`Could not change to directory ${path}.`);
    return false;
  }
}

/** Sockets of the runtime API count: a process may serve nothing else. */
function hasListener(config: ConfigDraft): boolean {
  if (config.global.part(RUNTIME).sockets.length > 0) return true;
  return config.proxies.some((proxy) => !proxy.isDisabled && proxy.binds.length > 0);
}

function reportCheck(plan: Plan, messages: Messages): number {
  if (hasListener(plan.config)) {
    messages.tell("Configuration file is valid\n");
    return Status.OK;
  }
  messages.tell("Configuration file has no error but will not start (no listener) => exit(2).\n");
  return Status.NOT_SERVING;
}
