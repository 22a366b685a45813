import { describe, expect, test } from "bun:test";
import { existsSync, openSync, readlinkSync } from "node:fs";
import { DescriptorPassing, duplicate, limitWait, socketPair } from "./descriptor-passing.ts";
import { Errno } from "./errno.ts";
import { closeDescriptor } from "./socket.ts";

function pair(): readonly [number, number] {
  const sockets = socketPair();
  if (typeof sockets === "number") throw new Error(`no sockets: ${sockets}`);
  for (const fd of sockets) limitWait(fd, 200);
  return sockets;
}

describe("DescriptorPassing", () => {
  test.each([0, 1, 253])("carries bytes with %d descriptors", (count) => {
    const passing = new DescriptorPassing();
    const [ours, theirs] = pair();
    const file = openSync("/dev/null", "r");
    const text = Buffer.from("hello");
    expect(passing.send(ours, text, Array(count).fill(file))).toBe(5);
    const message = passing.receive(theirs);
    if (typeof message === "number") throw new Error(`nothing came: ${message}`);
    expect(Buffer.from(message.data).toString()).toBe("hello");
    expect(message.descriptors).toHaveLength(count);
    for (const fd of message.descriptors) {
      expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe("/dev/null");
      closeDescriptor(fd);
    }
    for (const fd of [file, ours, theirs]) closeDescriptor(fd);
  });

  test("tells the end of the stream, and gives up after the socket's timeout", () => {
    const passing = new DescriptorPassing();
    const [ours, theirs] = pair();
    expect(passing.receive(theirs)).toBe(-Errno.EAGAIN);
    closeDescriptor(ours);
    expect(passing.receive(theirs)).toEqual({ data: new Uint8Array(0), descriptors: [] });
    expect(passing.send(theirs, Buffer.from("x"), [])).toBe(-Errno.EPIPE);
    closeDescriptor(theirs);
  });

  test("cuts nothing silently: a message that lost descriptors is refused", () => {
    const passing = new DescriptorPassing();
    const [ours, theirs] = pair();
    const file = openSync("/dev/null", "r");
    passing.send(ours, Buffer.from("abcd"), [file]);
    passing.send(ours, Buffer.from("efgh"), []);
    const message = passing.receive(theirs, 4, true);
    if (typeof message === "number") throw new Error(`nothing came: ${message}`);
    expect(message.descriptors).toHaveLength(1);
    for (const fd of [...message.descriptors, file, ours, theirs]) closeDescriptor(fd);
  });

  test("duplicate() gives a second number for the same file", () => {
    const file = openSync("/dev/null", "r");
    const copy = duplicate(file);
    closeDescriptor(file);
    expect(existsSync(`/proc/self/fd/${copy}`)).toBe(true);
    closeDescriptor(copy);
  });
});
