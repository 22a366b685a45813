import { closeSync, fstatSync, writeSync } from "node:fs";
import type { Subprocess } from "bun";
import { GLOBAL_TARGETS, LOG } from "../log/log-part.ts";
import { RUNTIME } from "../runtime/runtime-part.ts";
import { makePipe } from "../sys/descriptor-passing.ts";
import { startSession } from "../sys/privileges.ts";
import { detachStandardStreams, openNothing } from "../sys/standard-streams.ts";
import type { Plan } from "./compile.ts";
import { ownCommand } from "./own-command.ts";

/**
 * What a process was started for by another one of this program: to go to the background, or to
 * serve for a master, which may be in the background itself.
 */
export type ChildRole = "daemon" | "worker" | "daemon-worker";

const LINE_FEED = 10;
/** What is told of a start that went on and on. */
const STARTUP_LOGS_SIZE_MAX = 32 * 1024;

/** Tells a child its role, and the descriptor that its parent waits on. */
const CHILD_VARIABLE = "SLUICE_CHILD";

/** What a worker tells its master of its configuration, which the master itself has not read. */
export interface WorkerSettings {
  /** False when it has given up instead. */
  readonly isServing: boolean;
  /** What it told while it started. */
  readonly startupLogs: string;
  /** `master-worker no-exit-on-failure`. */
  readonly keepsMaster: boolean;
  /** `mworker-max-reloads`; -1 for no limit. */
  readonly reloadsMax: number;
}

/** A child that was started, and whether it came to serve. */
export interface StartedChild {
  readonly process: Subprocess;
  /** Undefined when it ended instead; it has told why. */
  readonly isReady: Promise<WorkerSettings | undefined>;
}

/** Descriptors that join a worker to its master: see `worker-link.ts`. */
export interface MasterDescriptors {
  /** Brings connections to the runtime API. */
  readonly link: number;
  /** Holds the listening sockets of the worker before. */
  readonly stock: number;
}

/**
 * Runs the program again with the same arguments. The kernel would let a process fork itself, but Bun
 * runs several threads, of which a fork keeps one.
 *
 * @param inherited - Descriptors that the child gets by the same numbers; Bun closes all others to it.
 * @returns Undefined when the system has no descriptors left.
 */
export function startChild(
  role: ChildRole,
  programName: string,
  inherited: readonly number[],
  master?: MasterDescriptors,
): StartedChild | undefined {
  const readyFd = Math.max(2, ...inherited) + 1;
  const stdio: ("ignore" | "inherit" | "pipe" | number)[] = ["ignore", "inherit", "inherit"];
  for (let fd = 3; fd < readyFd; fd++) stdio[fd] = inherited.includes(fd) ? fd : "ignore";
  // Not Bun's own "pipe", whose end stays open until its process object is collected.
  const pipe = makePipe();
  if (typeof pipe === "number") return undefined;
  const [readyEnd, childEnd] = pipe;
  stdio[readyFd] = childEnd;
  if (master !== undefined) stdio.push(master.link, master.stock);
  const child = Bun.spawn([...ownCommand(), ...process.argv.slice(2)], {
    stdio: stdio as ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      SLUICE_STARTED_AS: programName,
      [CHILD_VARIABLE]: `${role}:${readyFd}`,
    },
  });
  closeSync(childEnd);
  return { process: child, isReady: readsSettings(readyEnd).finally(() => closeSync(readyEnd)) };
}

/**
 * Runs the program again in the background, and waits until it serves or has failed.
 *
 * @returns The exit status for this process: 0 once the child serves.
 */
export async function startDaemon(
  programName: string,
  inherited: readonly number[],
): Promise<number> {
  const child = startChild("daemon", programName, inherited);
  if (child === undefined) return 1;
  if ((await child.isReady)?.isServing === true) return 0;
  const status = await child.process.exited;
  return status === 0 ? 1 : status;
}

/** The descriptors that the configuration names: sockets to listen on, and where logs go. */
export function namedDescriptors({ config, proxies }: Plan): number[] {
  const binds = proxies.flatMap(({ frontend }) => frontend?.binds ?? []);
  const listening = binds.map(({ listen }) => listen.inheritedFd);
  const runtime = config.global
    .part(RUNTIME)
    .sockets.map(({ endpoint }) => (endpoint.kind === "descriptor" ? endpoint.fd : -1));
  const logs = [config.global, ...config.proxies]
    .flatMap((section) => section.part(LOG).targets)
    .map((target) =>
      target !== GLOBAL_TARGETS && target.destination.kind === "descriptor"
        ? target.destination.fd
        : -1,
    );
  const named = [...listening, ...runtime, ...logs].filter((fd) => fd > 2);
  return [...new Set(named)];
}

async function readsSettings(fd: number): Promise<WorkerSettings | undefined> {
  const pieces: Buffer[] = [];
  for await (const chunk of Bun.file(fd).stream()) {
    pieces.push(Buffer.from(chunk));
    if (chunk.at(-1) === LINE_FEED) break;
  }
  const text = Buffer.concat(pieces).toString();
  return text.endsWith("\n") ? (JSON.parse(text) as WorkerSettings) : undefined;
}

/** The child's side of {@link startChild}. */
export class ServingChild {
  readonly role: ChildRole;
  /** Undefined but in a worker. */
  readonly master: MasterDescriptors | undefined;
  readonly #readyFd: number;
  #hasTold = false;
  /** Opened while there is a path to it. */
  readonly #nothing = openNothing();

  private constructor(role: ChildRole, readyFd: number) {
    this.role = role;
    this.master = role === "daemon" ? undefined : { link: readyFd + 1, stock: readyFd + 2 };
    this.#readyFd = readyFd;
  }

  /** Says whether this process is such a child. A daemon becomes the leader of a session of its own. */
  static detect(): ServingChild | undefined {
    const [role, number] = process.env[CHILD_VARIABLE]?.split(":") ?? [];
    delete process.env[CHILD_VARIABLE];
    if (role !== "daemon" && role !== "worker" && role !== "daemon-worker") return undefined;
    const fd = Number(number);
    try {
      fstatSync(fd);
    } catch {
      return undefined;
    }
    if (role === "daemon") startSession();
    return new ServingChild(role, fd);
  }

  get isWorker(): boolean {
    return this.role !== "daemon";
  }

  /** Tells the parent that this process serves. In the background, the terminal is not ours any more. */
  ready(settings: Omit<WorkerSettings, "isServing">): void {
    this.#tell({ ...settings, isServing: true });
    closeSync(this.#readyFd);
    if (this.role !== "worker") detachStandardStreams(this.#nothing);
  }

  /** Tells the parent why this process does not serve. */
  failed(startupLogs: string): void {
    if (this.#hasTold) return;
    this.#tell({ isServing: false, startupLogs, keepsMaster: false, reloadsMax: -1 });
  }

  #tell(settings: WorkerSettings): void {
    this.#hasTold = true;
    const startupLogs = settings.startupLogs.slice(0, STARTUP_LOGS_SIZE_MAX);
    writeSync(this.#readyFd, `${JSON.stringify({ ...settings, startupLogs })}\n`);
  }
}
