import { expect, test } from "bun:test";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { acceptSocket, closeDescriptor } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { getOption, pendingError, SocketOptions } from "../sys/socket-option.ts";
import { descriptorCount, loopbackListener, waitFor, withFewDescriptors } from "../sys/testing.ts";
import { connectTo, PLAIN_CONNECT } from "./connector.ts";
import { PLAIN_HABITS } from "./socket-habits.ts";

test("connectTo() connects, from the address and with the options that it is given", () => {
  const before = descriptorCount();
  const { fd: listener, address } = loopbackListener();
  const source = SocketAddress.fromHost("127.0.0.9", 0)!;
  const fd = connectTo(address, { source, habits: { ...PLAIN_HABITS, keepsAlive: true } });
  waitFor(listener, Epoll.IN);
  const peer = new SocketAddress();
  const accepted = acceptSocket(listener, peer);

  expect(peer.host()).toBe("127.0.0.9");
  expect(getOption(fd, SocketOptions.KEEP_ALIVE)).toBe(1);
  waitFor(fd, Epoll.OUT);
  expect(pendingError(fd)).toBe(0);
  for (const open of [fd, accepted, listener]) closeDescriptor(open);
  expect(descriptorCount()).toBe(before);
});

test("connectTo() tells of a refusal by the socket's pending error", () => {
  const { fd: listener, address } = loopbackListener();
  closeDescriptor(listener);
  const fd = connectTo(address, PLAIN_CONNECT);
  if (fd >= 0) {
    waitFor(fd, Epoll.OUT);
    expect(pendingError(fd)).toBe(-Errno.ECONNREFUSED);
    closeDescriptor(fd);
  } else expect(fd).toBe(-Errno.ECONNREFUSED);
});

test.each([
  {
    because: "no such unix socket",
    address: SocketAddress.fromPath("/tmp/no-such-socket", false),
    source: null,
    wanted: -Errno.ENOENT,
  },
  {
    because: "an address that is not ours",
    address: SocketAddress.fromHost("127.0.0.1", 9)!,
    source: SocketAddress.fromHost("192.0.2.1", 0)!,
    wanted: -Errno.EADDRNOTAVAIL,
  },
])("connectTo() gives the error and keeps no descriptor: $because", (row) => {
  const before = descriptorCount();

  expect(connectTo(row.address, { source: row.source, habits: null })).toBe(row.wanted);
  expect(descriptorCount()).toBe(before);
});

test("connectTo() tells that no descriptor is left", () => {
  const { fd, address } = loopbackListener();

  expect(withFewDescriptors(0, () => connectTo(address, PLAIN_CONNECT))).toBe(-Errno.EMFILE);
  closeDescriptor(fd);
});
