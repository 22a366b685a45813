import type { ScenarioResult } from "./measure.ts";
import { cpuOfRequest, ratioOf } from "./report.ts";

/** One promise of the project about its speed: a figure and the most it may be. */
interface Target {
  readonly promise: string;
  readonly scenario: string;
  readonly most: number;
  readonly unit: string;
  figure(result: ScenarioResult): number | undefined;
}

const cpuRatio = (result: ScenarioResult) => ratioOf(result, cpuOfRequest)?.median;
const latencyRatio = (result: ScenarioResult) => ratioOf(result, (r) => r.load.p99Us)?.median;

const cpu = (scenario: string, most: number): Target => ({
  promise: `CPU a request, ${scenario}`,
  scenario,
  most,
  unit: "of HAProxy's",
  figure: cpuRatio,
});

/** Latencies of two runs of the same program differ by this much here. */
const LATENCY_NOISE = 1.05;

const latency = (scenario: string): Target => ({
  promise: `p99 latency, ${scenario}`,
  scenario,
  most: LATENCY_NOISE,
  unit: "of HAProxy's",
  figure: latencyRatio,
});

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
  latency("keep-alive-64"),
  latency("keep-alive-512"),
  latency("server-close"),
  latency("full-close"),
  latency("tcp"),
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
    promise: "garbage collections in the steady state",
    scenario: "keep-alive-64",
    most: 0,
    unit: "",
    figure: ({ sluice }) => sluice.rounds.reduce((total, round) => total + round.collections, 0),
  },
];

/** The table of promises: kept or missed. What was not measured in this run is left out. */
export function printTargets(results: readonly ScenarioResult[]): string {
  const rows: string[] = [];
  for (const target of TARGETS) {
    const result = results.find(({ scenario }) => scenario.name === target.scenario);
    const value = result && target.figure(result);
    if (value === undefined) continue;
    const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
    const verdict = value <= target.most ? "kept" : "**missed**";
    const limit = `${target.most} ${target.unit}`.trim();
    rows.push(`| ${target.promise} | at most ${limit} | ${shown} | ${verdict} |`);
  }
  return ["| promise | target | measured | |", "| --- | --- | ---: | --- |", ...rows].join("\n");
}
