import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runLoad } from "./load-tools.ts";
import type { Setting } from "./measure.ts";
import type { ProxyProcess } from "./proxy-process.ts";
import type { Scenario } from "./scenarios.ts";

/** System calls that one request takes on average, by name. */
export type CallCounts = ReadonlyMap<string, number>;

const SECONDS = 3;

/**
 * Counts the system calls of a proxy under load with strace, which slows everything but changes no
 * count that matters: it explains where kernel time goes.
 */
export async function countCalls(
  scenario: Scenario,
  proxy: ProxyProcess,
  setting: Setting,
): Promise<CallCounts> {
  const path = join(setting.directory, `strace-${proxy.name}`);
  const tracer = Bun.spawn(["strace", "-f", "-c", "-o", path, "-p", String(proxy.pid)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  // It says so once it is attached.
  await tracer.stderr.getReader().read();
  const load = await runLoad(scenario, proxy.port, SECONDS, setting);
  tracer.kill("SIGINT");
  await tracer.exited;
  const counts = new Map<string, number>();
  for (const line of readFileSync(path, "latin1").split("\n")) {
    const match = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$/.exec(line);
    if (match === null || match[2] === "total") continue;
    counts.set(match[2]!, Number(match[1]) / Math.max(1, load.requests));
  }
  rmSync(path, { force: true });
  return counts;
}

/** The calls of both programs side by side, the commonest first. */
export function printCalls(scenario: string, haproxy: CallCounts, sluice: CallCounts): string {
  const names = [...new Set([...haproxy.keys(), ...sluice.keys()])];
  const of = (counts: CallCounts, name: string) => counts.get(name) ?? 0;
  const rows = names
    .filter((name) => of(haproxy, name) + of(sluice, name) >= 0.01)
    .sort((a, b) => of(haproxy, b) + of(sluice, b) - of(haproxy, a) - of(sluice, a))
    .map(
      (name) => `| ${name} | ${of(haproxy, name).toFixed(2)} | ${of(sluice, name).toFixed(2)} |`,
    );
  return [
    `| ${scenario}: calls a request | haproxy | sluice |`,
    "| --- | ---: | ---: |",
    ...rows,
  ].join("\n");
}
