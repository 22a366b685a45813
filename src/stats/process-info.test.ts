import { expect, test } from "bun:test";
import { ProcessCounter, ProcessState } from "../state/process-state.ts";
import { testMemory } from "../state/testing.ts";
import { INFO_FIELDS } from "./info-fields.ts";
import { printInfo, printJsonInfo, printTypedInfo } from "./print-info.ts";
import { type ProcessFacts, processInfo } from "./process-info.ts";

const FACTS: ProcessFacts = {
  version: "2.6.12-sluice",
  releaseDate: "2026/11/21",
  ownVersion: "0.1.0",
  pid: 42,
  threads: 1,
  node: "lb1",
  description: "the edge",
  descriptorsMax: 1024,
  pipesMax: 100,
  memoryMegabytes: 0,
  startDateMs: 1_000_000_500,
  startMs: 500,
};
const MOMENT = {
  bufferBytes: 3 * 1024 * 1024,
  bufferBytesUsed: 16384,
  bufferFailures: 2,
  tasks: 4,
  idlePercent: 99,
  watched: 7,
};

function info(nowMs = 500, facts: Partial<ProcessFacts> = {}) {
  const state = new ProcessState(testMemory());
  state.counters.values[ProcessCounter.DROPPED_LOGS]! += 5;
  state.connectionsLimit.set(900);
  return processInfo(state, { ...FACTS, ...facts }, { ...MOMENT, nowMs });
}

test("show info has every line of the reference, in its order, and Sluice's version as its last", () => {
  const lines = printInfo(info()).trimEnd().split("\n");
  expect(lines.map((line) => line.split(": ")[0]!)).toEqual(INFO_FIELDS.map(({ name }) => name));
  expect(lines[0]).toBe("Name: HAProxy");
  expect(lines[1]).toBe("Version: 2.6.12-sluice");
  expect(lines).toContain("DroppedLogs: 5");
  expect(lines).toContain("Maxconn: 900");
  expect(lines).toContain("PoolAlloc_MB: 3");
  expect(lines).toContain("PoolFailed: 2");
  expect(lines).toContain("Run_queue: 4");
  expect(lines.at(-1)).toBe("Sluice: 0.1.0");
});

test("a description is a line only where there is one", () => {
  expect(printInfo(info())).toContain("\ndescription: the edge\n");
  expect(printInfo(info(500, { description: "" }))).not.toContain("description");
});

test("listening sockets and connections are jobs", () => {
  const state = new ProcessState(testMemory());
  state.jobs.set(3);
  state.connections.add(2);
  expect(processInfo(state, FACTS, { ...MOMENT, nowMs: 500 })).toMatchObject({ Jobs: 5 });
});

test.each([
  { seconds: 0, text: "0d 0h00m00s" },
  { seconds: 3723, text: "0d 1h02m03s" },
  { seconds: 90_061, text: "1d 1h01m01s" },
])("the uptime of $seconds seconds is $text", ({ seconds, text }) => {
  expect(info(500 + seconds * 1000).Uptime).toBe(text);
});

test("typed and JSON forms carry number, tags and type", () => {
  expect(printTypedInfo(info())).toStartWith("0.Name.1:POS:str:HAProxy\n");
  expect(printTypedInfo(info(), { withSummary: true })).toContain(
    '\n6.Pid.1:SGP:u32:42:"Process id"\n',
  );
  expect(JSON.parse(printJsonInfo(info()))[6]).toEqual({
    field: { pos: 6, name: "Pid" },
    processNum: 1,
    tags: { origin: "Status", nature: "Gauge", scope: "Process" },
    value: { type: "u32", value: 42 },
  });
});
