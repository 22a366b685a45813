import { describe, expect, test } from "bun:test";
import { Epoll } from "./epoll.ts";
import { Errno } from "./errno.ts";
import { Region } from "./region.ts";
import {
  acceptSocket,
  bindSocket,
  closeDescriptor,
  connectSocket,
  datagramSocket,
  listenSocket,
  localAddress,
  peerAddress,
  receive,
  Shutdown,
  send,
  sendTo,
  setCloseOnExec,
  setNonBlocking,
  shutdownSocket,
  streamSocket,
} from "./socket.ts";
import { AddressFamily, SocketAddress } from "./socket-address.ts";
import { pendingError, setLingerZero } from "./socket-option.ts";
import {
  connectedPair,
  descriptorCount,
  loopbackListener,
  waitFor,
  withFewDescriptors,
} from "./testing.ts";

const SIZE = 65_536;
const region = new Region(SIZE);

function put(text: string): number {
  region.bytes.set(Buffer.from(text, "latin1"), 0);
  return text.length;
}

function textAt(offset: number, size: number): string {
  return Buffer.from(region.bytes.slice(offset, offset + size)).toString("latin1");
}

describe("a stream socket", () => {
  test("carries bytes from region to region, and then its end", () => {
    const before = descriptorCount();
    const { near, far } = connectedPair();

    expect(receive(near, region, 0, 10)).toBe(-Errno.EAGAIN);
    expect(send(far, region, 0, put("hello"))).toBe(5);
    waitFor(near, Epoll.IN);
    expect(receive(near, region, 100, 3)).toBe(3);
    expect(receive(near, region, 103, 10)).toBe(2);
    expect(textAt(100, 5)).toBe("hello");
    expect(shutdownSocket(far, Shutdown.WRITE)).toBe(0);
    waitFor(near, Epoll.IN);
    expect(receive(near, region, 0, 10)).toBe(0);
    closeDescriptor(near);
    closeDescriptor(far);
    expect(descriptorCount()).toBe(before);
  });

  test("takes what fits and refuses the rest", () => {
    const { near, far } = connectedPair();
    let taken = 0;
    let sent = 0;
    while (sent >= 0) {
      taken += sent;
      sent = send(far, region, 0, SIZE);
    }

    expect(sent).toBe(-Errno.EAGAIN);
    expect(taken).toBeGreaterThan(SIZE);
    closeDescriptor(near);
    closeDescriptor(far);
  });

  test("tells of a reset, and that writing is no use then", () => {
    const { near, far } = connectedPair();
    setLingerZero(far);
    closeDescriptor(far);
    waitFor(near, Epoll.IN);

    expect(receive(near, region, 0, 10)).toBe(-Errno.ECONNRESET);
    expect(send(near, region, 0, 1)).toBe(-Errno.EPIPE);
    closeDescriptor(near);
  });

  test("knows both its addresses", () => {
    const { near, far } = connectedPair();
    const [ours, theirs] = [new SocketAddress(), new SocketAddress()];

    expect(localAddress(near, ours)).toBe(0);
    expect(peerAddress(far, theirs)).toBe(0);
    expect(ours.equals(theirs)).toBe(true);
    closeDescriptor(near);
    closeDescriptor(far);
  });

  test("is refused where nobody listens", () => {
    const { fd, address } = loopbackListener();
    closeDescriptor(fd);
    const socket = streamSocket(AddressFamily.INET);
    const result = connectSocket(socket, address);
    if (result === -Errno.EINPROGRESS) waitFor(socket, Epoll.OUT);

    expect(result === -Errno.EINPROGRESS ? pendingError(socket) : result).toBe(-Errno.ECONNREFUSED);
    closeDescriptor(socket);
  });
});

describe("a listening socket", () => {
  test("gives connections and their addresses, then nothing", () => {
    const { fd, address } = loopbackListener();
    const peer = new SocketAddress();

    expect(acceptSocket(fd, peer)).toBe(-Errno.EAGAIN);
    const client = streamSocket(AddressFamily.INET);
    connectSocket(client, address);
    waitFor(fd, Epoll.IN);
    const accepted = acceptSocket(fd, peer);
    const mine = new SocketAddress();
    localAddress(client, mine);
    expect(peer.toString()).toBe(mine.toString());
    expect(receive(accepted, region, 0, 1)).toBe(-Errno.EAGAIN);
    for (const open of [fd, client, accepted]) closeDescriptor(open);
  });

  test("tells that no descriptor is left, and takes the connection later", () => {
    const { fd, address } = loopbackListener();
    const client = streamSocket(AddressFamily.INET);
    connectSocket(client, address);
    waitFor(fd, Epoll.IN);

    expect(withFewDescriptors(0, () => acceptSocket(fd, new SocketAddress()))).toBe(-Errno.EMFILE);
    const accepted = acceptSocket(fd, new SocketAddress());
    expect(accepted).toBeGreaterThan(0);
    for (const open of [fd, client, accepted]) closeDescriptor(open);
  });

  test("has its address to itself", () => {
    const { fd, address } = loopbackListener();
    const other = streamSocket(AddressFamily.INET);

    expect(bindSocket(other, address)).toBe(-Errno.EADDRINUSE);
    closeDescriptor(fd);
    closeDescriptor(other);
  });

  test("must not be one that is connected", () => {
    const { near, far } = connectedPair();

    expect(listenSocket(near, 1)).toBe(-Errno.EINVAL);
    closeDescriptor(near);
    closeDescriptor(far);
  });
});

test("sendTo() sends a datagram to whoever is bound there", () => {
  const receiver = datagramSocket(AddressFamily.INET);
  const address = SocketAddress.fromHost("127.0.0.1", 0)!;
  bindSocket(receiver, address);
  localAddress(receiver, address);
  const sender = datagramSocket(AddressFamily.INET);

  expect(sendTo(sender, region, 0, put("line"), address)).toBe(4);
  waitFor(receiver, Epoll.IN);
  expect(receive(receiver, region, 50, 100)).toBe(4);
  expect(textAt(50, 4)).toBe("line");
  closeDescriptor(sender);
  closeDescriptor(receiver);
});

describe("a bug of ours throws", () => {
  const closed = 1_000_000;
  test.each([
    { because: "a read beyond the region", act: () => receive(0, region, SIZE - 1, 2) },
    { because: "a read before the region", act: () => receive(0, region, -1, 2) },
    { because: "a read of nothing looks like an end", act: () => receive(0, region, 0, 0) },
    { because: "a write beyond the region", act: () => send(0, region, SIZE, 1) },
    { because: "a closed descriptor", act: () => receive(closed, region, 0, 1) },
    { because: "a closed descriptor", act: () => acceptSocket(closed, new SocketAddress()) },
    { because: "a closed descriptor", act: () => send(closed, region, 0, 1) },
  ])("$because", ({ act }) => {
    expect(act).toThrow();
  });
});

test("setNonBlocking() and setCloseOnExec() take any descriptor and tell of none", () => {
  const { near, far } = connectedPair();

  expect(setNonBlocking(near)).toBe(0);
  expect(setCloseOnExec(near, false)).toBe(0);
  expect(setNonBlocking(1_000_000)).toBe(-Errno.EBADF);
  expect(setCloseOnExec(1_000_000, true)).toBe(-Errno.EBADF);
  closeDescriptor(near);
  closeDescriptor(far);
});
