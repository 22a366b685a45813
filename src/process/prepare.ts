import { hostname } from "node:os";
import { Diagnostics } from "../config/diagnostics.ts";
import type { ConfigDraft } from "../config/draft.ts";
import { formatDiagnostics } from "../config/format-diagnostics.ts";
import { readConfig, readSources } from "../config/read-config.ts";
import { sourceOf } from "../config/sources.ts";
import type { StandIns } from "../explain/stand-ins.ts";
import { BuiltInFormat } from "../log/built-in-formats.ts";
import type { CommandLine } from "./command-line.ts";
import { compile, type Plan } from "./compile.ts";
import { listingsText } from "./listings.ts";
import { readMasterSocket } from "./master-sockets.ts";
import type { Messages } from "./messages.ts";
import { PROCESS } from "./process-part.ts";
import { LANGUAGE } from "./registry.ts";
import type { ServingChild } from "./serving-child.ts";

/** A configuration that is part of the program. */
export interface BuiltInConfiguration {
  readonly path: string;
  readonly text: string;
  /** Variables that it is read with, besides those of the environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What of the start is the same for all steps. */
export interface Start {
  readonly commandLine: CommandLine;
  readonly messages: Messages;
  readonly programName: string;
  /** Undefined in the process that was started by somebody else. */
  readonly child: ServingChild | undefined;
  /** What is read instead of files. */
  readonly demo?: BuiltInConfiguration;
  /** See {@link CompileContext}. */
  readonly standIns?: StandIns;
}

/** Reads, checks and compiles the configuration; tells what is wrong with it. */
export function prepare(start: Start): Plan | undefined {
  const { commandLine, messages, child, standIns } = start;
  const diagnostics = new Diagnostics();
  const config = read(start, diagnostics);
  const settings = config.global.part(PROCESS);
  if (settings.isQuiet && !commandLine.isVerbose && commandLine.action === "run") {
    messages.isQuiet = true;
  }
  if (child === undefined) judgeMasterSocket(commandLine, settings.isMaster, diagnostics);
  const context = { commandLine, diagnostics, messages, standIns };
  const plan = diagnostics.errorCount === 0 ? compile(config, context) : undefined;
  const hasFailed = diagnostics.errorCount > 0;
  // The parent has told the warnings already.
  if (child === undefined || hasFailed) tell(diagnostics, commandLine, messages);
  if (hasFailed || plan === undefined) return undefined;
  if (child === undefined) messages.answer(listingsText(commandLine));
  if (diagnostics.warningCount === 0) return plan;
  if (commandLine.warningsAreFatal || settings.warningsAreFatal) {
    messages.alert("config : Some warnings were found and 'zero-warning' is set. Aborting.");
    return undefined;
  }
  if (commandLine.action === "check") messages.tell("Warnings were found.\n");
  return plan;
}

function tell(diagnostics: Diagnostics, commandLine: CommandLine, messages: Messages): void {
  const { isDiagnosing } = commandLine;
  const options = { pid: process.pid, showsDiag: isDiagnosing };
  messages.lines(formatDiagnostics(diagnostics, options));
}

function read({ commandLine, demo }: Start, diagnostics: Diagnostics): ConfigDraft {
  const localPeer = commandLine.localPeer || hostname();
  const variables = {
    ...process.env,
    HAPROXY_LOCALPEER: localPeer,
    HAPROXY_CFGFILES: commandLine.files.join(";"),
    HAPROXY_HTTP_LOG_FMT: BuiltInFormat.HTTP,
    HAPROXY_TCP_LOG_FMT: BuiltInFormat.TCP,
    ...(commandLine.isMaster ? { HAPROXY_MWORKER: "1" } : {}),
    ...(commandLine.masterSocket === ""
      ? {}
      : { HAPROXY_MASTER_CLI: masterSocketName(commandLine) }),
    // Only what the configuration opens counts, not what an outer process told of itself.
    HAPROXY_CLI: undefined,
  };
  if (demo === undefined) {
    return readConfig(commandLine.files, { language: LANGUAGE, variables }, diagnostics);
  }
  const options = { language: LANGUAGE, variables: { ...variables, ...demo.variables } };
  return readSources([sourceOf(demo.path, demo.text)], options, diagnostics);
}

/** What is wrong with `-S` is told before anything is started, also by `-c`. */
function judgeMasterSocket(
  { masterSocket, isMaster }: CommandLine,
  isMasterByConfiguration: boolean,
  diagnostics: Diagnostics,
): void {
  if (masterSocket === "") return;
  if (isMaster || isMasterByConfiguration) readMasterSocket(masterSocket, diagnostics);
  else {
    diagnostics.warn(
      undefined,
      "-S : a master CLI socket was defined, but master-worker mode (-W) is not enabled.",
      "Add -W, or leave -S out",
    );
  }
}

/** Where the master's socket is, as `HAPROXY_MASTER_CLI` says it. */
function masterSocketName({ masterSocket }: CommandLine): string {
  const address = masterSocket.split(",")[0] ?? "";
  return address.startsWith("/") ? `unix@${address}` : address;
}
