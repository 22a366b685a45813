import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Epoll } from "../sys/epoll.ts";
import { acceptSocket, closeDescriptor, streamSocket } from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { getOption, SocketOptions } from "../sys/socket-option.ts";
import { connectedPair, descriptorCount, waitFor } from "../sys/testing.ts";
import { connectTo, PLAIN_CONNECT } from "./connector.ts";
import {
  discardSocket,
  type ListenSocket,
  openListenSocket,
  publishSocket,
} from "./listen-socket.ts";
import { PLAIN_TCP_LISTEN } from "./tcp-listen-options.ts";

const NOBODY = { backlog: 8 };

let directory: string;
let descriptors = 0;

beforeEach(() => {
  directory = mkdtempSync("/tmp/listen-");
  descriptors = descriptorCount();
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  expect(descriptorCount()).toBe(descriptors);
});

function unixAddress(name: string): SocketAddress {
  return SocketAddress.fromPath(join(directory, name), false);
}

function open(address: SocketAddress, options = NOBODY): ListenSocket {
  const socket = openListenSocket({ address, inheritedFd: -1 }, options);
  if (typeof socket === "string") throw new Error(socket);
  expect(publishSocket(socket)).toBeUndefined();
  return socket;
}

/** Does somebody who connects come to this socket? */
function reaches(listener: number, address: SocketAddress): boolean {
  const client = connectTo(address, PLAIN_CONNECT);
  if (client < 0) return false;
  const isThere = waitFor(listener, Epoll.IN, 200) !== 0;
  if (isThere) closeDescriptor(acceptSocket(listener, new SocketAddress()));
  closeDescriptor(client);
  return isThere;
}

describe("openListenSocket() of a unix path", () => {
  test("gives the socket the rights that it is told", () => {
    const socket = open(unixAddress("s"), { ...NOBODY, mode: 0o640 } as typeof NOBODY);

    expect(statSync(join(directory, "s")).mode & 0o777).toBe(0o640);
    expect(reaches(socket.fd, unixAddress("s"))).toBe(true);
    closeDescriptor(socket.fd);
  });

  test("gives it the owner that it is told", () => {
    const userId = process.getuid!();
    const socket = open(unixAddress("s"), { ...NOBODY, userId } as typeof NOBODY);

    expect(statSync(join(directory, "s")).uid).toBe(userId);
    closeDescriptor(socket.fd);
  });

  test("takes the place of a socket that was left behind", () => {
    closeDescriptor(open(unixAddress("s")).fd);
    const socket = open(unixAddress("s"));

    expect(reaches(socket.fd, unixAddress("s"))).toBe(true);
    closeDescriptor(socket.fd);
  });

  test("takes the place of nothing else", () => {
    writeFileSync(join(directory, "file"), "precious");
    const result = openListenSocket({ address: unixAddress("file"), inheritedFd: -1 }, NOBODY);

    expect(result).toBe(
      "cannot bind UNIX socket (Address already in use: it is a file of another kind)",
    );
    expect(statSync(join(directory, "file")).size).toBe(8);
  });

  test("tells why it cannot, and keeps nothing", () => {
    expect(openListenSocket({ address: unixAddress("no/s"), inheritedFd: -1 }, NOBODY)).toBe(
      "cannot bind UNIX socket (No such file or directory)",
    );
  });

  test("knows abstract names, which leave no file", () => {
    const name = `sluice-test-${process.pid}`;
    const address = SocketAddress.fromPath(name, true);
    const socket = open(address);

    expect(reaches(socket.fd, address)).toBe(true);
    closeDescriptor(socket.fd);
  });
});

describe("publishSocket()", () => {
  test("puts a socket in its place with its rights, so that the older one serves until then", () => {
    const older = open(unixAddress("s"));
    const made = openListenSocket(
      { address: unixAddress("s"), inheritedFd: -1 },
      { ...NOBODY, mode: 0o600 },
    ) as ListenSocket;
    expect(statSync(made.temporaryPath).mode & 0o777).toBe(0o600);
    expect(reaches(older.fd, unixAddress("s"))).toBe(true);

    expect(publishSocket(made)).toBeUndefined();
    expect(reaches(made.fd, unixAddress("s"))).toBe(true);
    expect(readdirSync(directory)).toEqual(["s"]);
    closeDescriptor(older.fd);
    closeDescriptor(made.fd);
  });

  test("is not reached when the start fails: the older socket stays, and nothing else is left", () => {
    const older = open(unixAddress("s"));
    const made = openListenSocket({ address: unixAddress("s"), inheritedFd: -1 }, NOBODY);
    discardSocket(made as ListenSocket);

    expect(reaches(older.fd, unixAddress("s"))).toBe(true);
    expect(readdirSync(directory)).toEqual(["s"]);
    closeDescriptor(older.fd);
  });

  test("uses a path as it is when it leaves no room for another name", () => {
    const address = SocketAddress.fromPath(`${directory}/`.padEnd(105, "x"), false);
    const first = open(address);
    const second = open(address);
    expect(reaches(second.fd, address)).toBe(true);
    closeDescriptor(first.fd);
    closeDescriptor(second.fd);
  });
});

