import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { Connection, ConnectionOwner } from "../net/connection.ts";
import { openConnection, putText, smallThread, turnOften, turnUntil } from "../net/testing.ts";
import type { Thread } from "../net/thread.ts";
import { Epoll } from "../sys/epoll.ts";
import { closeDescriptor, receive, Shutdown, send, shutdownSocket } from "../sys/socket.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import { Cause } from "./endings.ts";
import { Relay } from "./relay.ts";
import { Tunnel, type TunnelTimeouts } from "./tunnel.ts";

/** Far enough that none strikes by itself. */
const TIMEOUTS: TunnelTimeouts = {
  clientMs: 10_000,
  serverMs: 20_000,
  clientFinMs: 3000,
  serverFinMs: 4000,
  isClientIndependent: false,
  isServerIndependent: false,
};

/** A tunnel between two connections whose far ends are in the test's hands. */
class Bench implements ConnectionOwner, TimerTarget {
  readonly thread: Thread = smallThread();
  readonly client: { connection: Connection; far: number };
  readonly server: { connection: Connection; far: number };
  readonly clientTimer: Timer;
  readonly serverTimer: Timer;
  readonly up: Relay;
  readonly down: Relay;
  readonly tunnel: Tunnel;
  readonly ends: Cause[] = [];

  constructor() {
    const { thread } = this;
    this.client = openConnection(thread, this, Epoll.IN);
    this.server = openConnection(thread, this, Epoll.IN);
    this.clientTimer = new Timer(thread.wheel, this, 0);
    this.serverTimer = new Timer(thread.wheel, this, 1);
    this.up = new Relay(thread);
    this.down = new Relay(thread);
    this.tunnel = new Tunnel(
      thread,
      { onTunnelEnd: (cause) => this.ends.push(cause) },
      this.clientTimer,
      this.serverTimer,
      this.up,
      this.down,
    );
  }

  start(timeouts = TIMEOUTS, prefix = ""): void {
    const at = this.thread.buffers.scratchStart + 2 * this.thread.buffers.bufferSize;
    this.thread.region.bytes.set(Buffer.from(prefix, "latin1"), at);
    const { client, server, tunnel } = this;
    const end = at + prefix.length;
    tunnel.start(client.connection, server.connection, timeouts, true, true);
    tunnel.run(at, end, 0, 0);
  }

  onReadable(connection: Connection): void {
    if (this.ends.length > 0) {
      connection.close();
      return;
    }
    if (connection === this.client.connection) this.tunnel.onClientReadable();
    else this.tunnel.onServerReadable();
  }

  onWritable(connection: Connection): void {
    if (connection === this.client.connection) this.tunnel.onClientWritable();
    else this.tunnel.onServerWritable();
  }

  onBroken(): void {}

  onFault(error: unknown): void {
    throw error;
  }

  onTimer(): void {}

  write(far: number, text: string): void {
    send(far, this.thread.region, this.thread.buffers.scratchStart, putText(this.thread, text));
  }

  /** What comes to a far end, at least `size` bytes or until its end. */
  read(far: number, size: number): string {
    const { region, buffers } = this.thread;
    let text = "";
    turnUntil(this.thread, `${size} bytes`, () => {
      let got = 1;
      while (got > 0 && text.length < size) {
        got = receive(far, region, buffers.scratchStart, 2 * buffers.bufferSize);
        const piece = region.bytes.slice(buffers.scratchStart, buffers.scratchStart + got);
        if (got > 0) text += Buffer.from(piece).toString("latin1");
      }
      return got === 0 || text.length >= size;
    });
    return text;
  }

