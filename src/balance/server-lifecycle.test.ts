import { describe, expect, test } from "bun:test";
import { BackendCounter } from "../state/backend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { CheckStatus } from "./check-status.ts";
import { forceHealth, reportCheck } from "./server-health.ts";
import { enterDrain, enterMaintenance, enterReady } from "./server-lifecycle.ts";
import { Administrative, Operational } from "./server-status.ts";
import { changeWeight } from "./server-weight.ts";
import { TestStream, testBackend } from "./testing.ts";

const REFUSED = {
  status: CheckStatus.L4_CONNECT,
  code: 0,
  durationMs: 0,
  text: "Connection refused",
};
const PASSED = { status: CheckStatus.L4_OK, code: 0, durationMs: 0, text: "" };

/** The words are those that the reference logged for the same steps. */
describe("state changes of servers", () => {
  test("tell of checks that take a server down and bring it up", () => {
    const { servers, announced } = testBackend([{ isChecked: true }, { isBackup: true }, {}]);
    reportCheck(servers[0]!, REFUSED);
    reportCheck(servers[0]!, REFUSED);
    reportCheck(servers[0]!, PASSED);
    reportCheck(servers[0]!, PASSED);
    expect(announced).toEqual([
      '1 Server bk/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 1 active and 1 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      "5 Server bk/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.",
    ]);
  });

  test("tell when backups take over and when nobody is left", () => {
    const { servers, announced } = testBackend([{}, { isBackup: true }]);
    enterMaintenance(servers[0]!);
    enterMaintenance(servers[1]!);
    enterReady(servers[1]!);
    expect(announced).toEqual([
      "1 Server bk/s1 is going DOWN for maintenance. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "1 Backup Server bk/s2 is going DOWN for maintenance. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "0 backend bk has no server available!",
      "5 Backup Server bk/s2 is UP/READY (leaving forced maintenance).",
    ]);
  });

  test("tell of drain and maintenance in each order", () => {
    const { servers, announced } = testBackend([{}, {}]);
    const server = servers[0]!;
    const flags: number[] = [];
    for (const step of [enterDrain, enterMaintenance, enterDrain, enterReady]) {
      step(server);
      flags.push(server.state.administrative.get());
    }
    expect(flags).toEqual([
      Administrative.FORCED_DRAIN,
      Administrative.FORCED_MAINTENANCE,
      Administrative.FORCED_DRAIN,
      0,
    ]);
    expect(announced).toEqual([
      "5 Server bk/s1 enters drain state. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
      "5 Server bk/s1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "5 Server bk/s1 is UP/DRAIN (leaving forced maintenance).",
      "5 Server bk/s1 remains in forced drain mode.",
      "5 Server bk/s1 is UP (leaving forced drain).",
    ]);
  });

  test("tell of servers that are down already", () => {
    const { servers, announced } = testBackend([{ isChecked: true }, {}]);
    const server = servers[0]!;
    reportCheck(server, REFUSED);
    announced.length = 0;
    enterDrain(server);
    enterReady(server);
    enterMaintenance(server);
    enterReady(server);
    expect(announced).toEqual([
      "5 Server bk/s1 enters drain state. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "5 Server bk/s1 is DOWN (leaving forced drain).",
      "5 Server bk/s1 was DOWN and now enters maintenance.",
      "5 Server bk/s1 is UP/READY (leaving forced maintenance).",
    ]);
  });

  test("tell of health that the operator forces", () => {
    const { servers, announced } = testBackend([{}, {}]);
    forceHealth(servers[0]!, "down");
    forceHealth(servers[0]!, "stopping");
    forceHealth(servers[0]!, "up");
    expect(announced).toEqual([
      "1 Server bk/s1 is DOWN, changed from CLI. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "5 Server bk/s1 is stopping, changed from CLI. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
      "5 Server bk/s1 is UP, changed from CLI. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
    ]);
  });

  test("count those whom they move", () => {
    const { backend, servers, announced } = testBackend([{ connectionsMax: 1 }, {}], {
      mayRedispatch: true,
    });
    for (let count = 0; count < 3; count++) backend.assignTo(servers[0]!, new TestStream());
    forceHealth(servers[0]!, "down");
    expect(announced[0]).toEndWith("1 sessions active, 2 requeued, 0 remaining in queue.");
  });

  test("do nothing twice", () => {
    const { servers, announced } = testBackend([{}, {}]);
    for (const step of [enterReady, enterMaintenance, enterMaintenance, enterReady, enterReady]) {
      step(servers[0]!);
    }
    expect(announced.length).toBe(2);
  });

  test("are counted, with the downtime of servers and backends", () => {
    const { backend, servers, clock } = testBackend([{ isChecked: true }]);
    const server = servers[0]!;
    reportCheck(server, REFUSED);
    clock.nowMs += 2500;
    expect(backend.state.downtimeSeconds(clock.nowMs)).toBe(2);
    reportCheck(server, PASSED);
    reportCheck(server, PASSED);
    clock.nowMs += 60_000;
    expect(server.state.counters.total(ServerCounter.DOWN_TRANSITIONS)).toBe(1);
    expect(backend.state.counters.total(BackendCounter.DOWN_TRANSITIONS)).toBe(1);
    expect(server.state.downtimeMs).toBe(2500);
    expect(backend.state.downtimeSeconds(clock.nowMs)).toBe(2);
    expect([backend.state.isUp.get(), clock.nowMs - backend.state.changedMs]).toEqual([1, 60_000]);
  });
});

