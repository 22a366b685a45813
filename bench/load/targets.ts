import type { ScenarioResult } from "./measure.ts";
import { cpuOfRequest, ratioOf } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Summary } from "./summary.ts";
import { summarise } from "./summary.ts";

/** One promise of the project about its speed: a figure and the most it may be. */
interface Target {
  readonly promise: string;
  readonly scenario: string;
  readonly most: number;
  readonly unit: string;
  figure(result: ScenarioResult): number | undefined;
  /** The rounds' own spread, where there is one: it says whether the verdict could be chance. */
  spread?(result: ScenarioResult): Summary | undefined;
}

const cpuRatio = (result: ScenarioResult) => ratioOf(result, cpuOfRequest);
const latencyRatio = (result: ScenarioResult) => ratioOf(result, (r) => r.load.p99Us);

const cpu = (scenario: string, most: number): Target => ({
  promise: `CPU a request, ${scenario}`,
  scenario,
  most,
  unit: "of HAProxy's",
  figure: (result) => cpuRatio(result)?.median,
  spread: cpuRatio,
});

const latency = (scenario: string): Target => ({
  promise: `p99 latency, ${scenario}`,
  scenario,
  most: 1,
  unit: "of HAProxy's",
  figure: (result) => latencyRatio(result)?.median,
  spread: latencyRatio,
});

const collections = (scenario: string): Target => ({
  promise: `garbage collections in the measured rounds, ${scenario}`,
  scenario,
  most: 0,
  unit: "",
  figure: ({ sluice }) => sluice.rounds.reduce((total, round) => total + round.collections, 0),
});

/** Every scenario that a load tool with percentiles drives: none is left out. */
const LATENCY_SCENARIOS = SCENARIOS.filter(
  ({ kind, tool }) => kind === "load" && tool !== "h2load",
);

const TARGETS: readonly Target[] = [
  cpu("keep-alive-64", 0.75),
  cpu("keep-alive-512", 0.75),
  cpu("server-close", 0.85),
  cpu("full-close", 0.9),
  cpu("tcp", 0.9),
  cpu("object-100k", 0.9),
  cpu("object-1m", 0.75),
  cpu("object-1m-splice", 0.85),
  cpu("logging", 0.85),
  cpu("overload-queue", 0.9),
  cpu("rules-20", 0.85),
  cpu("host-map", 0.85),
  cpu("log-json", 0.85),
  cpu("rules-aside", 0.85),
  cpu("balance-1000", 0.85),
  ...LATENCY_SCENARIOS.map(({ name }) => latency(name)),
  {
    promise: "resident memory at start",
    scenario: "idle",
    most: 60,
    unit: "MB",
    figure: ({ sluice }) => sluice.startKb / 1024,
  },
  {
    promise: "memory of an idle connection",
    scenario: "idle",
    most: 1024,
    unit: "bytes",
    figure: ({ sluice }) => sluice.idleBytes,
  },
  {
    promise: "growth of memory by churn",
    scenario: "churn",
    most: 1024,
    unit: "KB",
    figure: ({ sluice }) => sluice.growth && sluice.growth.endKb - sluice.growth.startKb,
  },
  {
    promise: "growth of descriptors by churn",
    scenario: "churn",
    most: 0,
    unit: "",
    figure: ({ sluice }) => sluice.growth && sluice.growth.endFds - sluice.growth.startFds,
  },
  {
    promise: "a core's time for 1,000 checks every 2 s",
    scenario: "checks-1000",
    most: 2,
    unit: "%",
    figure: ({ sluice }) => sluice.corePercents && summarise(sluice.corePercents)?.median,
  },
  ...SCENARIOS.filter(({ kind }) => kind !== "idle" && kind !== "checks").map(({ name }) =>
    collections(name),
  ),
];

/** The table of promises: kept or missed. What was not measured in this run is left out. */
export function printTargets(results: readonly ScenarioResult[]): string {
  const rows: string[] = [];
  for (const target of TARGETS) {
    const result = results.find(({ scenario }) => scenario.name === target.scenario);
    const value = result && target.figure(result);
    if (value === undefined) continue;
    const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
    const spread = target.spread?.(result!);
    const isUnsure =
      spread !== undefined && spread.least <= target.most && spread.most > target.most;
    const verdict = `${value <= target.most ? "kept" : "**missed**"}${isUnsure ? ", rounds disagree" : ""}`;
    const limit = `${target.most} ${target.unit}`.trim();
    rows.push(`| ${target.promise} | at most ${limit} | ${shown} | ${verdict} |`);
  }
  return ["| promise | target | measured | |", "| --- | --- | ---: | --- |", ...rows].join("\n");
}
