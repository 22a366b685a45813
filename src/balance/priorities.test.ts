import { describe, expect, test } from "bun:test";
import { TestStream, testBackend } from "./testing.ts";
import { leaveQueue } from "./waiting-queue.ts";

function stream(priorityClass = 0, priorityOffset = 0): TestStream {
  const made = new TestStream();
  made.priorityClass = priorityClass;
  made.priorityOffset = priorityOffset;
  return made;
}

describe("a queue with priorities", () => {
  test("serves lower classes first, then earlier times, then who came first", () => {
    const { backend, servers, clock } = testBackend([{ connectionsMax: 1 }]);
    const holder = stream();
    backend.assign(holder, null);
    const names = new Map<TestStream, string>();
    const come = (name: string, made: TestStream) => {
      names.set(made, name);
      backend.assign(made, null);
      clock.nowMs++;
    };
    come("plain 1", stream());
    come("nice", stream(10));
    come("plain 2", stream());
    come("late", stream(0, 500));
    come("urgent late", stream(-5, 500));
    come("urgent", stream(-5));
    come("early", stream(0, -500));
    come("plain 3", stream());
    const served: string[] = [];
    for (let turn = 0; turn < names.size; turn++) {
      servers[0]!.giveSlot();
      for (const [made, name] of names) {
        if (made.isServed && !served.includes(name)) served.push(name);
      }
    }
    expect(served).toEqual([
      ...["urgent", "urgent late", "early", "plain 1", "plain 2", "plain 3", "late", "nice"],
    ]);
    expect(backend.state.queued.get()).toBe(0);
  });

  test("compares who waits for the server with who waits for any", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    backend.assign(stream(), null);
    const bound = stream();
    backend.assignTo(servers[0]!, bound);
    const free = stream(-1);
    backend.assign(free, null);
    servers[0]!.giveSlot();
    expect([bound.isServed, free.isServed]).toEqual([false, true]);
  });

  test("tells places by who was served before, as without priorities", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    backend.assign(stream(), null);
    const first = stream();
    const urgent = stream(-1);
    backend.assign(first, null);
    backend.assign(urgent, null);
    servers[0]!.giveSlot();
    servers[0]!.giveSlot();
    expect([urgent.backendQueuePosition, first.backendQueuePosition]).toEqual([1, 2]);
  });

  test("lets anyone leave from anywhere", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }]);
    backend.assign(stream(), null);
    const streams = Array.from({ length: 200 }, (_, index) => stream(((index * 7919) % 83) - 41));
    for (const made of streams) backend.assign(made, null);
    for (const made of streams.filter((_, index) => index % 3 === 0)) leaveQueue(made);
    const left = streams.filter((_, index) => index % 3 !== 0);
    const wanted = [...left].sort((one, other) => one.priorityClass - other.priorityClass);
    for (const next of wanted) {
      expect(next.isServed).toBe(false);
      servers[0]!.giveSlot();
      expect(next.isServed).toBe(true);
    }
    expect(backend.state.queued.get()).toBe(0);
  });

  test("lets all go whose server has gone, in the order of their turns", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }, { isDisabled: true }]);
    backend.assign(stream(), null);
    const lost: number[] = [];
    for (const priorityClass of [3, 0, -3]) {
      const made = stream(priorityClass);
      made.onServerLost = () => lost.push(priorityClass);
      backend.assignTo(servers[0]!, made);
      made.isPersistent = false;
    }
    expect(backend.releaseWaiting(servers[0]!)).toBe(3);
    expect(lost).toEqual([-3, 0, 3]);
    expect(servers[0]!.state.queued.get()).toBe(0);
  });
});
