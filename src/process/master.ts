import { constants } from "node:os";
import type { SocketStock } from "../net/socket-stock.ts";
import { DescriptorPassing } from "../sys/descriptor-passing.ts";
import { releaseCodePages } from "../sys/program-pages.ts";
import type { CommandLine } from "./command-line.ts";
import type { Plan } from "./compile.ts";
import type { ProcessRow } from "./master-commands.ts";
import { MasterSockets } from "./master-sockets.ts";
import type { Messages } from "./messages.ts";
import { PROCESS } from "./process-part.ts";
import { endOldProcesses } from "./run.ts";
import { namedDescriptors, type ServingChild, type WorkerSettings } from "./serving-child.ts";
import { SystemdNotifier } from "./systemd.ts";
import { writePidFile } from "./take-privileges.ts";
import { startWorker, type Worker } from "./worker.ts";

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
/** How long a master waits after a worker that could not serve before it tries another one. */
const RETRY_MS = 1000;

/**
 * Watches the process that serves, the worker, and replaces it on demand. It serves nothing itself,
 * so it lives as long as the operator wants. It keeps copies of the worker's listening sockets for
 * the next one, so that clients wait instead of being refused, whatever the worker dies of.
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
  readonly #systemd: SystemdNotifier;
  readonly #passing = new DescriptorPassing();
  readonly #workers = new Set<Worker>();
  readonly #plan: Plan;
  readonly #startedMs = performance.now();
  #settings: WorkerSettings;
  #stock: SocketStock | undefined;
  #current: Worker | undefined;
  #reloadCount = 0;
  #failedCount = 0;
  /** Status to end with once the last worker is gone; undefined while all is well. */
  #endStatus: number | undefined;
  #launching: Promise<boolean> | undefined;
  #reloading: Promise<boolean> | undefined;
  #wantsReload = false;
  #onEnd: (status: number) => void = () => {};

  constructor(plan: Plan, context: MasterContext) {
    const { pidFile, keepsMaster, reloadsMax } = plan.config.global.part(PROCESS);
    this.#plan = plan;
    this.#context = context;
    this.#inherited = namedDescriptors(plan);
    this.#pidFile = context.commandLine.pidFile || pidFile;
    this.#settings = { isServing: false, keepsMaster, reloadsMax, startupLogs: "" };
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
    const sockets = MasterSockets.open(this.#plan, commandLine, this, messages);
    if (sockets === undefined) return 1;
    messages.startEnded();
    releaseCodePages();
    if (!(await this.#launch())) return this.#endStatus ?? 1;
    if (!writePidFile(this.#pidFile, messages)) {
      this.#stop("SIGTERM", 1);
      return ended;
    }
    sockets.start();
    endOldProcesses(commandLine);
    this.#systemd.notify("READY=1", `MAINPID=${process.pid}`, "STATUS=Ready.");
    child?.ready(this.#settings);
    return ended;
  }

  /** All processes, the master first, as `show proc` lists them. */
  get rows(): readonly ProcessRow[] {
    const nowMs = performance.now();
    const master: ProcessRow = {
      pid: process.pid,
      kind: "master",
      reloads: `${this.#reloadCount} [failed: ${this.#failedCount}]`,
      ageMs: nowMs - this.#startedMs,
      isFormer: false,
    };
    const workers = [...this.#workers].map(
      (worker): ProcessRow => ({
        pid: worker.pid,
        kind: "worker",
        reloads: String(worker.reloadCount),
        ageMs: nowMs - worker.startedMs,
        isFormer: worker.isFormer,
      }),
    );
    return [master, ...workers];
  }

  /** What the last worker told while it started. */
  get startupLogs(): string {
    return this.#settings.startupLogs;
  }

  /** Finds the worker that `@1` or `@!<pid>` means. */
  worker(target: "current" | number): Worker | undefined {
    if (target === "current") return this.#current;
    return [...this.#workers].find(({ pid }) => pid === target);
  }

  #handleSignals(): void {
    process.on("SIGTERM", () => this.#stop("SIGTERM", 0));
    process.on("SIGINT", () => this.#stop("SIGINT", SIGNAL_STATUS_BASE + constants.signals.SIGINT));
    process.on("SIGUSR1", () => this.#stop("SIGUSR1", 0));
    process.on("SIGUSR2", () => void this.reload());
    process.on("SIGHUP", () => void this.reload());
    for (const signal of ["SIGTTOU", "SIGTTIN", "SIGQUIT"] as const) {
      process.on(signal, () => this.#current?.signal(signal));
    }
    process.on("SIGPIPE", () => {});
  }

  /** Starts a worker; true once it serves and the former one was told to go. */
  #launch(): Promise<boolean> {
    this.#launching = this.#launchOne().finally(() => {
      this.#launching = undefined;
    });
    return this.#launching;
  }

  async #launchOne(): Promise<boolean> {
    const { messages, programName, child } = this.#context;
    const start = {
      role: child === undefined ? ("worker" as const) : ("daemon-worker" as const),
      programName,
      inherited: this.#inherited,
      sockets: this.#stock?.descriptors ?? [],
    };
    const worker = startWorker(start, this.#passing);
    if (worker === undefined) {
      messages.alert("Cannot start a worker: no descriptors are left.");
      return false;
    }
    this.#workers.add(worker);
    messages.notice(`New worker (${worker.pid}) forked`);
    void worker.child.process.exited.then(() => this.#onExit(worker));
    const settings = await worker.child.isReady;
    if (settings === undefined || !settings.isServing) {
      this.#settings = { ...this.#settings, startupLogs: settings?.startupLogs ?? "" };
      messages.warning("Loading failure!");
      return false;
    }
    const former = this.#current;
    this.#current = worker;
    this.#settings = settings;
    messages.notice("Loading success.");
    if (this.#endStatus === undefined) this.#keepSockets(worker);
    if (former !== undefined) {
      former.isFormer = true;
      former.signal("SIGUSR1");
    }
    return true;
  }

  #keepSockets(worker: Worker): void {
    const stock = worker.copySockets(this.#passing);
    if (stock === undefined) return;
    this.#stock?.close();
    this.#stock = stock;
  }

  /** Replaces the worker; true when a new one serves. Asked for during another reload, it follows. */
  reload(): Promise<boolean> {
    this.#wantsReload = true;
    this.#reloading ??= this.#reloadAll().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async #reloadAll(): Promise<boolean> {
    let hasWorked = false;
    await this.#launching;
    // A reload that comes during another one is done after it: what it is about may be newer.
    while (this.#wantsReload && this.#endStatus === undefined) {
      this.#wantsReload = false;
      this.#context.messages.notice("Reloading HAProxy");
      this.#systemd.notify("RELOADING=1", "STATUS=Reloading Configuration.");
      this.#reloadCount++;
      const before = [...this.#workers];
      hasWorked = await this.#launch();
      this.#failedCount = hasWorked ? 0 : this.#failedCount + 1;
      for (const worker of before) worker.reloadCount++;
      this.#endTheLingering();
      const status = hasWorked ? "STATUS=Ready." : "STATUS=Reload failed!";
      this.#systemd.notify("READY=1", status);
    }
    return hasWorked;
  }

  /** `mworker-max-reloads`: former workers may not pile up. */
  #endTheLingering(): void {
    const { reloadsMax } = this.#settings;
    if (reloadsMax < 0) return;
    for (const worker of this.#workers) {
      if (worker.isFormer && worker.reloadCount > reloadsMax) worker.signal("SIGTERM");
    }
  }

  #stop(signal: NodeJS.Signals, status: number): void {
    const isFirst = this.#endStatus === undefined;
    this.#endStatus = status;
    if (isFirst) this.#context.messages.warning("Exiting Master process...");
    this.#systemd.notify("STOPPING=1");
    this.#stock?.close();
    this.#stock = undefined;
    for (const worker of this.#workers) worker.signal(signal);
    this.#endIfAlone();
  }

  #onExit(worker: Worker): void {
    this.#workers.delete(worker);
    worker.link.close();
    const { pid, exitCode, signalCode } = worker.child.process;
    const signal = String(signalCode ?? "");
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
    if (this.#settings.keepsMaster) {
      void this.#replaceLost();
      return;
    }
    this.#context.messages.alert("exit-on-failure: killing every processes with SIGTERM");
    this.#endStatus = code === 0 ? 1 : code;
    this.#stock?.close();
    this.#stock = undefined;
    for (const worker of this.#workers) worker.signal("SIGTERM");
  }

  /** `no-exit-on-failure`: another worker serves whoever waits in the queues of the lost one. */
  async #replaceLost(): Promise<void> {
    await this.#launching;
    while (this.#current === undefined && this.#endStatus === undefined) {
      if (this.#reloading !== undefined) await this.#reloading;
      else if (!(await this.#launch())) await Bun.sleep(RETRY_MS);
    }
  }

  #endIfAlone(): void {
    if (this.#endStatus === undefined || this.#workers.size > 0) return;
    this.#context.messages.warning(`All workers exited. Exiting... (${this.#endStatus})`);
    this.#onEnd(this.#endStatus);
  }
}
