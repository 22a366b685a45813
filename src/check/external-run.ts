import type { Subprocess } from "bun";
import { CheckStatus } from "../balance/check-status.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { Thread } from "../net/thread.ts";
import type { CheckRun, CheckTarget, Finding } from "./probe.ts";
import { finding } from "./steps.ts";

/** How long a program has to end in order once its time is up. */
const GRACE_MS = 1000;

/** The exit status of a program that cannot be started. */
const NOT_STARTED = 255;

/** What is started: the program with its arguments, and its whole environment. */
export interface ExternalCommand {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * One check by a program. It runs beside the loop; when its time is up it is asked to end, then
 * ended. What was found is told once it is gone, so that no two of a server run at once.
 */
export class ExternalRun implements CheckRun, TimerTarget {
  readonly #thread: Thread;
  readonly #target: CheckTarget;
  readonly #command: ExternalCommand;
  readonly #tell: (finding: Finding) => void;
  readonly #timer: Timer;
  #process: Subprocess | null = null;
  #isTimedOut = false;

  constructor(
    thread: Thread,
    target: CheckTarget,
    command: ExternalCommand,
    tell: (finding: Finding) => void,
  ) {
    this.#thread = thread;
    this.#target = target;
    this.#command = command;
    this.#tell = tell;
    this.#timer = new Timer(thread.wheel, this, 0);
  }

  begin(): void {
    const { hasAnswerTimeout, answerTimeoutMs, connectTimeoutMs } = this.#target;
    const { words, environment } = this.#command;
    try {
      this.#process = Bun.spawn([...words], {
        env: { ...environment },
        stdio: ["ignore", "inherit", "inherit"],
        onExit: (_process, code, signal) => this.#exited(code, signal),
      });
    } catch {
      this.#tell(finding(CheckStatus.PROCESS_ERROR, "", NOT_STARTED));
      return;
    }
    const timeoutMs = hasAnswerTimeout ? answerTimeoutMs : connectTimeoutMs;
    this.#timer.arm(this.#thread.loop.nowMs + timeoutMs);
  }

  stop(): void {
    this.#timer.discard();
    const running = this.#process;
    this.#process = null;
    if (running !== null && running.exitCode === null) running.kill("SIGKILL");
  }

  onTimer(): void {
    this.#process?.kill(this.#isTimedOut ? "SIGKILL" : "SIGTERM");
    if (!this.#isTimedOut) this.#timer.arm(this.#thread.loop.nowMs + GRACE_MS);
    this.#isTimedOut = true;
  }

  onFault(): void {
    this.stop();
    this.#tell(finding(CheckStatus.PROCESS_ERROR, "", NOT_STARTED));
  }

  #exited(code: number | null, signal: string | number | null): void {
    if (this.#process === null) return;
    this.#process = null;
    this.#timer.discard();
    this.#tell(this.#found(code, signal));
  }

  #found(code: number | null, signal: string | number | null): Finding {
    if (this.#isTimedOut) return finding(CheckStatus.PROCESS_TIMEOUT);
    if (code === null || signal !== null) return finding(CheckStatus.PROCESS_ERROR, "", -1);
    const status = code === 0 ? CheckStatus.PROCESS_OK : CheckStatus.PROCESS_ERROR;
    return finding(status, "", code);
  }
}
