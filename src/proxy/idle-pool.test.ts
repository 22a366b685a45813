import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Server } from "../balance/server.ts";
import { testBackend } from "../balance/testing.ts";
import type { Connection } from "../net/connection.ts";
import { ConnectionPool } from "../net/connection-pool.ts";
import { RecordingOwner, smallThread, turnOften, turnUntil } from "../net/testing.ts";
import type { Thread } from "../net/thread.ts";
import { Epoll } from "../sys/epoll.ts";
import { closeDescriptor, receive, Shutdown, send, shutdownSocket } from "../sys/socket.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import { connectedPair, descriptorCount, waitFor } from "../sys/testing.ts";
import { IdlePool } from "./idle-pool.ts";
import { IDLE_SETTINGS } from "./idle-settings.ts";

const PURGE_MS = 5000;

let descriptors = 0;
let thread: Thread;
let pool: ConnectionPool;
let server: Server;
let idle: IdlePool;
let fars: number[] = [];

beforeEach(() => {
  descriptors = descriptorCount();
  thread = smallThread();
  pool = new ConnectionPool(thread);
  server = testBackend([{}]).servers[0]!;
  idle = new IdlePool(thread, pool, server, { ...IDLE_SETTINGS.create(), countMax: 4 });
});

afterEach(() => {
  idle.clear();
  thread.loop.turn(0);
  // What was given to the pool is closed or idle, and nothing is counted any more.
  expect(server.state.idleConnections.get()).toBe(0);
  expect(pool.takenCount).toBe(0);
  expect(thread.buffers.takenCount).toBe(0);
  for (const fd of fars) closeDescriptor(fd);
  fars = [];
  thread.loop.close();
  expect(descriptorCount()).toBe(descriptors);
});

/** So many connections in use at once, as streams would have them. */
function used(count: number): Connection[] {
  return Array.from({ length: count }, () => {
    const { near, far } = connectedPair();
    fars.push(far);
    const connection = pool.take();
    connection.open(near, new RecordingOwner(), Epoll.IN);
    idle.noteUse();
    server.backend.state.h1Connections.add(1);
    return connection;
  });
}

function giveAll(connections: readonly Connection[]): void {
  for (const connection of connections) {
    server.state.usedConnections.add(-1);
    idle.give(connection);
  }
}

function take(): Connection | null {
  const connection = idle.takeFresh() ?? idle.takeProven();
  if (connection !== null) idle.noteUse();
  return connection;
}

function purge(): void {
  idle.onTimer();
}

describe("IdlePool", () => {
  test("gives the connection that came last", () => {
    const connections = used(3);
    giveAll(connections);
    expect(idle.count).toBe(3);
    expect(server.state.idleConnections.get()).toBe(3);
    const again = [take(), take(), take()];
    expect(again).toEqual([...connections].reverse());
    expect(take()).toBeNull();
    giveAll(again as Connection[]);
  });

  test("keeps no more than its limit; the others are closed with a reset", () => {
    giveAll(used(6));
    expect(idle.count).toBe(4);
    thread.loop.turn(0);
    waitFor(fars[5]!, Epoll.IN);
    const { region, buffers } = thread;
    expect(receive(fars[5]!, region, buffers.scratchStart, 1)).toBeLessThan(0);
    expect(server.backend.state.h1Connections.get()).toBe(4);
  });

  test.each<{ because: string; act: (far: number) => void; index: number }>([
    { because: "it ended", index: 0, act: (far) => void shutdownSocket(far, Shutdown.WRITE) },
    { because: "it ended", index: 2, act: (far) => void shutdownSocket(far, Shutdown.WRITE) },
    {
      because: "it was reset",
      index: 1,
      act: (far) => {
        setLingerZero(far);
        closeDescriptor(far);
        fars = fars.filter((fd) => fd !== far);
      },
    },
    {
      because: "it spoke unasked",
      index: 1,
      act: (far) => void send(far, thread.region, thread.buffers.scratchStart, 5),
    },
  ])("parts with connection $index when $because", ({ act, index }) => {
    const connections = used(3);
    giveAll(connections);
    act(fars[index]!);
    turnUntil(thread, "it to leave", () => idle.count === 2);
    turnOften(thread);
    expect(idle.count).toBe(2);
    expect(connections[index]!.isOpen).toBe(false);
    const left = [take(), take()];
    expect(left).not.toContain(connections[index]!);
    expect(server.backend.state.h1Connections.get()).toBe(2);
    giveAll(left as Connection[]);
  });

  test("closes half of those that nobody needed, each time", () => {
    giveAll(used(4));
    purge();
    const counts = [idle.count];
    for (let round = 0; round < 3; round++) {
      purge();
      counts.push(idle.count);
    }
    expect(counts[0]).toBe(4);
    expect(counts.slice(1)).toEqual([2, 1, 0]);
  });

  test("keeps those that were needed meanwhile", () => {
    giveAll(used(4));
    purge();
    const busy = [take(), take(), take(), take()] as Connection[];
    giveAll(busy);
    purge();
    expect(idle.count).toBe(4);
  });

  test("looks again after a while, as long as there are any", () => {
    expect(thread.wheel.placedCount).toBe(0);
    giveAll(used(1));
    expect(thread.wheel.placedCount).toBe(1);
    thread.wheel.advance(thread.loop.nowMs + PURGE_MS + 1);
    thread.wheel.advance(thread.loop.nowMs + 3 * PURGE_MS);
    expect(idle.count).toBe(0);
  });

  test("is empty after it was cleared", () => {
    giveAll(used(3));
    idle.clear();
    expect(idle.count).toBe(0);
    expect(server.backend.state.h1Connections.get()).toBe(0);
    expect(take()).toBeNull();
  });
});
