import { expect, test } from "bun:test";
import { EventOrder } from "./event-order.ts";

function arranged(order: EventOrder, fds: readonly number[]): number[] {
  order.arrange(fds.length, (index) => fds[index]!);
  return Array.from(order.order.subarray(0, fds.length), (index) => fds[index]!);
}

test("EventOrder lets descriptors of a lower niceness go first, and equals as they came", () => {
  const order = new EventOrder();
  order.set(5, -1024);
  order.set(6, 10);
  order.set(3000, -3);
  expect(arranged(order, [6, 7, 8, 3000, 5, 9])).toEqual([5, 3000, 7, 8, 9, 6]);
  order.set(5, 0);
  expect(arranged(order, [6, 7, 5])).toEqual([7, 5, 6]);
});

test("EventOrder remembers the niceness of each descriptor", () => {
  const order = new EventOrder();
  expect(order.niceOf(100_000)).toBe(0);
  order.set(100_000, 1024);
  expect(order.niceOf(100_000)).toBe(1024);
  expect(order.niceOf(99_999)).toBe(0);
});
