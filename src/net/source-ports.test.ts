import { afterEach, describe, expect, test } from "bun:test";
import { Errno } from "../sys/errno.ts";
import { closeDescriptor, localAddress } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { getOption, SocketOptions } from "../sys/socket-option.ts";
import { loopbackListener } from "../sys/testing.ts";
import { connectTo, PLAIN_EXTRAS } from "./connector.ts";
import { PLAIN_HABITS } from "./socket-habits.ts";
import { SourcePorts } from "./source-ports.ts";

const open: number[] = [];

afterEach(() => {
  for (const fd of open.splice(0)) closeDescriptor(fd);
});

function portOf(fd: number): number {
  open.push(fd);
  const address = new SocketAddress();
  localAddress(fd, address);
  return address.port;
}

describe("SourcePorts", () => {
  test("gives its ports in turn", () => {
    const ports = new SourcePorts(7000, 7002);
    const source = SocketAddress.fromHost("127.0.0.1", 0)!;
    const given = [1, 2, 3, 4].map(() => ports.next(source).toString());
    expect(given.map((text) => text.slice(-4))).toEqual(["7000", "7001", "7002", "7000"]);
    expect(ports.triesMax).toBe(3);
    expect(new SourcePorts(1, 65535).triesMax).toBe(256);
  });
});

describe("connectTo() with a range of ports", () => {
  test("uses each once, then says that none is left", () => {
    const listener = loopbackListener();
    open.push(listener.fd);
    const first = 31_000 + Math.floor(Math.random() * 1000);
    const extras = { ...PLAIN_EXTRAS, ports: new SourcePorts(first, first + 1) };
    const source = SocketAddress.fromHost("127.0.0.3", 0)!;
    const options = { source, habits: null, extras };
    const used = [1, 2].map(() => portOf(connectTo(listener.address, options)));
    expect(used.sort()).toEqual([first, first + 1]);
    expect(connectTo(listener.address, options)).toBe(-Errno.EADDRNOTAVAIL);
  });
});

describe("connectTo() with extras", () => {
  test("sets what it is told", () => {
    const listener = loopbackListener();
    open.push(listener.fd);
    const extras = {
      ...PLAIN_EXTRAS,
      userTimeoutMs: 7000,
      receiveBufferSize: 30_000,
      sendBufferSize: 30_000,
      interfaceName: "lo",
    };
    const fd = connectTo(listener.address, {
      source: null,
      habits: { ...PLAIN_HABITS, keepsAlive: true },
      extras,
    });
    open.push(fd);
    expect(getOption(fd, SocketOptions.TCP_USER_TIMEOUT)).toBe(7000);
    expect(getOption(fd, SocketOptions.RECEIVE_BUFFER)).toBeGreaterThanOrEqual(30_000);
    expect(getOption(fd, SocketOptions.SEND_BUFFER)).toBeGreaterThanOrEqual(30_000);
    expect(getOption(fd, SocketOptions.KEEP_ALIVE)).toBe(1);
  });

  test("fails where an interface is missing", () => {
    const listener = loopbackListener();
    open.push(listener.fd);
    const extras = { ...PLAIN_EXTRAS, interfaceName: "none0" };
    const result = connectTo(listener.address, { source: null, habits: null, extras });
    expect([-Errno.ENODEV, -Errno.EPERM]).toContain(result as never);
  });
});