describe("reportCheck()", () => {
  test("follows rise and fall, all the way once the line is crossed", () => {
    const { servers } = testBackend([{ isChecked: true, checkRise: 2, checkFall: 3 }]);
    const server = servers[0]!;
    const steps = "+--+---++-+".split("").map((step) => {
      reportCheck(server, step === "+" ? PASSED : REFUSED);
      const { fraction, isUp } = server.check;
      return `${isUp ? "UP" : "DOWN"} ${fraction}`;
    });
    expect(steps).toEqual([
      "UP 3/3",
      "UP 2/3",
      "UP 1/3",
      "UP 3/3",
      "UP 2/3",
      "UP 1/3",
      "DOWN 0/2",
      "DOWN 1/2",
      "UP 3/3",
      "UP 2/3",
      "UP 3/3",
    ]);
    expect(server.state.operational.get()).toBe(Operational.RUNNING);
  });

  test("counts failures only while the server is up", () => {
    const { servers } = testBackend([{ isChecked: true }]);
    for (let count = 0; count < 5; count++) reportCheck(servers[0]!, REFUSED);
    expect(servers[0]!.state.counters.total(ServerCounter.CHECKS_FAILED)).toBe(1);
  });

  test("counts for nothing in maintenance", () => {
    const { servers, announced } = testBackend([{ isChecked: true, isDisabled: true }]);
    reportCheck(servers[0]!, PASSED);
    expect([servers[0]!.isRunning, announced]).toEqual([false, []]);
  });

  test("is logged when asked for: each change of status or health, and the reason only there", () => {
    const wrong = { status: CheckStatus.L7_STATUS, code: 404, durationMs: 3, text: "Nice Reason" };
    const good = { status: CheckStatus.L7_OK, code: 200, durationMs: 0, text: "" };
    const { servers, announced } = testBackend([{ isChecked: true, checkRise: 2, checkFall: 2 }], {
      logsChecks: true,
    });
    for (const report of [good, good, wrong, wrong, wrong]) reportCheck(servers[0]!, report);
    expect(announced).toEqual([
      "5 Health check for server bk/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: 0ms, status: 2/2 UP.",
      '5 Health check for server bk/s1 failed, reason: Layer7 wrong status, code: 404, info: "Nice Reason", check duration: 3ms, status: 1/2 UP.',
      '5 Health check for server bk/s1 failed, reason: Layer7 wrong status, code: 404, info: "Nice Reason", check duration: 3ms, status: 0/2 DOWN.',
      "1 Server bk/s1 is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "0 backend bk has no server available!",
    ]);
  });
});

describe("changeWeight()", () => {
  test.each([
    { text: "50%", weight: 16, because: "percentages are of the configured weight, rounded down" },
    { text: "1%", weight: 0, because: "what is below one is none" },
    { text: "1000%", weight: 256, because: "there is an upper limit" },
    { text: "100%", weight: 33, because: "all of it" },
    { text: "0", weight: 0, because: "none may be given" },
    { text: "256", weight: 256, because: "the most" },
  ])("takes $text as $weight: $because", ({ text, weight }) => {
    const { servers } = testBackend([{ weight: 33 }]);
    expect(changeWeight(servers[0]!, text)).toBeUndefined();
    expect(servers[0]!.state.userWeight.get()).toBe(weight);
  });

  test.each([
    { text: "257", answer: "Absolute weight can only be between 0 and 256 inclusive." },
    { text: "-1", answer: "Absolute weight can only be between 0 and 256 inclusive." },
    { text: "x", answer: "Empty weight string empty or preceded by garbage" },
    { text: "5x", answer: "Trailing garbage in weight string" },
  ])("refuses $text: $answer", ({ text, answer }) => {
    expect(changeWeight(testBackend([{}]).servers[0]!, text)).toBe(answer);
  });

  test("reminds of a drain that goes on", () => {
    const { servers, announced } = testBackend([{}, {}]);
    enterDrain(servers[0]!);
    changeWeight(servers[0]!, "5");
    expect(announced[1]).toBe("5 Server bk/s1 remains in forced drain mode.");
  });

  test("takes the backend down when no weight is left", () => {
    const { servers, announced } = testBackend([{}]);
    changeWeight(servers[0]!, "0");
    expect(announced).toEqual(["0 backend bk has no server available!"]);
  });
});