  close(): void {
    this.tunnel.stop();
    this.up.reset();
    this.down.reset();
    for (const { connection, far } of [this.client, this.server]) {
      connection.close();
      if (far !== -1) closeDescriptor(far);
    }
    this.thread.loop.close();
    expect(this.thread.buffers.takenCount).toBe(0);
    expect(this.thread.pipes.lentCount).toBe(0);
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

function reset(side: { far: number }): void {
  setLingerZero(side.far);
  closeDescriptor(side.far);
  side.far = -1;
}

describe("Tunnel", () => {
  test("carries bytes both ways and holds no buffer while it waits", () => {
    bench.start();
    bench.write(bench.client.far, "up");
    expect(bench.read(bench.server.far, 2)).toBe("up");
    bench.write(bench.server.far, "down");
    expect(bench.read(bench.client.far, 4)).toBe("down");
    expect(bench.thread.buffers.takenCount).toBe(0);
    expect([bench.up.sentCount, bench.down.sentCount]).toEqual([2, 4]);
    expect(bench.ends).toEqual([]);
  });

  test("moves first what it starts with, then what had come before", () => {
    bench.write(bench.client.far, "early");
    const { connection } = bench.client;
    connection.watchReading(false);
    turnUntil(bench.thread, "the bytes", () => connection.receive(0) > 0);
    bench.start(TIMEOUTS, "PROXY ");
    expect(bench.read(bench.server.far, 11)).toBe("PROXY early");
  });

  test("passes one side's end on, lets the other go on, and is over when both have ended", () => {
    bench.start();
    shutdownSocket(bench.client.far, Shutdown.WRITE);
    expect(bench.read(bench.server.far, 1)).toBe("");
    expect(bench.tunnel.isClientDone).toBe(true);
    bench.write(bench.server.far, "late");
    expect(bench.read(bench.client.far, 4)).toBe("late");
    expect(bench.ends).toEqual([]);
    shutdownSocket(bench.server.far, Shutdown.WRITE);
    turnUntil(bench.thread, "the end", () => bench.ends.length > 0);
    expect(bench.ends).toEqual([Cause.NONE]);
  });

  test.each([
    { side: "client", cause: Cause.CLIENT_ABORT },
    { side: "server", cause: Cause.SERVER_ABORT },
  ] as const)("ends when the $side resets", ({ side, cause }) => {
    bench.start();
    turnOften(bench.thread);
    reset(bench[side]);
    turnUntil(bench.thread, "the end", () => bench.ends.length > 0);
    turnOften(bench.thread);
    expect(bench.ends).toEqual([cause]);
    expect(bench.clientTimer.isArmed || bench.serverTimer.isArmed).toBe(false);
  });

  test("stops reading while the other side takes no more, and goes on", () => {
    bench.start();
    const { region, buffers } = bench.thread;
    let sent = 0;
    for (let idle = 0; idle < 50; ) {
      const took = send(bench.client.far, region, buffers.scratchStart, 4096);
      if (took > 0) {
        sent += took;
        idle = 0;
      } else idle++;
      bench.thread.loop.turn(0);
    }
    expect(bench.client.connection.watchesReading).toBe(false);
    expect(bench.thread.buffers.takenCount).toBeLessThanOrEqual(1);
    shutdownSocket(bench.client.far, Shutdown.WRITE);
    expect(bench.read(bench.server.far, sent)).toHaveLength(sent);
    expect(bench.up.sentCount).toBe(sent);
  });

  test.each([
    { timeouts: TIMEOUTS, fin: "none", wanted: [10_000, 20_000], because: "both sides speak" },
    { timeouts: TIMEOUTS, fin: "client", wanted: [0, 4000], because: "the client has ended" },
    { timeouts: TIMEOUTS, fin: "server", wanted: [3000, 0], because: "the server has ended" },
    {
      timeouts: { ...TIMEOUTS, clientMs: 0, serverMs: 0, clientFinMs: 0, serverFinMs: 0 },
      fin: "none",
      wanted: [0, 0],
      because: "none was given",
    },
    {
      timeouts: { ...TIMEOUTS, clientFinMs: 0 },
      fin: "server",
      wanted: [10_000, 0],
      because: "a fin timeout that was not given is the plain one",
    },
  ])("waits $wanted ms: $because", ({ timeouts, fin, wanted }) => {
    bench.start(timeouts);
    if (fin !== "none") {
      const side = fin === "client" ? bench.client : bench.server;
      const other = fin === "client" ? bench.server : bench.client;
      shutdownSocket(side.far, Shutdown.WRITE);
      bench.read(other.far, 1);
    }
    const { nowMs } = bench.thread.loop;
    const waits = [bench.clientTimer, bench.serverTimer].map(({ deadlineMs }) =>
      deadlineMs === 0 ? 0 : deadlineMs - nowMs,
    );
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeWithin(Math.max(0, wanted[index]! - 50), wanted[index]! + 1);
    }
  });

  test("starts its waits anew with every byte", () => {
    bench.start();
    const before = bench.clientTimer.deadlineMs;
    const later = bench.thread.loop.nowMs + 5;
    turnUntil(bench.thread, "time to pass", () => bench.thread.loop.nowMs >= later);
    bench.write(bench.server.far, "x");
    bench.read(bench.client.far, 1);
    expect(bench.clientTimer.deadlineMs).toBeGreaterThanOrEqual(before + 5);
  });

  test("ends for want of a buffer", () => {
    bench.start();
    const { buffers } = bench.thread;
    const taken: number[] = [];
    for (let start = buffers.take(); start !== -1; start = buffers.take()) taken.push(start);
    bench.write(bench.client.far, "x");
    turnUntil(bench.thread, "the end", () => bench.ends.length > 0);
    expect(bench.ends).toEqual([Cause.RESOURCE]);
    for (const start of taken) buffers.give(start);
  });
});
