import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Subprocess } from "bun";
import type { Program } from "./programs.ts";
import { readStatistics, runCommand } from "./runtime-client.ts";
import { until, WAIT_MS, within } from "./waiting.ts";

/** What differs from a plain start. */
export interface RunOptions {
  readonly environment?: Record<string, string>;
  /** Descriptors that the program finds as 3, 4, ... */
  readonly inherited?: readonly number[];
  /** How many descriptors the program may have open. */
  readonly descriptorLimit?: number;
}

/** A program that runs in the foreground with a configuration, until the play ends. */
export class RunningProgram {
  readonly #process: Subprocess<"ignore", "pipe", "pipe">;
  readonly #runtimePath: string;
  #output = "";

  constructor(
    program: Program,
    args: readonly string[],
    runtimePath: string,
    options: RunOptions = {},
  ) {
    this.#runtimePath = runtimePath;
    const limit = options.descriptorLimit;
    const wrapper = limit === undefined ? [] : ["sh", "-c", `ulimit -n ${limit}; exec "$0" "$@"`];
    this.#process = Bun.spawn([...wrapper, program.path, ...args], {
      stdio: ["ignore", "pipe", "pipe", ...(options.inherited ?? [])],
      env: { ...process.env, ...options.environment },
    }) as Subprocess<"ignore", "pipe", "pipe">;
    void this.#collect(this.#process.stdout);
    void this.#collect(this.#process.stderr);
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const part of stream) this.#output += Buffer.from(part).toString("latin1");
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it printed so far, both streams together. */
  get output(): string {
    return this.#output;
  }

  get exitStatus(): number | null {
    return this.#process.exitCode;
  }

  /** Waits until its stats socket answers, which it does once every listener is there. */
  async ready(): Promise<void> {
    let seen = "no socket";
    await until(
      "the program to be ready",
      async () => {
        if (this.#process.exitCode !== null) {
          await Bun.sleep(20);
          throw new Error(`exited with ${this.#process.exitCode}: ${this.#output}`);
        }
        if (!existsSync(this.#runtimePath)) return false;
        seen = await this.command("show info").catch((error: Error) => error.message);
        return seen.includes(`Pid: ${this.pid}`);
      },
      15_000,
    ).catch((error: Error) => {
      throw new Error(`${error.message}: it printed "${this.#output}", and its socket "${seen}"`);
    });
  }

  /** Runs a command of the runtime API. */
  command(text: string): Promise<string> {
    return runCommand({ path: this.#runtimePath }, text);
  }

  /** One row of the statistics, such as ("be", "s1") or ("fe", "FRONTEND"). */
  async statistics(proxy: string, name: string): Promise<Record<string, string>> {
    const rows = readStatistics(await this.command("show stat"));
    const row = rows.get(`${proxy}/${name}`);
    if (row === undefined) throw new Error(`No row ${proxy}/${name} in the statistics`);
    return row;
  }

  /** Waits until a column of the statistics has a value. */
  async untilStatistic(
    proxy: string,
    name: string,
    column: string,
    wanted: string,
    waitMs = WAIT_MS,
  ): Promise<void> {
    let seen: string | undefined;
    await until(
      `${column} of ${proxy}/${name} to be ${wanted} (last seen ${seen})`,
      async () => {
        seen = (await this.statistics(proxy, name))[column];
        return seen === wanted;
      },
      waitMs,
    ).catch((error) => {
      throw new Error(`${(error as Error).message}; last seen "${seen}"`);
    });
  }

  /** How many descriptors it holds. */
  get descriptorCount(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** CPU time it has used so far, in clock ticks (of 10 ms). */
  get cpuTicks(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "latin1").split(") ")[1]!.split(" ");
    return Number(fields[11]) + Number(fields[12]);
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Waits for its end and gives the exit status, or the signal that ended it. */
  async exited(waitMs = WAIT_MS): Promise<number | NodeJS.Signals> {
    await within(this.#process.exited, () => `pid ${this.pid} has not ended`, waitMs);
    return this.#process.signalCode ?? this.#process.exitCode ?? -1;
  }

  /** Ends it, in order when it obeys, otherwise by force; fails when force was needed. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGTERM");
    const obeyed = await Promise.race([
      this.#process.exited.then(() => true),
      Bun.sleep(2500).then(() => false),
    ]);
    if (obeyed) return;
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    throw new Error("SIGTERM did not stop the program");
  }
}
