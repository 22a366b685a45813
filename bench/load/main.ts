import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bindSocket, closeDescriptor, datagramSocket, localAddress } from "../../src/sys/socket.ts";
import { AddressFamily, SocketAddress } from "../../src/sys/socket-address.ts";
import {
  chooseCores,
  claimMachine,
  describeMachine,
  descriptorLimit,
  loadAverage,
} from "./machine.ts";
import { measure, type ScenarioResult, type Setting } from "./measure.ts";
import { Origin } from "./origin.ts";
import { printReport } from "./report.ts";
import { saveResults } from "./save.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { printCalls } from "./syscalls.ts";
import { printTargets } from "./targets.ts";

const PROJECT_ROOT = join(import.meta.dir, "..", "..");

const USAGE = `npm run bench -- [options]
  --only NAME[,NAME...]  run these scenarios only (see --list)
  --rounds N             rounds of each program in each scenario (5)
  --seconds N            seconds of each round (5)
  --long                 ten minutes of churn instead of 20 seconds
  --target               print which promises are kept
  --calls                also count system calls a request, with strace
  --save                 put the tables into docs/performance.md
  --json                 print the raw figures as JSON
  --list                 name the scenarios
  --sluice PATH          another program in the place of bin/sluice
  --haproxy PATH         another program in the place of haproxy
`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
    long: { type: "boolean", default: false },
    target: { type: "boolean", default: false },
    calls: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
    sluice: { type: "string", default: join(PROJECT_ROOT, "bin", "sluice") },
    haproxy: { type: "string", default: "haproxy" },
  },
});

/** A UDP port of loopback whose datagrams the system throws away: bound, and never read. */
function openLogSink(): { port: number; close(): void } {
  const address = new SocketAddress();
  address.family = AddressFamily.INET;
  address.word3 = 0x7f000001;
  const fd = datagramSocket(AddressFamily.INET);
  if (fd < 0 || bindSocket(fd, address) < 0) throw new Error("Cannot bind the log's socket");
  localAddress(fd, address);
  return { port: address.port, close: () => closeDescriptor(fd) };
}

/** Taken before anything is started, so that it tells of others' work. */
const LOAD_BEFORE = loadAverage();

function chooseScenarios(): readonly Scenario[] {
  if (options.only === undefined) return SCENARIOS;
  return options.only.split(",").map((name) => {
    const found = SCENARIOS.find((scenario) => scenario.name === name);
    if (found === undefined) throw new Error(`There is no scenario "${name}"; try --list`);
    return found;
  });
}

function requireTools(): void {
  const tools = ["nginx", "wrk", "ab", "h2load", options.haproxy];
  const missing = tools.filter((tool) => Bun.which(tool) === null);
  if (missing.length === 0) return;
  throw new Error(
    `Missing: ${missing.join(", ")}. On Debian: apt-get install haproxy nginx-light wrk apache2-utils nghttp2-client`,
  );
}

async function main(): Promise<void> {
  const scenarios = chooseScenarios();
  requireTools();
  const release = claimMachine();
  const directory = mkdtempSync("/tmp/bench-");
  const cores = chooseCores();
  const origin = await Origin.start(directory, cores.load);
  const sink = openLogSink();
  const setting: Setting = {
    directory,
    cores,
    originPort: origin.port,
    logPort: sink.port,
    programs: { haproxy: options.haproxy, sluice: options.sluice },
    connectionsMax: Math.min(20_000, Math.floor((await descriptorLimit()) / 2) - 600),
    rounds: Number(options.rounds),
    seconds: Number(options.seconds),
    churnSeconds: options.long ? 600 : 20,
    countsCalls: options.calls,
  };
  const results: ScenarioResult[] = [];
  try {
    for (const scenario of scenarios) {
      process.stderr.write(`${scenario.name}: ${scenario.summary}\n`);
      const result = await measure(scenario, setting).catch((error: Error) => {
        process.stderr.write(`${scenario.name} failed: ${error.message}\n`);
      });
      if (result !== undefined) results.push(result);
    }
  } finally {
    release();
    sink.close();
    await origin.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  print(results);
}

function print(results: readonly ScenarioResult[]): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    return;
  }
  const report = printAll(results);
  process.stdout.write(`${report}\n`);
  if (options.save) saveResults(report);
}

function printAll(results: readonly ScenarioResult[]): string {
  const pinned = chooseCores().proxy.length > 0;
  const parts = [
    `${new Date().toISOString().slice(0, 10)}: ${describeMachine()}; ${options.rounds} rounds of ` +
      `${options.seconds} s, interleaved; ` +
      `${pinned ? "the proxy alone on the last core, origin and load tool on the first" : "nothing pinned"}; load average before the start ${LOAD_BEFORE}; ` +
      `churn for ${options.long ? 600 : 20} s.\n` +
      "A ratio is Sluice over HAProxy: median (least to most) of the rounds.",
  ];
  if (options.target || options.save) parts.push(printTargets(results));
  parts.push(printReport(results));
  for (const { scenario, haproxy, sluice } of results) {
    if (haproxy.calls === undefined || sluice.calls === undefined) continue;
    parts.push(printCalls(scenario.name, haproxy.calls, sluice.calls));
  }
  return parts.join("\n\n");
}

if (options.help) process.stdout.write(USAGE);
else if (options.list) {
  for (const { name, summary } of SCENARIOS) process.stdout.write(`${name.padEnd(20)}${summary}\n`);
} else await main();
