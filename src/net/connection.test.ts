import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { closeDescriptor, receive, Shutdown, send, shutdownSocket } from "../sys/socket.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import { connectedPair, descriptorCount, waitFor } from "../sys/testing.ts";
import { BUFFER_FULL, type Connection, NO_BUFFER } from "./connection.ts";
import {
  openConnection,
  putText,
  RecordingOwner,
  SMALL_TUNING,
  smallThread,
  turnOften,
  turnUntil,
  unreadText,
} from "./testing.ts";
import type { Thread } from "./thread.ts";

let descriptors = 0;
let thread: Thread;
let owner: RecordingOwner;
let connection: Connection;
let far: number;

beforeEach(() => {
  descriptors = descriptorCount();
  thread = smallThread();
  owner = new RecordingOwner();
  ({ connection, far } = openConnection(thread, owner, Epoll.IN));
});

afterEach(() => {
  connection.close();
  if (far !== -1) closeDescriptor(far);
  thread.loop.close();
  // Everything that was borrowed has come back.
  expect(thread.buffers.takenCount).toBe(0);
  expect(descriptorCount()).toBe(descriptors);
});

function fromFar(text: string): void {
  send(far, thread.region, thread.buffers.scratchStart, putText(thread, text));
}

function resetFar(): void {
  setLingerZero(far);
  closeDescriptor(far);
  far = -1;
}

describe("reading", () => {
  test("borrows a buffer when bytes come, and appends what comes later", () => {
    expect(connection.bufferStart).toBe(-1);
    fromFar("hello ");
    turnUntil(thread, "bytes", () => connection.unread === 6);
    fromFar("world");
    turnUntil(thread, "more", () => connection.unread === 11);
    expect(unreadText(connection)).toBe("hello world");
    expect(thread.buffers.takenCount).toBe(1);
  });

  test("leaves what it is asked to at the end of the buffer", () => {
    owner.onRead = () => {};
    fromFar("x".repeat(SMALL_TUNING.bufferSize));
    waitFor(connection.fd, Epoll.IN);
    const limit = SMALL_TUNING.bufferSize - 100;
    let size = 0;
    while (connection.unread < limit && size >= 0) size = connection.receive(100);

    expect(connection.unread).toBe(limit);
    expect(connection.receive(100)).toBe(BUFFER_FULL);
    expect(connection.receive(0)).toBe(100);
  });

  test("makes room when what was consumed is moved over", () => {
    fromFar("x".repeat(3000));
    turnUntil(thread, "bytes", () => connection.unread === 3000);
    connection.start += 2990;
    connection.compact();

    expect(connection.start).toBe(connection.bufferStart);
    expect(unreadText(connection)).toBe("x".repeat(10));
  });

  test("tells nothing yet from the end", () => {
    expect(connection.receive(0)).toBe(-Errno.EAGAIN);
    expect(connection.error).toBe(0);
    shutdownSocket(far, Shutdown.WRITE);
    waitFor(connection.fd, Epoll.IN);
    expect(connection.receive(0)).toBe(0);
    expect(connection.isReadClosed).toBe(true);
    expect(connection.error).toBe(0);
  });

  test("keeps the error of a reset", () => {
    resetFar();
    waitFor(connection.fd, 0);
    expect(connection.receive(0)).toBe(-Errno.ECONNRESET);
    expect(connection.error).toBe(-Errno.ECONNRESET);
  });

  test("without a buffer to borrow says so and loses nothing", () => {
    const others = Array.from({ length: SMALL_TUNING.buffersMax }, () => thread.buffers.take());
    fromFar("hello");
    waitFor(connection.fd, Epoll.IN);

    expect(connection.receive(0)).toBe(NO_BUFFER);
    for (const start of others) thread.buffers.give(start);
    expect(connection.receive(0)).toBe(5);
  });
});

describe("writing", () => {
  test("tells how much the kernel took, and 0 when it takes none just now", () => {
    const size: number = SMALL_TUNING.bufferSize;
    let total = 0;
    let sent = size;
    while (sent > 0) {
      sent = connection.send(thread.buffers.scratchStart, size, false);
      total += sent;
    }
    expect(sent).toBe(0);
    expect(connection.error).toBe(0);
    owner.told.length = 0;
    connection.watchWriting(true);
    turnOften(thread);
    expect(owner.told).toEqual([]);
    for (let read = 0; read < total; ) {
      const got = receive(far, thread.region, thread.buffers.scratchStart, size);
      if (got > 0) read += got;
      else waitFor(far, Epoll.IN);
    }
    turnUntil(thread, "room", () => owner.told.includes("writable"));
  });

  test("to a peer that reset is an error that stays", () => {
    resetFar();
    waitFor(connection.fd, 0);
    connection.send(thread.buffers.scratchStart, 10, false);
    expect(connection.send(thread.buffers.scratchStart, 10, false)).toBeLessThan(0);
    expect(connection.error).toBeLessThan(0);
  });

  test("ends once, and reading goes on", () => {
    connection.shutdownWrite();
    connection.shutdownWrite();
    waitFor(far, Epoll.IN);
    expect(receive(far, thread.region, thread.buffers.scratchStart, 10)).toBe(0);
    fromFar("still here");
    turnUntil(thread, "bytes", () => connection.unread === 10);
  });
});

