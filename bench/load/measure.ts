import { writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type LoadResult, runLoad } from "./load-tools.ts";
import { type Cores, freePort } from "./machine.ts";
import { type CpuTime, cpuBetween, ProxyProcess } from "./proxy-process.ts";
import { configurationOf, type Scenario } from "./scenarios.ts";
import { type CallCounts, countCalls } from "./syscalls.ts";

/** What every measurement needs to know. */
export interface Setting {
  readonly directory: string;
  readonly cores: Cores;
  readonly originPort: number;
  readonly logPort: number;
  readonly programs: { readonly haproxy: string; readonly sluice: string };
  /** `maxconn` of the idle scenario: each connection may take two descriptors. */
  readonly connectionsMax: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly churnSeconds: number;
  /** Also count system calls, in a run of its own after the rounds. */
  readonly countsCalls: boolean;
}

/** One run of one program: what it cost and what the clients saw. */
export interface Round {
  readonly load: LoadResult;
  readonly cpu: CpuTime;
  readonly residentKb: number;
  readonly collections: number;
}

/** Everything that was measured of one program in one scenario. */
export interface ProgramResult {
  readonly startKb: number;
  readonly rounds: Round[];
  /** Memory of one idle connection in bytes. */
  idleBytes?: number;
  idleCount?: number;
  calls?: CallCounts;
  /** Shares of a core that checks took, in percent, one of each round. */
  corePercents?: number[];
  growth?: { startKb: number; endKb: number; startFds: number; endFds: number };
}

/** The results of one scenario, by program. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly haproxy: ProgramResult;
  readonly sluice: ProgramResult;
}

/** `maxconn` of every scenario but the idle one: ample, and few descriptors are set aside for it. */
const LOAD_CONNECTIONS_MAX = 4000;
const WARM_UP_SECONDS = 2;
/** Rules and formats are code of many functions, each of which is compiled once it was called often. */
const WARM_UP_REQUESTS_RULES = 100_000;
const WARM_UPS_MAX = 30;
const NAMES = ["haproxy", "sluice"] as const;

/** Runs one scenario: both programs side by side, in rounds that alternate. */
export async function measure(scenario: Scenario, setting: Setting): Promise<ScenarioResult> {
  const haproxy = await startProxy("haproxy", scenario, setting);
  const sluice = await startProxy("sluice", scenario, setting).catch(async (error: Error) => {
    await haproxy.stop();
    throw error;
  });
  const proxies = { haproxy, sluice };
  const result: ScenarioResult = {
    scenario,
    haproxy: { startKb: proxies.haproxy.residentKb(), rounds: [] },
    sluice: { startKb: proxies.sluice.residentKb(), rounds: [] },
  };
  try {
    if (scenario.kind === "idle") {
      const count = Math.min(scenario.connections, setting.connectionsMax - 50);
      for (const name of NAMES) {
        await measureIdle(proxies[name], scenario.path, count, result[name]);
      }
    } else if (scenario.kind === "checks") {
      await measureChecks(setting, proxies, result);
    } else if (scenario.kind === "churn") {
      for (const name of NAMES) await measureChurn(scenario, setting, proxies[name], result[name]);
    } else {
      for (const name of NAMES) await warmUp(scenario, proxies[name].port, setting);
      for (let round = 0; round < setting.rounds; round++) {
        // The order alternates, so that a drift of the machine favours neither.
        const order = round % 2 === 0 ? NAMES : NAMES.toReversed();
        for (const name of order) {
          result[name].rounds.push(
            await measureRound(scenario, setting, proxies[name], setting.seconds),
          );
        }
      }
      if (setting.countsCalls) {
        for (const name of NAMES) {
          result[name].calls = await countCalls(scenario, proxies[name], setting);
        }
      }
    }
  } finally {
    await Promise.all(NAMES.map((name) => proxies[name].stop()));
  }
  return result;
}

function startProxy(
  name: "haproxy" | "sluice",
  scenario: Scenario,
  setting: Setting,
): Promise<ProxyProcess> {
  const port = freePort();
  const configuration = join(setting.directory, `${name}-${scenario.name}.cfg`);
  const files: Record<string, string> = {};
  for (const [file, contentOf] of Object.entries(scenario.rules?.files ?? {})) {
    files[file] = join(setting.directory, file);
    writeFileSync(files[file], contentOf());
  }
  writeFileSync(
    configuration,
    configurationOf(
      scenario,
      { listen: port, origin: setting.originPort, log: setting.logPort },
      scenario.kind === "idle" ? setting.connectionsMax : LOAD_CONNECTIONS_MAX,
      files,
    ),
  );
  const program = setting.programs[name];
  return ProxyProcess.start({ name, program, configuration, port, cores: setting.cores.proxy });
}

