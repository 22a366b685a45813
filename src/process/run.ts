import { LogLevel } from "../log/level.ts";
import { PortClaim } from "../net/port-claim.ts";
import type { SocketStock } from "../net/socket-stock.ts";
import { setAffinity } from "../sys/affinity.ts";
import { Errno, errnoText } from "../sys/errno.ts";
import { dieWithParent } from "../sys/privileges.ts";
import { releaseCodePages } from "../sys/program-pages.ts";
import { bindAll } from "./bind.ts";
import type { CommandLine } from "./command-line.ts";
import type { Plan } from "./compile.ts";
import { Faults } from "./faults.ts";
import { Life } from "./life.ts";
import type { Messages } from "./messages.ts";
import { PROCESS, TUNING } from "./process-part.ts";
import type { ServingChild } from "./serving-child.ts";
import { applyLimits, confine, writePidFile } from "./take-privileges.ts";
import { FAILED, serveMaster, takeSockets } from "./take-sockets.ts";

/** Want of descriptors is told again after this long. */
const FAMINE_SILENCE_MS = 60_000;

/** What a plan runs with. */
export interface RunContext {
  readonly commandLine: CommandLine;
  readonly messages: Messages;
  /** Undefined in the process that was started by somebody else. */
  readonly child: ServingChild | undefined;
}

/**
 * Binds a plan and serves until the process is told to stop.
 *
 * @returns False when something could not be had: everything that was opened goes with the process.
 */
export function run(plan: Plan, context: RunContext): boolean {
  const { messages, commandLine, child } = context;
  if (!applyLimits(plan, messages)) return false;
  // What is sent while we start is done once we have: by default the kernel would end the process.
  const signals = new Signals();
  const famine = new FamineWatcher(plan, messages);
  const stock = takeSockets(context);
  if (stock === FAILED) return false;
  releaseCodePages();
  const claim = claimOf(context, stock);
  const bound = bindAll(plan, famine, messages, { stock, claim });
  stock?.close();
  if (bound === undefined) {
    if (claim?.hasAsked === true) signalAll(commandLine.oldProcesses, "SIGTTIN");
    return false;
  }
  const pidFile = commandLine.pidFile || plan.config.global.part(PROCESS).pidFile;
  if (child?.role === "daemon" && !writePidFile(pidFile, messages)) return false;
  if (!confine(plan, messages)) return false;
  keepToProcessors(plan, messages);
  // A worker must not outlive its master, whatever the master dies of. Changing user undoes this.
  if (child?.isWorker === true) dieWithParent();

  const life = new Life(plan, bound.runtime, messages, () => {
    plan.logger.flush();
    process.exit(0);
  });
  new Faults(plan.engine.loop, plan.logger, messages).watch();
  signals.life = life;
  if (commandLine.isVerbose || commandLine.isDebug) {
    messages.tell("Using epoll() as the polling mechanism.\n");
    const { connectionsMax, descriptorsMax, buffersMax } = plan.limits;
    messages.tell(
      `Limits: ${connectionsMax} connections, ${descriptorsMax} descriptors, ${buffersMax} buffers.\n`,
    );
  }
  if (child?.master !== undefined) serveMaster(child.master.link, plan, bound.link);
  messages.startEnded();
  plan.engine.loop.start();
  life.start();
  // A master replaces older processes itself: their numbers are not for its later workers.
  if (child?.isWorker !== true) endOldProcesses(commandLine);
  const { keepsMaster, reloadsMax } = plan.config.global.part(PROCESS);
  child?.ready({ keepsMaster, reloadsMax, startupLogs: messages.startupLogs });
  return true;
}

/**
 * What signals do. Bun runs their handlers between turns of the loop, so none comes before the start
 * is over. SIGTERM and SIGINT keep what the kernel does by itself: they end the process at once.
 */
class Signals {
  /** Undefined until the process serves. */
  life: Life | undefined;

  constructor() {
    process.on("SIGUSR1", () => this.life?.stopSoftly());
    process.on("SIGTTOU", () => this.life?.pause());
    process.on("SIGTTIN", () => this.life?.resume());
    process.on("SIGHUP", () => this.life?.dumpServers());
    process.on("SIGQUIT", () => this.life?.dumpMemory());
    process.on("SIGPIPE", () => {});
    if (process.pid !== 1) return;
    // To the first process of a container the kernel delivers only signals that have a handler.
    process.on("SIGTERM", () => process.exit(143));
    process.on("SIGINT", () => process.exit(130));
  }
}

/** `-sf` and `-st`: older processes free ports that cannot be shared with them. */
function claimOf({ commandLine, child }: RunContext, stock: SocketStock | undefined) {
  const { oldProcesses } = commandLine;
  // A later worker of a master replaces its former one, and the numbers may be others' by now.
  const isLater = child?.isWorker === true && stock !== undefined && stock.count > 0;
  if (oldProcesses.length === 0 || isLater) return undefined;
  return new PortClaim(() => signalAll(oldProcesses, "SIGTTOU"));
}

/** `-sf` and `-st`: this process listens, so the older ones may go. */
export function endOldProcesses({ oldProcesses, terminatesOld }: CommandLine): void {
  signalAll(oldProcesses, terminatesOld ? "SIGTERM" : "SIGUSR1");
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has gone by itself.
    }
  }
}

/** Tells of listeners that cannot accept for want of descriptors: once, and again after a while. */
class FamineWatcher {
  readonly #plan: Plan;
  readonly #messages: Messages;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(plan: Plan, messages: Messages) {
    this.#plan = plan;
    this.#messages = messages;
  }

  onFamine(frontend: string, error: number): void {
    const { nowMs } = this.#plan.engine.loop;
    if (nowMs - this.#toldMs < FAMINE_SILENCE_MS) return;
    this.#toldMs = nowMs;
    const text = `Proxy ${frontend} ${this.#reason(error)}`;
    this.#messages.alert(text);
    const compiled = this.#plan.proxies.find(({ proxy }) => proxy.name === frontend);
    compiled?.proxy.logger.message(LogLevel.EMERGENCY, text);
  }

  #reason(error: number): string {
    const { descriptorsMax } = this.#plan.limits;
    switch (-error) {
      case Errno.EMFILE:
        return `reached process FD limit (maxsock=${descriptorsMax}). Please check 'ulimit-n' and restart.`;
      case Errno.ENFILE:
        return `reached system FD limit (maxsock=${descriptorsMax}). Please check system tunables.`;
      default:
        return `cannot accept connections: ${errnoText(error)}`;
    }
  }
}

/** `cpu-map`: a set without any processor of this machine is told, and leaves the choice to the system. */
function keepToProcessors(plan: Plan, messages: Messages): void {
  const { processors } = plan.config.global.part(TUNING);
  if (processors.length === 0) return;
  const result = setAffinity(processors);
  if (result < 0)
    messages.warning(`'cpu-map' : cannot run on these processors (${errnoText(result)}).`);
}
