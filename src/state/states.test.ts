import { describe, expect, test } from "bun:test";
import { BackendCounter, BackendState } from "./backend-state.ts";
import { FrontendCounter, FrontendState } from "./frontend-state.ts";
import { ListenerState } from "./listener-state.ts";
import { ServerCounter, ServerState } from "./server-state.ts";
import { testMemory } from "./testing.ts";

describe("the states of proxies and servers", () => {
  test.each([
    { status: 100, column: "RESPONSES_1XX" },
    { status: 299, column: "RESPONSES_2XX" },
    { status: 304, column: "RESPONSES_3XX" },
    { status: 418, column: "RESPONSES_4XX" },
    { status: 503, column: "RESPONSES_5XX" },
    { status: 600, column: "RESPONSES_OTHER" },
    { status: 0, column: "RESPONSES_OTHER" },
  ] as const)("count a response with $status as $column", ({ status, column }) => {
    const frontend = new FrontendState(testMemory());
    const backend = new BackendState(testMemory());
    const server = new ServerState(testMemory());
    for (const state of [frontend, backend, server]) state.responded(status);

    expect(frontend.counters.total(FrontendCounter[column])).toBe(1);
    expect(backend.counters.total(BackendCounter[column])).toBe(1);
    expect(server.counters.total(ServerCounter[column])).toBe(1);
  });

  test("keep the present sessions as the peak when peaks are cleared", () => {
    const state = new ListenerState(testMemory());
    state.sessionStarted();
    state.sessionStarted();
    state.sessionEnded();
    expect(state.sessionsMax.get()).toBe(2);
    state.clearPeaks();
    expect(state.sessionsMax.get()).toBe(1);
  });

  test("know when the last session was, also after the counters were cleared", () => {
    const state = new ServerState(testMemory());
    expect(state.lastSessionSeconds(5000)).toBe(-1);
    state.counters.values[ServerCounter.LAST_SESSION_MS] = 1500;
    state.clear();
    expect(state.lastSessionSeconds(5000)).toBe(3);
  });

  test("count a backend's present outage into its downtime", () => {
    const state = new BackendState(testMemory());
    state.downtimeMs = 2500;
    state.changedMs = 10_000;
    expect(state.downtimeSeconds(13_000)).toBe(5);
    state.isUp.set(1);
    expect(state.downtimeSeconds(13_000)).toBe(2);
  });
});