async function warmUp(scenario: Scenario, port: number, setting: Setting): Promise<void> {
  const wanted = scenario.rules === null ? 1 : WARM_UP_REQUESTS_RULES;
  let requests = 0;
  for (let run = 0; run < WARM_UPS_MAX && requests < wanted; run++) {
    requests += (await runLoad(scenario, port, WARM_UP_SECONDS, setting)).requests;
  }
}

async function measureRound(
  scenario: Scenario,
  setting: Setting,
  proxy: ProxyProcess,
  seconds: number,
): Promise<Round> {
  const before = proxy.cpuTime();
  const collections = proxy.collections;
  const load = await runLoad(scenario, proxy.port, seconds, setting);
  if (!proxy.isRunning) throw new Error(`${proxy.name} died under load: ${proxy.errors}`);
  return {
    load,
    cpu: cpuBetween(before, proxy.cpuTime()),
    residentKb: proxy.residentKb(),
    collections: proxy.collections - collections,
  };
}

/** Code that runs some hundred times a second is compiled late: it gets more time to warm up. */
const CHECKS_WARM_UP_SECONDS = 30;

/** Weighs what checks cost while nobody asks for anything; both programs check at the same time. */
async function measureChecks(
  setting: Setting,
  proxies: Readonly<Record<(typeof NAMES)[number], ProxyProcess>>,
  result: ScenarioResult,
): Promise<void> {
  await Bun.sleep(CHECKS_WARM_UP_SECONDS * 1000);
  for (let round = 0; round < setting.rounds; round++) {
    const startMs = performance.now();
    const before = NAMES.map((name) => proxies[name].taskTimesUs());
    await Bun.sleep(setting.seconds * 1000);
    const elapsedUs = (performance.now() - startMs) * 1000;
    for (const [index, name] of NAMES.entries()) {
      let totalUs = 0;
      // Threads come and go: one that has ended takes its time with it.
      for (const [task, us] of proxies[name].taskTimesUs()) {
        totalUs += us - (before[index]!.get(task) ?? 0);
      }
      const percents = result[name].corePercents ?? [];
      percents.push((100 * totalUs) / elapsedUs);
      result[name].corePercents = percents;
    }
  }
}

async function measureChurn(
  scenario: Scenario,
  setting: Setting,
  proxy: ProxyProcess,
  result: ProgramResult,
): Promise<void> {
  await runLoad(scenario, proxy.port, Math.min(5, setting.churnSeconds), setting);
  await Bun.sleep(500);
  const startKb = proxy.residentKb();
  const startFds = proxy.descriptorCount();
  result.rounds.push(await measureRound(scenario, setting, proxy, setting.churnSeconds));
  await Bun.sleep(500);
  result.growth = {
    startKb,
    startFds,
    endKb: proxy.residentKb(),
    endFds: proxy.descriptorCount(),
  };
}

/** Opens many connections, has each serve one request, and weighs them while nobody speaks. */
async function measureIdle(
  proxy: ProxyProcess,
  path: string,
  count: number,
  result: ProgramResult,
): Promise<void> {
  // A few requests first, so that code and pools are not weighed as connections.
  for (const socket of await openIdle(proxy.port, path, 500)) socket.destroy();
  await Bun.sleep(300);
  const beforeKb = proxy.residentKb();
  const sockets = await openIdle(proxy.port, path, count);
  await Bun.sleep(500);
  result.idleCount = count;
  result.idleBytes = ((proxy.residentKb() - beforeKb) * 1024) / count;
  for (const socket of sockets) socket.destroy();
  await Bun.sleep(300);
}

async function openIdle(port: number, path: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const lanes = Array.from({ length: 50 }, async () => {
    while (sockets.length < count) sockets.push(await openOne(port, path));
  });
  await Promise.all(lanes);
  return sockets;
}

function openOne(port: number, path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`);
    });
    socket.once("data", () => resolve(socket));
    socket.once("error", reject);
  });
}
