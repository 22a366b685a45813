import { closeSync, fstatSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { startSession } from "../sys/privileges.ts";
import { detachStandardStreams, openNothing } from "../sys/standard-streams.ts";
import { ownCommand } from "./own-command.ts";

/** Tells a daemon which descriptor its parent waits on. */
const READY_VARIABLE = "SLUICE_READY_FD";
const CLOSE_ON_EXEC = 0o2000000;
/** The kernel hands out low numbers first: inherited descriptors above this are not looked for. */
const INHERITED_MAX = 1024;

/**
 * Runs the program again in the background and waits until it serves or has failed. The kernel would
 * let a process fork itself, but Bun runs several threads, of which a fork keeps one. What this
 * process inherited, such as the sockets of `fd@` addresses, the child inherits by the same numbers.
 *
 * @returns The exit status for this process: 0 once the child serves.
 */
export async function startDaemon(programName: string): Promise<number> {
  const inherited = inheritedDescriptors();
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

/** Descriptors that were open before the program was, and are meant to outlive it. */
function inheritedDescriptors(): number[] {
  const numbers = readdirSync("/proc/self/fd").map(Number);
  return numbers.filter((fd) => fd > 2 && fd < INHERITED_MAX && survivesExec(fd));
}

function survivesExec(fd: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"));
    return flags !== null && (Number.parseInt(flags[1]!, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // Only open while the directory was listed.
    return false;
  }
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
