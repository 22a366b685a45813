import { closeSync, fstatSync, writeSync } from "node:fs";
import type { Subprocess } from "bun";
import { GLOBAL_TARGETS, LOG } from "../log/log-part.ts";
import { RUNTIME } from "../runtime/runtime-part.ts";
import { startSession } from "../sys/privileges.ts";
import { detachStandardStreams, openNothing } from "../sys/standard-streams.ts";
import type { Plan } from "./compile.ts";
import { ownCommand } from "./own-command.ts";

/**
 * What a process was started for by another one of this program: to go to the background, or to
 * serve for a master, which may be in the background itself.
 */
export type ChildRole = "daemon" | "worker" | "daemon-worker";

/** Tells a child its role, and the descriptor that its parent waits on. */
const CHILD_VARIABLE = "SLUICE_CHILD";

/** A child that was started, and whether it came to serve. */
export interface StartedChild {
  readonly process: Subprocess;
  /** False when it ended instead; it has told why. */
  readonly isReady: Promise<boolean>;
}

/**
 * Runs the program again with the same arguments. The kernel would let a process fork itself, but Bun
 * runs several threads, of which a fork keeps one.
 *
 * @param inherited - Descriptors that the child gets by the same numbers; Bun closes all others to it.
 */
export function startChild(
  role: ChildRole,
  programName: string,
  inherited: readonly number[],
): StartedChild {
  const readyFd = Math.max(2, ...inherited) + 1;
  const stdio: ("ignore" | "inherit" | "pipe" | number)[] = ["ignore", "inherit", "inherit"];
  for (let fd = 3; fd < readyFd; fd++) stdio[fd] = inherited.includes(fd) ? fd : "ignore";
  stdio[readyFd] = "pipe";
  const child = Bun.spawn([...ownCommand(), ...process.argv.slice(2)], {
    stdio: stdio as ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      SLUICE_STARTED_AS: programName,
      [CHILD_VARIABLE]: `${role}:${readyFd}`,
    },
  });
  const pipe: unknown = child.stdio[readyFd as 3];
  const isReady = typeof pipe === "number" ? readsByte(pipe) : Promise.resolve(false);
  return { process: child, isReady };
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
  if (await child.isReady) return 0;
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

async function readsByte(fd: number): Promise<boolean> {
  for await (const chunk of Bun.file(fd).stream()) return chunk.length > 0;
  return false;
}

/** The child's side of {@link startChild}. */
export class ServingChild {
  readonly role: ChildRole;
  readonly #readyFd: number;
  /** Opened while there is a path to it. */
  readonly #nothing = openNothing();

  private constructor(role: ChildRole, readyFd: number) {
    this.role = role;
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
  ready(): void {
    writeSync(this.#readyFd, "1");
    closeSync(this.#readyFd);
    if (this.role !== "worker") detachStandardStreams(this.#nothing);
  }
}
