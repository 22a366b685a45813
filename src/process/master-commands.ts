import { type Command, defineCommand, inform } from "../runtime/command.ts";
import { operator, showCliLevel, user } from "../runtime/commands/levels.ts";
import { showCliSockets } from "../runtime/commands/show-cli-sockets.ts";
import { showVersion } from "../runtime/commands/show-version.ts";
import { TOLD_VERSION } from "./product.ts";

/** One process as `show proc` lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly kind: "master" | "worker";
  readonly reloads: string;
  readonly ageMs: number;
  readonly isFormer: boolean;
}

/** What the master's commands reach. */
export interface MasterView {
  readonly rows: readonly ProcessRow[];
  /** Replaces the worker; true when a new one serves. */
  reload(): Promise<boolean>;
}

const SOURCE = "HAProxy management guide, section 9.4";
const COLUMN = 15;

/** The commands that the master answers by itself. */
export function masterCommands(view: MasterView, startupLogs: () => string): Command[] {
  return [
    operator,
    user,
    showCliLevel,
    showCliSockets,
    showVersion,
    defineCommand({
      name: "show proc",
      usage: "show proc",
      summary: "show processes status",
      source: SOURCE,
      level: "user",
      run: () => processTable(view.rows),
    }),
    defineCommand({
      name: "show startup-logs",
      usage: "show startup-logs",
      summary: "report logs emitted during HAProxy startup",
      source: SOURCE,
      level: "user",
      run: () => startupLogs(),
    }),
    defineCommand({
      name: "reload",
      usage: "reload",
      summary: "reload haproxy",
      source: SOURCE,
      level: "admin",
      // The session waits for the outcome by itself; what it waits for is started here.
      run: () => inform(""),
    }),
    defineCommand({
      name: "@1",
      usage: "@<relative pid>",
      summary: "send a command to the <relative pid> process",
      source: SOURCE,
      level: "user",
      run: () => undefined,
    }),
    defineCommand({
      name: "@!",
      usage: "@!<pid>",
      summary: "send a command to the <pid> process",
      source: SOURCE,
      level: "user",
      run: () => undefined,
    }),
    defineCommand({
      name: "@master",
      usage: "@master",
      summary: "send a command to the master process",
      source: SOURCE,
      level: "user",
      run: () => undefined,
    }),
  ];
}

/** Lists processes: the master, its worker, and former workers that still have something to end. */
export function processTable(rows: readonly ProcessRow[]): string {
  const lines = (wanted: readonly ProcessRow[]) => wanted.map(line).join("");
  const workers = rows.filter(({ kind }) => kind === "worker");
  const former = workers.filter(({ isFormer }) => isFormer);
  return [
    columns("#<PID>", "<type>", "<reloads>", "<uptime>", "<version>"),
    lines(rows.filter(({ kind }) => kind === "master")),
    "# workers\n",
    lines(workers.filter(({ isFormer }) => !isFormer)),
    former.length === 0 ? "" : `# old workers\n${lines(former)}`,
    "# programs\n",
  ].join("");
}

function line({ pid, kind, reloads, ageMs }: ProcessRow): string {
  return columns(String(pid), kind, reloads, uptime(ageMs), TOLD_VERSION);
}

function columns(...texts: readonly string[]): string {
  return `${texts.map((text) => text.padEnd(COLUMN)).join(" ")}\n`;
}

/** Days, hours, minutes and seconds: `0d00h01m05s`. */
function uptime(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const hours = two(Math.floor(seconds / 3600) % 24);
  return `${days}d${hours}h${two(Math.floor(seconds / 60) % 60)}m${two(seconds % 60)}s`;
}
