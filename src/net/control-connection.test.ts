import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import {
  acceptSocket,
  closeDescriptor,
  receive,
  Shutdown,
  send,
  shutdownSocket,
} from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import { connectedPair, descriptorCount, loopbackListener, waitFor } from "../sys/testing.ts";
import { ControlConnection, type ControlHandler } from "./control-connection.ts";
import { smallThread, turnOften, turnUntil } from "./testing.ts";
import type { Thread } from "./thread.ts";

/** Writes down what it is told. */
class Recorder implements ControlHandler {
  readonly told: string[] = [];
  text = "";
  onFirstData: () => void = () => {};

  onConnected(): void {
    this.told.push("connected");
  }

  onData(_connection: ControlConnection, data: Uint8Array): void {
    this.text += Buffer.from(data).toString("latin1");
    this.told.push("data");
    this.onFirstData();
  }

  onEnd(): void {
    this.told.push("end");
  }

  onError(connection: ControlConnection, errno: number): void {
    this.told.push(`error ${errno}, ${connection.isClosed ? "closed" : "open"}`);
  }

  onDrained(): void {
    this.told.push("drained");
  }
}

let descriptors = 0;
let thread: Thread;
let recorder: Recorder;
let opened: number[] = [];

beforeEach(() => {
  descriptors = descriptorCount();
  thread = smallThread();
  recorder = new Recorder();
});

afterEach(() => {
  for (const fd of opened) closeDescriptor(fd);
  opened = [];
  thread.loop.close();
  expect(thread.buffers.takenCount).toBe(0);
  expect(descriptorCount()).toBe(descriptors);
});

function adopted(): { connection: ControlConnection; far: number } {
  const { near, far } = connectedPair();
  opened.push(far);
  return { connection: ControlConnection.adopt(thread, near, recorder), far };
}

function sendFrom(fd: number, text: string): void {
  thread.region.bytes.set(Buffer.from(text, "latin1"), 0);
  send(fd, thread.region, 0, text.length);
}

/** Everything that comes to a bare descriptor until its end, or until it is `size` bytes. */
function readAll(fd: number, size: number): string {
  let text = "";
  for (let round = 0; round < 10_000 && text.length < size; round++) {
    thread.loop.turn(0);
    const got = receive(fd, thread.region, 0, 4096);
    if (got === 0) break;
    if (got < 0) continue;
    text += Buffer.from(thread.region.bytes.slice(0, got)).toString("latin1");
  }
  return text;
}

