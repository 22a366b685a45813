import { afterEach, describe, expect, test } from "bun:test";
import { Listener } from "../net/listener.ts";
import { smallThread } from "../net/testing.ts";
import type { Thread } from "../net/thread.ts";
import { FrontendCounter, FrontendState, FrontendStatus } from "../state/frontend-state.ts";
import { ListenerState } from "../state/listener-state.ts";
import { ProcessCounter, ProcessState } from "../state/process-state.ts";
import { testMemory } from "../state/testing.ts";
import { descriptorCount, loopbackListener } from "../sys/testing.ts";
import type { Bind } from "./bind.ts";
import { FrontendGate, ProcessGate } from "./gate.ts";

interface Limits {
  readonly process?: number;
  readonly frontend?: number;
  /** Of the first `bind` line; the second has none. */
  readonly bind?: number;
}

let threads: Thread[] = [];

afterEach(() => {
  for (const thread of threads) thread.loop.close();
  threads = [];
});

/** A frontend `web` with two sockets and a frontend `other` with one, in one process. */
function frontends({ process = 0, frontend = 0, bind = 0 }: Limits = {}) {
  const memory = testMemory();
  const thread = smallThread();
  threads.push(thread);
  const state = new ProcessState(memory);
  state.connectionsLimit.set(process);
  const ofProcess = new ProcessGate(state, thread.loop);
  const make = (limits: readonly number[], sessionsLimit: number) => {
    const frontendState = new FrontendState(memory);
    frontendState.sessionsLimit.set(sessionsLimit);
    const gate = new FrontendGate(frontendState, ofProcess, thread.loop);
    const doors = limits.map((connectionsMax, index) => {
      const { fd, address } = loopbackListener();
      const listener = new Listener(thread, fd, address, { onAccept() {} });
      const name = `sock-${index + 1}`;
      const bind: Bind = {
        id: index + 1,
        name,
        hasName: false,
        address,
        state: new ListenerState(memory),
        acceptsProxy: false,
        netscalerMagic: 0,
        namespace: null,
        segmentReduction: 0,
        nice: 0,
        isTransparent: false,
        connectionsMax,
      };
      gate.addListener(listener, bind);
      return { listener, bind };
    });
    return { gate, doors, state: frontendState };
  };
  const web = make([bind, 0], frontend);
  const other = make([0], 0);
  web.gate.update();
  other.gate.update();
  const open = () => [...web.doors, ...other.doors].map(({ listener }) => !listener.isPaused);
  return { ofProcess, state, web, other, open, thread };
}

