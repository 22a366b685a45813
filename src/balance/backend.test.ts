import { describe, expect, test } from "bun:test";
import { BackendCounter } from "../state/backend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Assigned } from "./backend.ts";
import { enterDrain, enterMaintenance, enterReady } from "./server-lifecycle.ts";
import { TestStream, testBackend } from "./testing.ts";
import { leaveQueue } from "./waiting-queue.ts";

describe("Backend", () => {
  test("serves who waits for a server and who waits for any in the order they came", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    const streams = Array.from({ length: 5 }, () => new TestStream());
    backend.assign(streams[0]!, null);
    backend.assign(streams[1]!, null);
    backend.assignTo(servers[0]!, streams[2]!);
    backend.assign(streams[3]!, null);
    backend.assignTo(servers[0]!, streams[4]!);
    const served: number[] = [];
    for (let round = 0; round < 4; round++) {
      servers[0]!.giveSlot();
      const next = streams.findIndex((stream) => stream.isServed);
      served.push(next);
      streams[next]!.isServed = false;
    }
    expect(served).toEqual([1, 2, 3, 4]);
    const positions = streams.map((stream) => [
      stream.serverQueuePosition,
      stream.backendQueuePosition,
    ]);
    // As the reference logs them for the same five: places left behind, counted per queue.
    expect(positions).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 2],
      [2, 0],
    ]);
  });

  test("counts no place for those who gave up", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    const streams = Array.from({ length: 5 }, () => new TestStream());
    for (const stream of streams) backend.assign(stream, null);
    leaveQueue(streams[1]!);
    leaveQueue(streams[2]!);
    servers[0]!.giveSlot();
    leaveQueue(streams[4]!);
    const positions = streams.map((stream) => stream.backendQueuePosition);
    expect(positions).toEqual([0, 1, 1, 1, 2]);
  });

  test("counts who waits, and the most there were", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    const streams = Array.from({ length: 4 }, () => new TestStream());
    for (const stream of streams.slice(0, 3)) backend.assign(stream, null);
    backend.assignTo(servers[0]!, streams[3]!);
    expect([backend.state.queued.get(), servers[0]!.state.queued.get()]).toEqual([2, 1]);
    leaveQueue(streams[1]!);
    leaveQueue(streams[1]!);
    servers[0]!.giveSlot();
    servers[0]!.giveSlot();
    expect([backend.state.queued.get(), servers[0]!.state.queued.get()]).toEqual([0, 0]);
    expect([backend.state.queuedMax.get(), servers[0]!.state.queuedMax.get()]).toEqual([2, 1]);
    expect(streams.map((stream) => stream.isServed)).toEqual([false, false, true, true]);
  });

  test("refuses to queue beyond maxqueue", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1, queueMax: 1 }, {}]);
    const results = [0, 1, 2].map(() => backend.assignTo(servers[0]!, new TestStream()));
    expect(results).toEqual([Assigned.SERVER, Assigned.QUEUED, Assigned.QUEUE_FULL]);
  });

  test("makes newcomers wait behind those who wait", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }, { connectionsMax: 1 }]);
    const streams = Array.from({ length: 4 }, () => new TestStream());
    for (const stream of streams.slice(0, 3)) backend.assign(stream, null);
    servers[1]!.giveSlot();
    expect(backend.assign(streams[3]!, null)).toBe(Assigned.QUEUED);
    expect([streams[2]!.isServed, streams[3]!.isServed]).toEqual([true, false]);
  });

  test("gives those who wait to a server that comes up, or to the backup that steps in", () => {
    const { backend, servers } = testBackend([
      { connectionsMax: 1 },
      { isDisabled: true },
      { isBackup: true, connectionsMax: 1 },
    ]);
    const streams = Array.from({ length: 4 }, () => new TestStream());
    for (const stream of streams) backend.assign(stream, null);
    enterMaintenance(servers[0]!);
    expect(streams.map((stream) => stream.isServed)).toEqual([false, true, false, false]);
    enterReady(servers[1]!);
    expect(streams.map((stream) => stream.isServed)).toEqual([false, true, true, true]);
    expect(streams[3]!.server).toBe(servers[1]!);
  });

  test("keeps who waits for any server while there is none", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    const streams = [new TestStream(), new TestStream()];
    for (const stream of streams) backend.assign(stream, null);
    enterMaintenance(servers[0]!);
    servers[0]!.giveSlot();
    expect(streams[1]!.isServed).toBe(false);
    expect(backend.assign(new TestStream(), null)).toBe(Assigned.NO_SERVER);
    enterReady(servers[0]!);
    expect(streams[1]!.isServed).toBe(true);
  });

  test.each([
    { mayRedispatch: true, isLost: true, because: "they may go elsewhere" },
    { mayRedispatch: false, isLost: false, because: "persistence binds them" },
  ])("with redispatch $mayRedispatch, regulars of a lost server: $because", (row) => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }, {}], row);
    const streams = [new TestStream(), new TestStream()];
    for (const stream of streams) backend.assignTo(servers[0]!, stream);
    enterMaintenance(servers[0]!);
    expect(streams[1]!.isLost).toBe(row.isLost);
    servers[0]!.giveSlot();
    expect(streams[1]!.isServed).toBe(!row.isLost);
  });

  test("lets a draining server serve its regulars only", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }, { connectionsMax: 1 }]);
    const streams = Array.from({ length: 5 }, () => new TestStream());
    backend.assign(streams[0]!, null);
    backend.assign(streams[1]!, null);
    backend.assign(streams[2]!, null);
    enterDrain(servers[0]!);
    backend.assignTo(servers[0]!, streams[3]!);
    servers[0]!.giveSlot();
    expect([streams[2]!.isServed, streams[3]!.isServed]).toEqual([false, true]);
  });

  test.each([
    { load: 0, slots: 2, because: "minconn is the least" },
    { load: 2, slots: 4, because: "half of fullconn gives half of maxconn" },
    { load: 4, slots: 8, because: "fullconn gives all" },
    { load: 9, slots: 8, because: "and never more" },
  ])("with minconn and a load of $load allows $slots slots: $because", ({ load, slots }) => {
    const { backend, servers } = testBackend([{ connectionsMax: 8, connectionsMin: 2 }], {
      fullLoad: 4,
    });
    for (let count = 0; count < load; count++) backend.state.sessionStarted(1000);
    expect(servers[0]!.slotsLimit).toBe(slots);
  });

  test("lets the first of the queue go when the load raises a limit", () => {
    const { backend } = testBackend([{ connectionsMax: 4, connectionsMin: 1 }], { fullLoad: 4 });
    const streams = Array.from({ length: 4 }, () => new TestStream());
    const results = streams.map((stream, index) => {
      if (index !== 1) backend.state.sessionStarted(1000);
      return backend.assign(stream, null);
    });
    expect(results[1]).toBe(Assigned.QUEUED);
    expect(streams[1]!.isServed).toBe(true);
    expect(streams[2]!.isServed).toBe(true);
    expect(streams[3]!.isServed).toBe(false);
  });

  test("hands out slots that a raised maxconn makes", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    const streams = Array.from({ length: 3 }, () => new TestStream());
    for (const stream of streams) backend.assign(stream, null);
    servers[0]!.setConnectionsMax(2);
    expect(streams.map((stream) => stream.isServed)).toEqual([false, true, false]);
    servers[0]!.setConnectionsMax(0);
    expect(streams[2]!.isServed).toBe(true);
  });

  test("counts choices, not regulars; and sessions by attempt", () => {
    const { backend, servers, clock } = testBackend([{}]);
    backend.assign(new TestStream(), null);
    backend.assignTo(servers[0]!, new TestStream());
    servers[0]!.sessionStarted();
    clock.nowMs += 4000;
    const { counters } = servers[0]!.state;
    expect(counters.total(ServerCounter.CHOSEN)).toBe(1);
    expect(backend.state.counters.total(BackendCounter.CHOSEN)).toBe(1);
    expect(counters.total(ServerCounter.SESSIONS)).toBe(1);
    expect(servers[0]!.state.lastSessionSeconds(clock.nowMs)).toBe(4);
    expect(backend.state.lastSessionSeconds(clock.nowMs)).toBe(4);
    expect(servers[0]!.state.sessionsMax.get()).toBe(2);
  });

  test("is up without servers, and down when all are disabled", () => {
    expect(testBackend([]).backend.state.isUp.get()).toBe(1);
    expect(testBackend([{ isDisabled: true }]).backend.state.isUp.get()).toBe(0);
  });
});
