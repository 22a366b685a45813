import { expect, test } from "bun:test";
import { Epoll } from "./epoll.ts";
import { clearEventFd, openEventFd, ringEventFd } from "./event-fd.ts";
import { closeDescriptor } from "./socket.ts";
import { descriptorCount, waitFor } from "./testing.ts";

test("an event descriptor is readable from the first ring until it is cleared", () => {
  const before = descriptorCount();
  const fd = openEventFd();
  const isRung = () => (waitFor(fd, Epoll.IN, 0) & Epoll.IN) !== 0;

  expect(isRung()).toBe(false);
  ringEventFd(fd);
  ringEventFd(fd);
  expect(isRung()).toBe(true);
  clearEventFd(fd);
  expect(isRung()).toBe(false);
  // Clearing what nobody rang neither blocks nor fails.
  clearEventFd(fd);
  closeDescriptor(fd);
  expect(descriptorCount()).toBe(before);
});
