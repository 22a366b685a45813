import { CommandLineError, parseCommandLine } from "./command-line.ts";
import {
  DEMO_CONFIGURATION,
  demoBanner,
  findTakenPort,
  parseDemoWords,
  startDemoServers,
} from "./demo.ts";
import type { Messages } from "./messages.ts";
import { prepare } from "./prepare.ts";
import { run } from "./run.ts";

/**
 * Runs the demonstration: four web servers, and the proxy in front of them with
 * examples/quickstart.cfg.
 *
 * @returns The exit status, or undefined while it serves.
 */
export async function runDemo(
  words: readonly string[],
  messages: Messages,
  programName: string,
): Promise<number | undefined> {
  const ports = parseDemoWords(words);
  const problem = typeof ports === "string" ? ports : findTakenPort(ports);
  if (typeof ports === "string" || problem !== undefined) {
    messages.help(`${problem}\n`);
    return 1;
  }
  const commandLine = parseCommandLine(["-db", "-f", DEMO_CONFIGURATION.path]);
  if (commandLine instanceof CommandLineError) return 1;
  const servers = await startDemoServers();
  const variables = {
    ...servers.variables,
    WEB_PORT: String(ports.port),
    STATS_PORT: String(ports.statsPort),
  };
  const demo = { ...DEMO_CONFIGURATION, variables };
  const plan = prepare({ commandLine, messages, programName, child: undefined, demo });
  if (plan === undefined || !run(plan, { commandLine, messages, child: undefined })) {
    servers.stop();
    return 1;
  }
  const stop = (): void => {
    servers.stop();
    messages.answer("\nStopped.\n");
    process.exit(0);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  messages.answer(demoBanner(ports));
  // What happens from here on is in the log, which goes to the same terminal.
  messages.isQuiet = true;
  return undefined;
}
