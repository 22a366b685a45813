import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { Region } from "../sys/region.ts";
import {
  bindSocket,
  closeDescriptor,
  datagramSocket,
  localAddress,
  receive,
} from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { descriptorCount, waitFor, withFewDescriptors } from "../sys/testing.ts";
import { DatagramSocket } from "./datagram-socket.ts";

const region = new Region(65_536);

let directory: string;
let descriptors = 0;

beforeEach(() => {
  directory = mkdtempSync("/tmp/datagram-");
  descriptors = descriptorCount();
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  expect(descriptorCount()).toBe(descriptors);
});

function sinkAt(address: SocketAddress): number {
  const fd = datagramSocket(address.family);
  bindSocket(fd, address);
  localAddress(fd, address);
  return fd;
}

function put(text: string): number {
  region.bytes.set(Buffer.from(text, "latin1"), 0);
  return text.length;
}

function next(fd: number): string {
  if (waitFor(fd, Epoll.IN, 300) === 0) return "nothing";
  const size = receive(fd, region, 1000, 1000);
  return Buffer.from(region.bytes.slice(1000, 1000 + size)).toString("latin1");
}

describe("DatagramSocket", () => {
  test.each([
    { because: "UDP", address: () => SocketAddress.fromHost("127.0.0.1", 0)! },
    {
      because: "a unix socket",
      address: () => SocketAddress.fromPath(join(directory, "s"), false),
    },
  ])("sends lines one by one and opens once: $because", ({ address }) => {
    const where = address();
    const sink = sinkAt(where);
    const socket = new DatagramSocket(where);

    expect(socket.open()).toBe(0);
    expect(socket.open()).toBe(0);
    expect(socket.send(region, 0, put("one"))).toBe(3);
    expect(socket.send(region, 0, put("three"))).toBe(5);
    expect([next(sink), next(sink)]).toEqual(["one", "three"]);
    socket.close();
    socket.close();
    closeDescriptor(sink);
  });

  test("sends again once its receiver is back", () => {
    const where = SocketAddress.fromPath(join(directory, "s"), false);
    const socket = new DatagramSocket(where);

    expect(socket.send(region, 0, put("lost"))).toBe(-Errno.ENOENT);
    closeDescriptor(sinkAt(where));
    expect(socket.send(region, 0, put("lost"))).toBe(-Errno.ECONNREFUSED);
    rmSync(join(directory, "s"));
    const sink = sinkAt(where);
    expect(socket.send(region, 0, put("found"))).toBe(5);
    expect(next(sink)).toBe("found");
    socket.close();
    closeDescriptor(sink);
  });

  test("never loses a line to the refusal of an earlier one", () => {
    const where = SocketAddress.fromHost("127.0.0.1", 0)!;
    const sink = sinkAt(where);
    closeDescriptor(sink);
    const socket = new DatagramSocket(where);
    socket.send(region, 0, put("to nobody"));
    const fd = datagramSocket(AddressFamily.INET);
    bindSocket(fd, where);

    expect(socket.send(region, 0, put("to somebody"))).toBe(11);
    expect(next(fd)).toBe("to somebody");
    socket.close();
    closeDescriptor(fd);
  });

  test("drops rather than waits when a receiver does not read", () => {
    const where = SocketAddress.fromPath(join(directory, "s"), false);
    const sink = sinkAt(where);
    const socket = new DatagramSocket(where);
    let result = 0;
    for (let line = 0; line < 100_000 && result >= 0; line++) {
      result = socket.send(region, 0, put("a line that nobody reads"));
    }

    expect(result).toBe(-Errno.EAGAIN);
    socket.close();
    closeDescriptor(sink);
  });

  test("without descriptors drops the line, and sends the next when there are some", () => {
    const where = SocketAddress.fromHost("127.0.0.1", 0)!;
    const sink = sinkAt(where);
    const socket = new DatagramSocket(where);

    expect(withFewDescriptors(0, () => socket.send(region, 0, 3))).toBe(-Errno.EMFILE);
    expect(socket.send(region, 0, put("now"))).toBe(3);
    expect(next(sink)).toBe("now");
    socket.close();
    closeDescriptor(sink);
  });
});
