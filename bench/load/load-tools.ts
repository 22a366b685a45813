import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { wrkScript } from "./rule-scenarios.ts";
import type { Scenario } from "./scenarios.ts";

/** Where load tools run, and where their files may lie. */
export interface LoadSetting {
  readonly directory: string;
  readonly cores: { readonly load: readonly string[] };
}

/** What a load tool says of one run. */
export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Latencies in microseconds; absent where the tool does not tell. */
  readonly p50Us: number | undefined;
  readonly p99Us: number | undefined;
  /** Answers that were missing or not 2xx. */
  readonly failures: number;
}

/** Drives a port for some seconds with the scenario's tool. */
export async function runLoad(
  scenario: Scenario,
  port: number,
  seconds: number,
  { directory, cores }: LoadSetting,
): Promise<LoadResult> {
  const url = `http://127.0.0.1:${port}${scenario.path}`;
  const connections = String(scenario.connections);
  switch (scenario.tool) {
    case "wrk": {
      const close = scenario.closes ? ["-H", "Connection: close"] : [];
      const script = scriptOf(scenario, directory);
      const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", ...close];
      return readWrk(await run([...cores.load, "wrk", ...args, ...script, url]));
    }
    case "ab": {
      const limit = ["-t", String(seconds), "-n", "10000000"];
      return readAb(await run([...cores.load, "ab", "-q", "-c", connections, ...limit, url]));
    }
    case "h2load": {
      const args = ["--h1", `-c${connections}`, "-t1", "-D", String(seconds), url];
      return readH2load(await run([...cores.load, "h2load", ...args]));
    }
  }
}

/** Clients that ask for several things do so by a script; others need none. */
function scriptOf({ name, rules }: Scenario, directory: string): readonly string[] {
  if (rules === null) return [];
  const path = join(directory, `${name}.lua`);
  writeFileSync(path, wrkScript(rules.requests));
  return ["-s", path];
}

async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { stdio: ["ignore", "pipe", "pipe"] });
  const [text, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${command.join(" ")} exited with ${status}: ${errors}${text}`);
  return text;
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

const UNITS_US: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, m: 60_000_000 };

function durationUs(text: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS_US[match[2]!] ?? 1);
}

function readWrk(text: string): LoadResult {
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  let failures = numberIn(text, /Non-2xx or 3xx responses: (\d+)/);
  for (const count of errors?.slice(1) ?? []) failures += Number(count);
  return {
    requests: numberIn(text, /(\d+) requests in/),
    requestsPerSecond: numberIn(text, /Requests\/sec:\s+([\d.]+)/),
    p50Us: durationUs(text, /50%\s+([\d.]+)(us|ms|s|m)/),
    p99Us: durationUs(text, /99%\s+([\d.]+)(us|ms|s|m)/),
    failures,
  };
}

function readAb(text: string): LoadResult {
  const requests = numberIn(text, /Complete requests:\s+(\d+)/);
  return {
    requests,
    requestsPerSecond: numberIn(text, /Requests per second:\s+([\d.]+)/),
    p50Us: numberIn(text, /\s50%\s+(\d+)/) * 1000,
    p99Us: numberIn(text, /\s99%\s+(\d+)/) * 1000,
    failures:
      numberIn(text, /Failed requests:\s+(\d+)/) + numberIn(text, /Non-2xx responses:\s+(\d+)/),
  };
}

function readH2load(text: string): LoadResult {
  return {
    requests: numberIn(text, /(\d+) succeeded/),
    requestsPerSecond: numberIn(text, /finished in [^,]+, ([\d.]+) req\/s/),
    p50Us: undefined,
    p99Us: undefined,
    failures: numberIn(text, /(\d+) failed/) + numberIn(text, /(\d+) errored/),
  };
}
