import { cpus, loadavg, release } from "node:os";

/** Which cores the two sides run on; empty where there is only one core. */
export interface Cores {
  readonly proxy: readonly string[];
  readonly load: readonly string[];
}

/**
 * The proxy has the last core to itself; origin and load tool share the first. With two cores this
 * keeps the proxy's figures clean, and makes the load tool the limit where the proxy is cheap.
 */
export function chooseCores(): Cores {
  const count = cpus().length;
  if (count < 2 || Bun.which("taskset") === null) return { proxy: [], load: [] };
  return { proxy: ["taskset", "-c", String(count - 1)], load: ["taskset", "-c", "0"] };
}

/**
 * Keeps a second benchmark from starting beside this one: two would measure each other. The name is
 * the kernel's, and free again once the returned function was called or the process ended.
 */
export function claimMachine(): () => void {
  try {
    const claim = Bun.listen({ unix: "\0sluice-bench", socket: { data() {} } });
    return () => claim.stop(true);
  } catch {
    throw new Error("Another benchmark runs on this machine; two would measure each other");
  }
}

/** The system's load average of the last minute: what else was going on when a run began. */
export function loadAverage(): string {
  return loadavg()[0]!.toFixed(2);
}

/** One line about the machine, for the head of the report. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  return `${cpus().length} cores of ${model}, Linux ${release()}`;
}

/** A port of loopback that nobody listens on now. */
export function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

/** Waits until something listens on a port of loopback; fails after 15 seconds. */
export async function untilListening(port: number, what: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (performance.now() < deadline) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
      socket.end();
      return;
    } catch {
      await Bun.sleep(20);
    }
  }
  throw new Error(`${what} does not listen on port ${port}`);
}

/** How many descriptors this process may open. */
export async function descriptorLimit(): Promise<number> {
  const limits = await Bun.file("/proc/self/limits").text();
  return Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? 1024);
}
