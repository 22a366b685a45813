import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Errno } from "../sys/errno.ts";
import { closeDescriptor, receive } from "../sys/socket.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import { descriptorCount, loopbackListener, withFewDescriptors } from "../sys/testing.ts";
import { connectTo, PLAIN_CONNECT } from "./connector.ts";
import { type Acceptor, Listener } from "./listener.ts";
import { smallThread, turnOften, turnUntil } from "./testing.ts";
import type { Thread } from "./thread.ts";

const ACCEPT_MAX = 3;

/** Keeps what it is given. */
class Keeper implements Acceptor {
  readonly fds: number[] = [];
  readonly famines: number[] = [];
  readonly faults: unknown[] = [];
  onFirst: () => void = () => {};

  onAccept(fd: number): void {
    this.fds.push(fd);
    this.onFirst();
  }

  onFamine(_listener: Listener, error: number): void {
    this.famines.push(error);
  }

  onFault(error: unknown): void {
    this.faults.push(error);
  }
}

let descriptors = 0;
let thread: Thread;
let keeper: Keeper;
let listener: Listener;
let address: SocketAddress;
let clients: number[] = [];

beforeEach(() => {
  descriptors = descriptorCount();
  thread = smallThread();
  keeper = new Keeper();
  const socket = loopbackListener();
  address = socket.address;
  listener = new Listener(thread, socket.fd, address, keeper, ACCEPT_MAX);
});

afterEach(() => {
  listener.close();
  for (const fd of [...clients, ...keeper.fds]) closeDescriptor(fd);
  clients = [];
  thread.loop.close();
  expect(descriptorCount()).toBe(descriptors);
});

function come(count = 1): void {
  for (let number = 0; number < count; number++) clients.push(connectTo(address, PLAIN_CONNECT));
}

describe("Listener", () => {
  test("accepts nothing until it is told to", () => {
    come();
    turnOften(thread);
    expect(keeper.fds).toEqual([]);
    expect(listener.isPaused).toBe(true);
    listener.resume();
    turnUntil(thread, "a connection", () => keeper.fds.length === 1);
    expect(listener.peer.host()).toBe("127.0.0.1");
    const { region, buffers } = thread;
    expect(receive(keeper.fds[0]!, region, buffers.scratchStart, 1)).toBe(-Errno.EAGAIN);
  });

  test("takes a bounded number a turn", () => {
    come(2 * ACCEPT_MAX + 1);
    listener.resume();
    const counts: number[] = [];
    for (let turn = 0; turn < 50 && keeper.fds.length < clients.length; turn++) {
      const before = keeper.fds.length;
      thread.loop.turn(1);
      counts.push(keeper.fds.length - before);
    }
    expect(keeper.fds).toHaveLength(2 * ACCEPT_MAX + 1);
    expect(Math.max(...counts)).toBe(ACCEPT_MAX);
  });

  test("stops in the middle of a turn when it is paused, and the rest waits", () => {
    come(ACCEPT_MAX);
    keeper.onFirst = () => listener.pause();
    listener.resume();
    turnUntil(thread, "a connection", () => keeper.fds.length === 1);
    turnOften(thread);
    expect(keeper.fds).toHaveLength(1);
    keeper.onFirst = () => {};
    listener.resume();
    turnUntil(thread, "the others", () => keeper.fds.length === ACCEPT_MAX);
  });

  test("may be paused and resumed more than once", () => {
    listener.resume();
    listener.resume();
    listener.pause();
    listener.pause();
    expect(thread.loop.watchedCount).toBe(0);
    listener.resume();
    expect(thread.loop.watchedCount).toBe(1);
  });

  test("takes all who wait before it closes", () => {
    listener.resume();
    come(2 * ACCEPT_MAX);
    listener.close();
    expect(keeper.fds).toHaveLength(2 * ACCEPT_MAX);
  });

  test("takes nobody at its end while it is paused", () => {
    come();
    listener.close();
    expect(keeper.fds).toEqual([]);
  });

  test("closes once, for good", () => {
    listener.resume();
    listener.close();
    listener.close();
    listener.resume();
    thread.loop.turn(0);
    expect(thread.loop.watchedCount).toBe(0);
    expect(descriptorCount()).toBe(descriptors + 1);
  });

  test("tells its acceptor of its faults and goes on", () => {
    come(2);
    keeper.onFirst = () => {
      keeper.onFirst = () => {};
      throw new Error("bug");
    };
    listener.resume();
    turnUntil(thread, "both", () => keeper.fds.length === 2);
    expect(keeper.faults).toHaveLength(1);
  });
});

describe("Listener without descriptors", () => {
  /** Has a client come while no descriptor is left. */
  function starve(): void {
    come();
    listener.resume();
    withFewDescriptors(0, () => turnUntil(thread, "want", () => keeper.famines.length > 0));
  }

  test("rests, tells of it once a rest, and takes the client later", () => {
    starve();
    expect(keeper.famines).toEqual([-Errno.EMFILE]);
    expect(thread.loop.watchedCount).toBe(0);
    turnOften(thread);
    expect(keeper.famines).toHaveLength(1);
    turnUntil(thread, "the client", () => keeper.fds.length === 1);
  });

  test("rests again while the want lasts", () => {
    starve();
    withFewDescriptors(0, () => turnUntil(thread, "want", () => keeper.famines.length === 2));
    expect(keeper.fds).toEqual([]);
    turnUntil(thread, "the client", () => keeper.fds.length === 1);
  });

  test.each([
    { because: "paused while it rests", act: () => listener.pause(), resumes: false },
    {
      because: "paused and resumed while it rests",
      act: () => {
        listener.pause();
        listener.resume();
      },
      resumes: true,
    },
  ])("follows what it is told meanwhile: $because", ({ act, resumes }) => {
    starve();
    act();
    const over = thread.loop.nowMs + 150;
    turnUntil(thread, "the rest to be over", () => thread.loop.nowMs >= over);
    expect(thread.loop.watchedCount).toBe(resumes ? 1 : 0);
    expect(keeper.fds).toHaveLength(resumes ? 1 : 0);
  });

  test("may be closed while it rests", () => {
    starve();
    listener.close();
    const over = thread.loop.nowMs + 150;
    turnUntil(thread, "the rest to be over", () => thread.loop.nowMs >= over);
    expect(thread.loop.watchedCount).toBe(0);
  });
});

test("a client that has gone before it is accepted is no reason to stop", () => {
  come(2);
  closeDescriptor(clients.shift()!);
  listener.resume();
  turnUntil(thread, "the one that stayed", () => keeper.fds.length >= 1);
  expect(keeper.faults).toEqual([]);
});
