import { closeSync, fstatSync, writeSync } from "node:fs";
import { GLOBAL_TARGETS, LOG } from "../log/log-part.ts";
import { RUNTIME } from "../runtime/runtime-part.ts";
import { startSession } from "../sys/privileges.ts";
import { detachStandardStreams, openNothing } from "../sys/standard-streams.ts";
import type { Plan } from "./compile.ts";
import { ownCommand } from "./own-command.ts";

/** Tells a daemon which descriptor its parent waits on. */
const READY_VARIABLE = "SLUICE_READY_FD";
/**
 * Runs the program again in the background and waits until it serves or has failed. The kernel would
 * let a process fork itself, but Bun runs several threads, of which a fork keeps one. What this
 * process inherited, such as the sockets of `fd@` addresses, the child inherits by the same numbers.
 *
 * @param inherited - Those descriptors; Bun closes all others to its children.
 * @returns The exit status for this process: 0 once the child serves.
 */
export async function startDaemon(
  programName: string,
  inherited: readonly number[],
): Promise<number> {
  const readyFd = Math.max(2, ...inherited) + 1;
  const stdio: ("ignore" | "inherit" | "pipe" | number)[] = ["ignore", "inherit", "inherit"];
  for (let fd = 3; fd < readyFd; fd++) stdio[fd] = inherited.includes(fd) ? fd : "ignore";
  stdio[readyFd] = "pipe";
  const child = Bun.spawn([...ownCommand(), ...process.argv.slice(2)], {
    stdio: stdio as ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      SLUICE_STARTED_AS: programName,
      [READY_VARIABLE]: String(readyFd),
    },
  });
  const pipe: unknown = child.stdio[readyFd as 3];
  const isReady = typeof pipe === "number" && (await readsByte(pipe));
  if (isReady) return 0;
  const status = await child.exited;
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

/** The child's side of {@link startDaemon}. */
export class DaemonChild {
  readonly #readyFd: number;
  readonly #nothing = openNothing();

  private constructor(readyFd: number) {
    this.#readyFd = readyFd;
  }

  /** Says whether this process is such a child, and makes it the leader of a session of its own. */
  static detect(): DaemonChild | undefined {
    const text = process.env[READY_VARIABLE];
    if (text === undefined) return undefined;
    delete process.env[READY_VARIABLE];
    const fd = Number(text);
    try {
      fstatSync(fd);
    } catch {
      return undefined;
    }
    startSession();
    return new DaemonChild(fd);
  }

  /** Lets the parent end: from here on, the terminal is not ours. */
  ready(): void {
    writeSync(this.#readyFd, "1");
    closeSync(this.#readyFd);
    detachStandardStreams(this.#nothing);
  }
}
