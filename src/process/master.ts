import { constants } from "node:os";
import type { CommandLine } from "./command-line.ts";
import type { Plan } from "./compile.ts";
import type { Messages } from "./messages.ts";
import { PROCESS } from "./process-part.ts";
import { endOldProcesses } from "./run.ts";
import {
  namedDescriptors,
  type ServingChild,
  type StartedChild,
  startChild,
} from "./serving-child.ts";
import { SystemdNotifier } from "./systemd.ts";
import { writePidFile } from "./take-privileges.ts";

/** What a master runs with. */
export interface MasterContext {
  readonly commandLine: CommandLine;
  readonly messages: Messages;
  readonly programName: string;
  /** Undefined in the foreground. */
  readonly child: ServingChild | undefined;
}

/** How the end of a worker is told, by its signal. */
const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGINT: "Interrupt",
  SIGTERM: "Terminated",
  SIGKILL: "Killed",
  SIGSEGV: "Segmentation fault",
  SIGABRT: "Aborted",
};
const SIGNAL_STATUS_BASE = 128;

/**
 * Watches the process that serves, the worker, and replaces it on demand. It serves nothing itself,
 * so it lives as long as the operator wants.
 *
 * ```text
 *   SIGUSR2, SIGHUP   a new worker; once it serves, the former one stops softly
 *   SIGUSR1           all stop softly; the master ends with the last
 *   SIGTERM, SIGINT   all stop at once; the master ends with the last
 * ```
 */
export class Master {
  readonly #context: MasterContext;
  readonly #inherited: readonly number[];
  readonly #pidFile: string;
  readonly #keepsMaster: boolean;
  readonly #systemd: SystemdNotifier;
  readonly #workers = new Set<StartedChild>();
  #current: StartedChild | undefined;
  /** Status to end with once the last worker is gone; undefined while all is well. */
  #endStatus: number | undefined;
  #isLaunching = false;
  #wantsReload = false;
  #onEnd: (status: number) => void = () => {};

  constructor(plan: Plan, context: MasterContext) {
    const { pidFile, keepsMaster } = plan.config.global.part(PROCESS);
    this.#context = context;
    this.#inherited = namedDescriptors(plan);
    this.#pidFile = context.commandLine.pidFile || pidFile;
    this.#keepsMaster = keepsMaster;
    const { notifiesSystemd } = context.commandLine;
    this.#systemd = new SystemdNotifier(notifiesSystemd ? process.env.NOTIFY_SOCKET : undefined);
  }

  /**
   * Starts the first worker and watches until all is over.
   *
   * @returns The exit status.
   */
  async run(): Promise<number> {
    const { messages, commandLine, child } = this.#context;
    const ended = new Promise<number>((resolve) => {
      this.#onEnd = resolve;
    });
    this.#handleSignals();
    messages.startEnded();
    if (!(await this.#launch())) return this.#endStatus ?? 1;
    if (!writePidFile(this.#pidFile, messages)) {
      this.#stop("SIGTERM", 1);
      return ended;
    }
    endOldProcesses(commandLine);
    this.#systemd.notify("READY=1", `MAINPID=${process.pid}`, "STATUS=Ready.");
    child?.ready();
    return ended;
  }

  #handleSignals(): void {
    process.on("SIGTERM", () => this.#stop("SIGTERM", 0));
    process.on("SIGINT", () => this.#stop("SIGINT", SIGNAL_STATUS_BASE + constants.signals.SIGINT));
    process.on("SIGUSR1", () => this.#stop("SIGUSR1", 0));
    process.on("SIGUSR2", () => void this.#reload());
    process.on("SIGHUP", () => void this.#reload());
    for (const signal of ["SIGTTOU", "SIGTTIN", "SIGQUIT"] as const) {
      process.on(signal, () => this.#current?.process.kill(signal));
    }
    process.on("SIGPIPE", () => {});
  }

  /** Starts a worker; true once it serves and the former one was told to go. */
  async #launch(): Promise<boolean> {
    const { messages, programName, child } = this.#context;
    this.#isLaunching = true;
    const role = child === undefined ? "worker" : "daemon-worker";
    const worker = startChild(role, programName, this.#inherited);
    this.#workers.add(worker);
    messages.notice(`New worker (${worker.process.pid}) forked`);
    void worker.process.exited.then(() => this.#onExit(worker));
    const isReady = await worker.isReady;
    this.#isLaunching = false;
    if (!isReady) {
      messages.warning("Loading failure!");
      return false;
    }
    const former = this.#current;
    this.#current = worker;
    messages.notice("Loading success.");
    former?.process.kill("SIGUSR1");
    return true;
  }

  async #reload(): Promise<void> {
    if (this.#endStatus !== undefined) return;
    this.#wantsReload = true;
    // A reload that comes during another one is done after it: what it is about may be newer.
    while (this.#wantsReload && !this.#isLaunching && this.#endStatus === undefined) {
      this.#wantsReload = false;
      this.#context.messages.notice("Reloading HAProxy");
      this.#systemd.notify("RELOADING=1", "STATUS=Reloading Configuration.");
      const hasWorked = await this.#launch();
      const status = hasWorked ? "STATUS=Ready." : "STATUS=Reload failed!";
      this.#systemd.notify("READY=1", status);
    }
  }

  #stop(signal: NodeJS.Signals, status: number): void {
    const isFirst = this.#endStatus === undefined;
    this.#endStatus = status;
    if (isFirst) this.#context.messages.warning("Exiting Master process...");
    this.#systemd.notify("STOPPING=1");
    for (const worker of this.#workers) worker.process.kill(signal);
    this.#endIfAlone();
  }

  #onExit(worker: StartedChild): void {
    this.#workers.delete(worker);
    const { pid, exitCode } = worker.process;
    const signal = String(worker.process.signalCode ?? "");
    const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
    const code = number === undefined ? (exitCode ?? 0) : SIGNAL_STATUS_BASE + number;
    const how = number === undefined ? "Exit" : (SIGNAL_TEXTS[signal] ?? signal);
    const text = `worker (${pid}) exited with code ${code} (${how})`;
    const { messages } = this.#context;
    if (worker !== this.#current) messages.warning(`Former ${text}`);
    else {
      if (code === 0) messages.warning(`Current ${text}`);
      else messages.alert(`Current ${text}`);
      this.#current = undefined;
      if (this.#endStatus === undefined) this.#onLost(code);
    }
    this.#endIfAlone();
  }

  /** The worker ended although nobody told it to. */
  #onLost(code: number): void {
    if (this.#keepsMaster) return;
    this.#context.messages.alert("exit-on-failure: killing every processes with SIGTERM");
    this.#endStatus = code === 0 ? 1 : code;
    for (const worker of this.#workers) worker.process.kill("SIGTERM");
  }

  #endIfAlone(): void {
    if (this.#endStatus === undefined || this.#workers.size > 0) return;
    this.#context.messages.warning(`All workers exited. Exiting... (${this.#endStatus})`);
    this.#onEnd(this.#endStatus);
  }
}