describe("the gates", () => {
  test.each<{ limits: Limits; enter: number; open: boolean[]; because: string }>([
    { limits: {}, enter: 50, open: [true, true, true], because: "nothing limits" },
    { limits: { bind: 2 }, enter: 1, open: [true, true, true], because: "the line has room" },
    { limits: { bind: 2 }, enter: 2, open: [false, true, true], because: "one line is full" },
    { limits: { frontend: 3 }, enter: 2, open: [true, true, true], because: "there is room" },
    { limits: { frontend: 3 }, enter: 3, open: [false, false, true], because: "web is full" },
    { limits: { process: 3 }, enter: 3, open: [false, false, false], because: "all is full" },
    {
      limits: { process: 3, frontend: 9, bind: 1 },
      enter: 2,
      open: [false, true, true],
      because: "the narrowest counts",
    },
  ])("close and open with the clients that come and go: $because", ({ limits, enter, open }) => {
    const all = frontends(limits);
    const { bind } = all.web.doors[0]!;
    for (let client = 0; client < enter; client++) all.web.gate.enter(bind);
    expect(all.open()).toEqual(open);
    for (let client = 0; client < enter; client++) all.web.gate.leave(bind);
    expect(all.open()).toEqual([true, true, true]);
    expect(all.web.state.sessions.get()).toBe(0);
    expect(all.state.connections.get()).toBe(0);
    expect(bind.state.sessions.get()).toBe(0);
  });

  test("open again as soon as there is room, not before", () => {
    const all = frontends({ frontend: 2 });
    const { bind } = all.web.doors[1]!;
    for (let client = 0; client < 3; client++) all.web.gate.enter(bind);
    all.web.gate.leave(bind);
    expect(all.open()).toEqual([false, false, true]);
    all.web.gate.leave(bind);
    expect(all.open()).toEqual([true, true, true]);
    expect(all.web.state.status.get()).toBe(FrontendStatus.OPEN);
  });

  test("of one frontend open when another one's client leaves the full process", () => {
    const all = frontends({ process: 1 });
    all.other.gate.enter(all.other.doors[0]!.bind);
    expect(all.open()).toEqual([false, false, false]);
    all.other.gate.leave(all.other.doors[0]!.bind);
    expect(all.open()).toEqual([true, true, true]);
  });

  test("stay closed while an operator wants it, whoever leaves", () => {
    const all = frontends({ frontend: 1 });
    const { bind } = all.web.doors[0]!;
    all.web.gate.enter(bind);
    expect(all.web.gate.pause()).toBe(true);
    expect(all.web.gate.pause()).toBe(false);
    all.web.gate.leave(bind);
    expect(all.open()).toEqual([false, false, true]);
    expect(all.web.state.status.get()).toBe(FrontendStatus.PAUSED);
    expect(all.web.gate.resume()).toBe(true);
    expect(all.web.gate.resume()).toBe(false);
    expect(all.open()).toEqual([true, true, true]);
  });

  test("follow limits that change", () => {
    const all = frontends({ frontend: 5, process: 5 });
    const { bind } = all.web.doors[0]!;
    for (let client = 0; client < 3; client++) all.web.gate.enter(bind);
    all.web.gate.setSessionsLimit(2);
    expect(all.open()).toEqual([false, false, true]);
    expect(all.web.state.status.get()).toBe(FrontendStatus.FULL);
    all.web.gate.setSessionsLimit(0);
    expect(all.open()).toEqual([true, true, true]);
    all.state.connectionsLimit.set(3);
    all.ofProcess.update();
    expect(all.open()).toEqual([false, false, false]);
    all.state.connectionsLimit.set(4);
    all.ofProcess.update();
    expect(all.open()).toEqual([true, true, true]);
  });

  test("are gone for good after a shutdown; clients that are in may leave", () => {
    const before = descriptorCount();
    const all = frontends({ frontend: 2, bind: 1 });
    const { bind } = all.web.doors[0]!;
    all.web.gate.enter(bind);
    all.web.gate.shutdown();
    expect(all.web.gate.listenerCount).toBe(0);
    expect(all.web.gate.resume()).toBe(false);
    expect(all.web.gate.pause()).toBe(false);
    all.web.gate.leave(bind);
    all.ofProcess.update();
    expect(all.web.state.status.get()).toBe(FrontendStatus.STOP);
    all.other.gate.shutdown();
    all.thread.loop.close();
    threads = [];
    expect(descriptorCount()).toBe(before);
  });

  test("count who comes", () => {
    const all = frontends();
    const { bind } = all.web.doors[0]!;
    for (let client = 0; client < 3; client++) all.web.gate.enter(bind);
    all.web.gate.leave(bind);
    expect(all.web.state.counters.total(FrontendCounter.CONNECTIONS)).toBe(3);
    expect(all.web.state.counters.total(FrontendCounter.SESSIONS)).toBe(3);
    expect(all.web.state.sessionsMax.get()).toBe(3);
    expect(bind.state.sessionsMax.get()).toBe(3);
    expect(all.state.counters.total(ProcessCounter.CONNECTIONS)).toBe(3);
    expect(all.state.connections.get()).toBe(2);
  });

  test("close while a rate is at its limit, and open once there is room", () => {
    const { web, other, open, thread } = frontends();
    web.state.sessionRateLimit.set(2);
    web.gate.enter(web.doors[0]!.bind);
    expect(open()).toEqual([true, true, true]);
    web.gate.enter(web.doors[0]!.bind);
    expect(open()).toEqual([false, false, true]);
    web.gate.update();
    expect(open()).toEqual([false, false, true]);
    // Two seconds on, both have left the last second.
    thread.loop.nowMs += 2500;
    thread.wheel.advance(thread.loop.nowMs);
    expect(open()).toEqual([true, true, true]);
    expect(other.state.sessions.get()).toBe(0);
  });

  test("close everywhere while the process is at its rate, until the limit is lifted", () => {
    const { web, open, ofProcess, state } = frontends();
    state.connectionRateLimit.set(1);
    web.gate.enter(web.doors[0]!.bind);
    expect(open()).toEqual([false, false, false]);
    state.connectionRateLimit.set(0);
    ofProcess.ratesChanged();
    expect(open()).toEqual([true, true, true]);
    state.sessionRateLimit.set(1);
    ofProcess.ratesChanged();
    expect(open()).toEqual([false, false, false]);
  });
});