describe("events", () => {
  test.each([
    { mask: Epoll.IN, wanted: "readable", because: "whoever reads finds out by reading" },
    { mask: Epoll.OUT, wanted: "writable", because: "whoever writes finds out by writing" },
    { mask: 0, wanted: "broken", because: "nobody else would notice" },
  ])("a reset is told as $wanted: $because", ({ mask, wanted }) => {
    connection.watchReading((mask & Epoll.IN) !== 0);
    connection.watchWriting((mask & Epoll.OUT) !== 0);
    owner.onRead = (reader) => {
      if (reader.receive(0) < 0) reader.close();
    };
    if (mask === Epoll.OUT) {
      owner.onWritable = (writer) => {
        owner.told.push("writable");
        writer.close();
      };
    }
    resetFar();
    turnUntil(thread, "an event", () => owner.told.length > 0);
    expect(owner.told[0]).toBe(wanted);
    turnOften(thread);
    expect(owner.told).toHaveLength(1);
  });

  test("a peer that only ended its side is no news to whoever does not read", () => {
    connection.watchReading(false);
    shutdownSocket(far, Shutdown.WRITE);
    turnOften(thread);
    expect(owner.told).toEqual([]);
  });

  test("an owner that closes while it reads is not told of room to write", () => {
    connection.watchWriting(true);
    owner.onRead = (reader) => reader.close();
    fromFar("bye");
    waitFor(connection.fd, Epoll.IN);
    thread.loop.turn(0);
    expect(owner.told).toEqual(["readable"]);
  });

  test("a connection that is closed and opened again in one turn gets no event of the old one", () => {
    const second = new RecordingOwner();
    const other = connectedPair();
    connection.watchWriting(true);
    owner.onRead = (reader) => {
      reader.close();
      reader.open(other.near, second, Epoll.IN | Epoll.OUT);
    };
    fromFar("bye");
    waitFor(connection.fd, Epoll.IN);
    thread.loop.turn(0);

    expect(owner.told).toEqual(["readable"]);
    expect(second.told).toEqual([]);
    turnOften(thread, 2);
    expect(second.told).toEqual(["writable"]);
    closeDescriptor(other.far);
  });

  test("a fault is told to the owner of that moment", () => {
    owner.onRead = (reader) => {
      reader.receive(0);
      throw new Error("bug");
    };
    fromFar("x");
    turnUntil(thread, "the fault", () => owner.told.length > 1);
    expect(owner.told).toEqual(["readable", "fault: bug"]);
  });
});

describe("closing", () => {
  test("delivers what was sent", () => {
    connection.send(thread.buffers.scratchStart, putText(thread, "last words"), false);
    connection.close();
    connection.close();
    thread.loop.turn(0);
    waitFor(far, Epoll.IN);
    expect(receive(far, thread.region, thread.buffers.scratchStart, 100)).toBe(10);
    expect(receive(far, thread.region, thread.buffers.scratchStart, 100)).toBe(0);
  });

  test("with a reset drops it", () => {
    connection.reset();
    thread.loop.turn(0);
    waitFor(far, Epoll.IN);
    expect(receive(far, thread.region, thread.buffers.scratchStart, 100)).toBe(-Errno.ECONNRESET);
  });

  test("gives the buffer back with what is unread", () => {
    fromFar("unread");
    turnUntil(thread, "bytes", () => connection.unread === 6);
    connection.close();
    expect(thread.buffers.takenCount).toBe(0);
    expect(connection.isOpen).toBe(false);
  });
});

test("a connection is opened once", () => {
  expect(() => connection.open(99, owner, Epoll.IN)).toThrow("a connection is opened once");
});

test("flags of one use do not reach the next", () => {
  connection.isNoDelay = true;
  connection.isReadClosed = true;
  connection.error = -1;
  connection.close();
  const { near, far: other } = connectedPair();
  connection.open(near, owner, Epoll.IN);

  const { isNoDelay, isReadClosed, isWriteClosed, isConnecting, error } = connection;
  expect({ isNoDelay, isReadClosed, isWriteClosed, isConnecting, error }).toEqual({
    isNoDelay: false,
    isReadClosed: false,
    isWriteClosed: false,
    isConnecting: false,
    error: 0,
  });
  closeDescriptor(other);
});