describe("openListenSocket() with options of TCP", () => {
  const anywhere = () => SocketAddress.fromHost("127.0.0.1", 0)!;

  test.each([
    { set: { maxSegmentSize: 1000 }, option: SocketOptions.TCP_MAX_SEGMENT, least: 1000 },
    { set: { hasFastOpen: true }, option: SocketOptions.TCP_FAST_OPEN, least: 8 },
    { set: { defersAccept: true }, option: SocketOptions.TCP_DEFER_ACCEPT, least: 1 },
    { set: { userTimeoutMs: 5000 }, option: SocketOptions.TCP_USER_TIMEOUT, least: 5000 },
    { set: { receiveBufferSize: 30_000 }, option: SocketOptions.RECEIVE_BUFFER, least: 30_000 },
    { set: { sendBufferSize: 30_000 }, option: SocketOptions.SEND_BUFFER, least: 30_000 },
  ])("sets $option.name", ({ set, option, least }) => {
    const tcp = { ...PLAIN_TCP_LISTEN, ...set };
    const { fd } = open(anywhere(), { ...NOBODY, tcp } as typeof NOBODY);
    const value = getOption(fd, option);
    expect(value).toBeGreaterThanOrEqual(least);
    expect(value).toBeLessThanOrEqual(2 * least);
    closeDescriptor(fd);
  });

  test("says which interface is missing", () => {
    const tcp = { ...PLAIN_TCP_LISTEN, interfaceName: "none0" };
    const result = openListenSocket({ address: anywhere(), inheritedFd: -1 }, { ...NOBODY, tcp });
    expect(result).toMatch(
      /^cannot bind receiver to device 'none0' \((No such device|Operation not permitted)\)$/,
    );
  });
});

describe("openListenSocket() of an internet address", () => {
  test("lets a second one listen there: one process takes over from another", () => {
    const address = SocketAddress.fromHost("127.0.0.1", 0)!;
    const first = open(address);
    const bound = openListenSocket({ address, inheritedFd: first.fd }, NOBODY) as ListenSocket;
    const second = open(bound.address);

    expect(second.fd).not.toBe(first.fd);
    closeDescriptor(first.fd);
    closeDescriptor(second.fd);
  });

  test.each([
    { ipv6Only: true, wanted: 1 },
    { ipv6Only: false, wanted: 0 },
  ])("of IPv6 alone: $ipv6Only", ({ ipv6Only, wanted }) => {
    const address = SocketAddress.fromHost("::", 0)!;
    const socket = open(address, { ...NOBODY, ipv6Only } as typeof NOBODY);

    expect(getOption(socket.fd, SocketOptions.IPV6_ONLY)).toBe(wanted);
    closeDescriptor(socket.fd);
  });

  test("tells why it cannot, and keeps nothing", () => {
    const address = SocketAddress.fromHost("192.0.2.1", 80)!;

    expect(openListenSocket({ address, inheritedFd: -1 }, NOBODY)).toBe(
      "cannot bind socket (Cannot assign requested address)",
    );
  });
});

describe("openListenSocket() of an inherited descriptor", () => {
  const nowhere = new SocketAddress();

  test("adopts it with the address that it has", () => {
    const made = open(SocketAddress.fromHost("127.0.0.1", 0)!);
    const adopted = openListenSocket({ address: nowhere, inheritedFd: made.fd }, NOBODY);
    if (typeof adopted === "string") throw new Error(adopted);

    expect(adopted.fd).toBe(made.fd);
    expect(adopted.address.port).toBeGreaterThan(0);
    expect(reaches(adopted.fd, adopted.address)).toBe(true);
    closeDescriptor(made.fd);
  });

  test("makes it listen when it is only bound, or not even that", () => {
    const fd = streamSocket(AddressFamily.INET);
    const adopted = openListenSocket({ address: nowhere, inheritedFd: fd }, NOBODY);

    expect(typeof adopted).toBe("object");
    expect(getOption(fd, SocketOptions.ACCEPT_CONNECTIONS)).toBe(1);
    closeDescriptor(fd);
  });

  test.each([
    {
      because: "it is closed",
      give: () => 1_000_000,
      wanted: "cannot use inherited descriptor 1000000 (Bad file descriptor)",
    },
    {
      because: "it is no socket",
      give: () => 1,
      wanted: "cannot use inherited descriptor 1 (Socket operation on non-socket)",
    },
  ])("refuses it: $because", ({ give, wanted }) => {
    expect(openListenSocket({ address: nowhere, inheritedFd: give() }, NOBODY)).toBe(wanted);
  });

  test("refuses a connection", () => {
    const { near, far } = connectedPair();

    expect(openListenSocket({ address: nowhere, inheritedFd: near }, NOBODY)).toBe(
      `cannot listen to inherited descriptor ${near} (Invalid argument)`,
    );
    closeDescriptor(near);
    closeDescriptor(far);
  });
});
