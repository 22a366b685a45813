import { readdirSync, readFileSync } from "node:fs";
import type { Subprocess } from "bun";
import { untilListening } from "./machine.ts";

/** CPU time that a process has used, all its threads together, in microseconds. */
export interface CpuTime {
  readonly userUs: number;
  readonly systemUs: number;
  readonly totalUs: number;
}

const TICK_US = 10_000;

/** A proxy under measurement: HAProxy or Sluice with one configuration. */
export class ProxyProcess {
  readonly name: string;
  readonly port: number;
  readonly #process: Subprocess<"ignore", "ignore", "pipe">;
  #collections = 0;
  #errors = "";

  private constructor(name: string, port: number, child: Subprocess<"ignore", "ignore", "pipe">) {
    this.name = name;
    this.port = port;
    this.#process = child;
    void this.#watch();
  }

  static async start(options: {
    name: string;
    program: string;
    configuration: string;
    port: number;
    cores: readonly string[];
  }): Promise<ProxyProcess> {
    const child = Bun.spawn(
      [...options.cores, options.program, "-db", "-f", options.configuration],
      {
        stdio: ["ignore", "ignore", "pipe"],
        // Bun prints a line for every collection; other programs take no notice.
        env: { ...process.env, BUN_JSC_logGC: "1" },
      },
    ) as Subprocess<"ignore", "ignore", "pipe">;
    const started = new ProxyProcess(options.name, options.port, child);
    await Promise.race([
      untilListening(options.port, options.name),
      child.exited.then(() => {
        throw new Error(`${options.name} ended at once: ${started.#errors}`);
      }),
    ]);
    return started;
  }

  async #watch(): Promise<void> {
    for await (const part of this.#process.stderr) {
      const text = Buffer.from(part).toString("latin1");
      this.#collections += text.split(": START M ").length - 1;
      this.#errors = (this.#errors + text).slice(-4000);
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Garbage collections since the start. */
  get collections(): number {
    return this.#collections;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The end of what it printed on its error stream. */
  get errors(): string {
    return this.#errors;
  }

  /**
   * CPU time so far. The total comes from the scheduler's own clock (exact); how it splits into
   * user and system time from the ticks of 10 ms.
   */
  cpuTime(): CpuTime {
    const fields = readFileSync(`/proc/${this.#process.pid}/stat`, "latin1")
      .split(") ")[1]!
      .split(" ");
    const userUs = Number(fields[11]) * TICK_US;
    const systemUs = Number(fields[12]) * TICK_US;
    return { userUs, systemUs, totalUs: this.#scheduledUs() ?? userUs + systemUs };
  }

  #scheduledUs(): number | undefined {
    try {
      return [...this.taskTimesUs().values()].reduce((sum, us) => sum + us, 0);
    } catch {
      return undefined;
    }
  }

  /** CPU time of each thread that lives now, in microseconds, by its number. */
  taskTimesUs(): Map<string, number> {
    const tasks = `/proc/${this.#process.pid}/task`;
    const ns = (task: string) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, "latin1").split(" ")[0]);
    return new Map(readdirSync(tasks).map((task) => [task, ns(task) / 1000] as const));
  }

  /** Resident memory in KB. */
  residentKb(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, "latin1");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }

  descriptorCount(): number {
    return readdirSync(`/proc/${this.#process.pid}/fd`).length;
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    const obeyed = await Promise.race([
      this.#process.exited.then(() => true),
      Bun.sleep(3000).then(() => false),
    ]);
    if (!obeyed) this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}

/** What was used between two readings. */
export function cpuBetween(before: CpuTime, after: CpuTime): CpuTime {
  const userUs = after.userUs - before.userUs;
  const systemUs = after.systemUs - before.systemUs;
  const totalUs = after.totalUs - before.totalUs;
  const ticksUs = userUs + systemUs;
  if (ticksUs === 0) return { userUs: totalUs, systemUs: 0, totalUs };
  return {
    userUs: (totalUs * userUs) / ticksUs,
    systemUs: (totalUs * systemUs) / ticksUs,
    totalUs,
  };
}
