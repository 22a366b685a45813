import { describe, expect, test } from "bun:test";
import { Epoll, EpollSet } from "./epoll.ts";
import { Errno } from "./errno.ts";
import { clearEventFd, openEventFd, ringEventFd } from "./event-fd.ts";
import { closeDescriptor, Shutdown, shutdownSocket } from "./socket.ts";
import { setLingerZero } from "./socket-option.ts";
import { connectedPair, descriptorCount, waitFor } from "./testing.ts";

const HUGE_FD = 1_000_000;

describe("EpollSet", () => {
  test("tells which descriptor is ready, and for what", () => {
    const set = new EpollSet();
    const quiet = openEventFd();
    const rung = openEventFd();
    set.add(quiet, Epoll.IN);
    set.add(rung, Epoll.IN | Epoll.OUT);
    ringEventFd(rung);

    expect(set.wait(0)).toBe(1);
    expect(set.fdAt(0)).toBe(rung);
    expect(set.maskAt(0)).toBe(Epoll.IN | Epoll.OUT);
    set.close();
    closeDescriptor(quiet);
    closeDescriptor(rung);
  });

  test("goes on telling until the reason is gone", () => {
    const set = new EpollSet();
    const fd = openEventFd();
    set.add(fd, Epoll.IN);
    ringEventFd(fd);

    expect([set.wait(0), set.wait(0)]).toEqual([1, 1]);
    clearEventFd(fd);
    expect(set.wait(0)).toBe(0);
    set.close();
    closeDescriptor(fd);
  });

  test("watches for what it was told last, and not at all once it was told so", () => {
    const set = new EpollSet();
    const fd = openEventFd();
    set.add(fd, Epoll.OUT);

    expect(set.wait(0)).toBe(1);
    set.modify(fd, Epoll.IN);
    expect(set.wait(0)).toBe(0);
    set.modify(fd, Epoll.OUT);
    set.remove(fd);
    expect(set.wait(0)).toBe(0);
    set.close();
    closeDescriptor(fd);
  });

  test.each([
    {
      because: "the peer has ended its side",
      end: (far: number) => void shutdownSocket(far, Shutdown.WRITE),
      mask: Epoll.IN | Epoll.RDHUP,
      wanted: Epoll.IN | Epoll.RDHUP,
    },
    {
      because: "a half-closed peer is no hang-up",
      end: (far: number) => void shutdownSocket(far, Shutdown.WRITE),
      mask: 0,
      wanted: 0,
    },
    {
      because: "a reset comes unasked",
      end: (far: number) => {
        setLingerZero(far);
        closeDescriptor(far);
      },
      mask: 0,
      wanted: Epoll.ERR | Epoll.HUP,
    },
  ])("tells of a connection's end: $because", ({ end, mask, wanted }) => {
    const { near, far } = connectedPair();
    end(far);

    expect(waitFor(near, mask, wanted === 0 ? 20 : 1000)).toBe(wanted);
    closeDescriptor(near);
    if (wanted !== (Epoll.ERR | Epoll.HUP)) closeDescriptor(far);
  });

  test("gives what the kernel refuses as an error, and throws where only a bug can be the cause", () => {
    const set = new EpollSet();
    const fd = openEventFd();
    set.add(fd, Epoll.IN);

    expect(set.add(fd, Epoll.IN)).toBe(-Errno.EEXIST);
    expect(() => set.add(HUGE_FD, Epoll.IN)).toThrow("EBADF");
    set.close();
    closeDescriptor(fd);
  });

  test("gives its descriptor back", () => {
    const before = descriptorCount();
    const sets = Array.from({ length: 5 }, () => new EpollSet());

    expect(descriptorCount()).toBe(before + 5);
    for (const set of sets) set.close();
    expect(descriptorCount()).toBe(before);
  });
});
