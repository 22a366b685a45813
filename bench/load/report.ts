import type { ProgramResult, Round, ScenarioResult } from "./measure.ts";
import { type Summary, summarise } from "./summary.ts";

/** Sluice's figure over HAProxy's, round by round. */
export function ratioOf(
  result: ScenarioResult,
  figure: (round: Round) => number | undefined,
): Summary | undefined {
  const ratios: number[] = [];
  result.sluice.rounds.forEach((round, index) => {
    const ours = figure(round);
    const theirs = result.haproxy.rounds[index] && figure(result.haproxy.rounds[index]);
    if (ours !== undefined && theirs !== undefined && theirs > 0) ratios.push(ours / theirs);
  });
  return summarise(ratios);
}

/** CPU time of one request in microseconds. */
export function cpuOfRequest(round: Round): number {
  return round.cpu.totalUs / Math.max(1, round.load.requests);
}

/** The tables of a run, in Markdown. */
export function printReport(results: readonly ScenarioResult[]): string {
  return [loadTable(results), idleTable(results), churnTable(results), checksTable(results)]
    .filter((table) => table !== "")
    .join("\n\n");
}

const LOAD_HEAD = [
  "| scenario | program | CPU us/request | user | system | requests/s | p50 us | p99 us | RSS MB | collections | failures |",
  "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
];

function loadTable(results: readonly ScenarioResult[]): string {
  const measured = results.filter(({ scenario }) => scenario.kind === "load");
  if (measured.length === 0) return "";
  const rows = measured.flatMap((result) => {
    const ratio = ratioOf(result, cpuOfRequest);
    const latency = ratioOf(result, (round) => round.load.p99Us);
    const verdict =
      `| **${result.scenario.name}** | **ratio** | **${withSpread(ratio)}** | | | ` +
      `${fixed(ratioOf(result, (round) => round.load.requestsPerSecond)?.median, 2)} | | ` +
      `${fixed(latency?.median, 2)} | | | |`;
    return [
      loadRow(result.scenario.name, "haproxy", result.haproxy),
      loadRow(result.scenario.name, "sluice", result.sluice),
      verdict,
    ];
  });
  return [...LOAD_HEAD, ...rows].join("\n");
}

function loadRow(scenario: string, program: string, { rounds }: ProgramResult): string {
  const of = (figure: (round: Round) => number | undefined) =>
    summarise(rounds.map(figure).filter((value) => value !== undefined))?.median;
  const cells = [
    scenario,
    program,
    fixed(of(cpuOfRequest), 1),
    fixed(
      of((round) => round.cpu.userUs / Math.max(1, round.load.requests)),
      1,
    ),
    fixed(
      of((round) => round.cpu.systemUs / Math.max(1, round.load.requests)),
      1,
    ),
    fixed(
      of((round) => round.load.requestsPerSecond),
      0,
    ),
    fixed(
      of((round) => round.load.p50Us),
      0,
    ),
    fixed(
      of((round) => round.load.p99Us),
      0,
    ),
    fixed(
      of((round) => round.residentKb / 1024),
      1,
    ),
    program === "sluice" ? String(sum(rounds.map((round) => round.collections))) : "",
    String(sum(rounds.map((round) => round.load.failures))),
  ];
  return `| ${cells.join(" | ")} |`;
}

function idleTable(results: readonly ScenarioResult[]): string {
  const result = results.find(({ scenario }) => scenario.kind === "idle");
  if (result === undefined) return "";
  const row = (program: string, { startKb, idleBytes, idleCount }: ProgramResult) =>
    `| ${program} | ${fixed(startKb / 1024, 1)} | ${idleCount ?? 0} | ${fixed(idleBytes, 0)} |`;
  return [
    "| program | RSS MB at start | idle connections | bytes each |",
    "| --- | ---: | ---: | ---: |",
    row("haproxy", result.haproxy),
    row("sluice", result.sluice),
  ].join("\n");
}

function churnTable(results: readonly ScenarioResult[]): string {
  const result = results.find(({ scenario }) => scenario.kind === "churn");
  if (result === undefined) return "";
  const row = (program: string, { growth, rounds }: ProgramResult) =>
    `| ${program} | ${rounds[0]?.load.requests ?? 0} | ${growth?.startKb} | ${growth?.endKb} | ` +
    `${growth?.startFds} | ${growth?.endFds} | ${rounds[0]?.collections ?? 0} |`;
  return [
    "| program | connections | RSS KB before | after | descriptors before | after | collections |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    row("haproxy", result.haproxy),
    row("sluice", result.sluice),
  ].join("\n");
}

function checksTable(results: readonly ScenarioResult[]): string {
  const result = results.find(({ scenario }) => scenario.kind === "checks");
  if (result === undefined) return "";
  const row = (program: string, { corePercents = [] }: ProgramResult) =>
    `| ${result.scenario.name} | ${program} | ${withSpread(summarise(corePercents))} |`;
  return [
    "| scenario | program | percent of a core |",
    "| --- | --- | ---: |",
    row("haproxy", result.haproxy),
    row("sluice", result.sluice),
  ].join("\n");
}

function withSpread(summary: Summary | undefined): string {
  if (summary === undefined) return "";
  const { median, least, most } = summary;
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? "" : value.toFixed(digits);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