describe("ControlConnection", () => {
  test("connects, sends what was queued before, and reads", () => {
    const { fd: listener, address } = loopbackListener();
    opened.push(listener);
    const connection = ControlConnection.connect(thread, address, recorder) as ControlConnection;
    connection.send("early ");
    expect(connection.pendingBytes).toBe(6);
    turnUntil(thread, "the connection", () => recorder.told.includes("connected"));
    connection.send("late");
    waitFor(listener, Epoll.IN);
    const far = acceptSocket(listener, new SocketAddress());
    opened.push(far);

    expect(readAll(far, 10)).toBe("early late");
    expect(connection.peerAddress().equals(address)).toBe(true);
    sendFrom(far, "answer");
    turnUntil(thread, "the answer", () => recorder.text === "answer");
    connection.close();
  });

  test("tells of a refused attempt once, closed", () => {
    const { fd, address } = loopbackListener();
    closeDescriptor(fd);
    const connection = ControlConnection.connect(thread, address, recorder);
    if (typeof connection === "number") return;
    turnUntil(thread, "the error", () => recorder.told.length > 0);
    turnOften(thread);

    expect(recorder.told).toEqual([`error ${Errno.ECONNREFUSED}, closed`]);
  });

  test("gives an attempt that fails at once as a negated errno", () => {
    const nowhere = SocketAddress.fromPath("/tmp/no-such-socket", false);

    expect(ControlConnection.connect(thread, nowhere, recorder)).toBe(-Errno.ENOENT);
  });

  test("queues what the kernel refuses, sends it in order, and says when all is gone", () => {
    const { connection, far } = adopted();
    const line = "0123456789".repeat(1000);
    let size = 0;
    while (connection.pendingBytes === 0) {
      connection.send(line);
      size += line.length;
    }
    connection.send(line);
    size += line.length;
    expect(connection.pendingBytes).toBeGreaterThan(line.length - 1);
    recorder.told.length = 0;
    const text = readAll(far, size);

    expect(text.length).toBe(size);
    expect(text === line.repeat(size / line.length)).toBe(true);
    expect(connection.pendingBytes).toBe(0);
    expect(recorder.told).toEqual(["drained"]);
    connection.close();
  });

  test("ends its side after everything queued, and reads on", () => {
    const { connection, far } = adopted();
    connection.send("x".repeat(100_000));
    connection.shutdownWrite();
    connection.send("not sent any more");

    expect(readAll(far, Number.POSITIVE_INFINITY)).toHaveLength(100_000);
    sendFrom(far, "still heard");
    turnUntil(thread, "the bytes", () => recorder.text === "still heard");
    connection.close();
  });

  test("closes after everything queued", () => {
    const { connection, far } = adopted();
    const size = 8_000_000;
    connection.send("x".repeat(size));
    connection.closeAfterSend();
    expect(connection.isClosed).toBe(false);

    expect(readAll(far, Number.POSITIVE_INFINITY)).toHaveLength(size);
    expect(connection.isClosed).toBe(true);
    expect(recorder.told).not.toContain("end");
  });

  test("tells of the peer's end once, and stays open for our answer", () => {
    const { connection, far } = adopted();
    sendFrom(far, "question");
    shutdownSocket(far, Shutdown.WRITE);
    turnUntil(thread, "the end", () => recorder.told.includes("end"));
    turnOften(thread);
    expect(recorder.told).toEqual(["data", "end"]);
    connection.send("answer");
    connection.closeAfterSend();
    expect(readAll(far, 100)).toBe("answer");
  });

  test("tells of a reset once, closed", () => {
    const { near, far } = connectedPair();
    ControlConnection.adopt(thread, near, recorder);
    setLingerZero(far);
    closeDescriptor(far);
    turnUntil(thread, "the error", () => recorder.told.length > 0);
    turnOften(thread);

    expect(recorder.told).toEqual([`error ${Errno.ECONNRESET}, closed`]);
  });

  test("reads nothing while it is told not to", () => {
    const { connection, far } = adopted();
    connection.watchReading(false);
    sendFrom(far, "later");
    turnOften(thread);
    expect(recorder.text).toBe("");
    connection.watchReading(true);
    turnUntil(thread, "the bytes", () => recorder.text === "later");
    connection.close();
  });

  test("may be closed by its handler, whatever it is told", () => {
    const { connection, far } = adopted();
    recorder.onFirstData = () => connection.close();
    sendFrom(far, "close");
    shutdownSocket(far, Shutdown.WRITE);
    turnUntil(thread, "the bytes", () => recorder.told.length > 0);
    turnOften(thread);

    expect(recorder.told).toEqual(["data"]);
    connection.send("nobody hears");
    connection.shutdownWrite();
    connection.closeAfterSend();
    connection.reset();
    connection.close();
  });

  test("closes with a reset when it is told so", () => {
    const { connection, far } = adopted();
    connection.reset();
    thread.loop.turn(0);
    waitFor(far, Epoll.IN);

    expect(receive(far, thread.region, 0, 10)).toBe(-Errno.ECONNRESET);
  });

  test("ends alone when its handler throws", () => {
    const { far } = adopted();
    recorder.onFirstData = () => {
      throw new Error("bug");
    };
    sendFrom(far, "x");
    turnUntil(thread, "the error", () => recorder.told.length > 1);

    expect(recorder.told).toEqual(["data", `error ${Errno.EIO}, closed`]);
  });
});
