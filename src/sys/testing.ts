import { readdirSync } from "node:fs";
import { Epoll, EpollSet } from "./epoll.ts";
import { descriptorLimit, setDescriptorLimit } from "./limits.ts";
import {
  acceptSocket,
  bindSocket,
  closeDescriptor,
  connectSocket,
  listenSocket,
  localAddress,
  streamSocket,
} from "./socket.ts";
import { AddressFamily, SocketAddress } from "./socket-address.ts";

/** How many descriptors this process has open. */
export function descriptorCount(): number {
  // The one that reads the directory is counted each time alike.
  return readdirSync("/proc/self/fd").length;
}

/** A socket that listens on a free port of loopback, and its address. */
export function loopbackListener(backlog = 16): { fd: number; address: SocketAddress } {
  const address = SocketAddress.fromHost("127.0.0.1", 0)!;
  const fd = streamSocket(AddressFamily.INET);
  if (bindSocket(fd, address) < 0 || listenSocket(fd, backlog) < 0) throw new Error("no listener");
  localAddress(fd, address);
  return { fd, address };
}

/** Two ends of a TCP connection. */
export function connectedPair(): { near: number; far: number } {
  const { fd, address } = loopbackListener();
  const far = streamSocket(AddressFamily.INET);
  connectSocket(far, address);
  waitFor(fd, Epoll.IN);
  const near = acceptSocket(fd, new SocketAddress());
  closeDescriptor(fd);
  waitFor(far, Epoll.OUT);
  return { near, far };
}

/** Waits until the kernel says that a descriptor is ready; returns how, 0 when it never is. */
export function waitFor(fd: number, mask: number, timeoutMs = 1000): number {
  const set = new EpollSet();
  set.add(fd, mask);
  const count = set.wait(timeoutMs);
  const events = count > 0 ? set.maskAt(0) : 0;
  set.close();
  return events;
}

/**
 * Does something while the process may open no more than `spare` further descriptors. It must not
 * wait: Bun needs descriptors too.
 */
export function withFewDescriptors<T>(spare: number, act: () => T): T {
  const before = descriptorLimit();
  // The limit bounds the number of a descriptor, so the gaps have to be filled.
  const probes: number[] = [];
  const highest = Math.max(...readdirSync("/proc/self/fd").map(Number));
  for (;;) {
    const fd = streamSocket(AddressFamily.INET);
    if (fd > highest) {
      closeDescriptor(fd);
      break;
    }
    probes.push(fd);
  }
  setDescriptorLimit({ soft: highest + 1 + spare, hard: before.hard });
  try {
    return act();
  } finally {
    setDescriptorLimit(before);
    for (const fd of probes) closeDescriptor(fd);
  }
}
