import { expect, test } from "bun:test";
import { ServerHeap } from "./server-heap.ts";

test("ServerHeap agrees with a sorted list, whatever is put in, moved and taken out", () => {
  const size = 40;
  const heap = new ServerHeap(size);
  const list: { server: number; key: number; order: number }[] = [];
  let order = 0;
  let seed = 11;
  for (let step = 0; step < 20_000; step++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const server = seed % size;
    const at = list.findIndex((entry) => entry.server === server);
    if ((seed >> 8) % 3 === 0) {
      heap.remove(server);
      if (at !== -1) list.splice(at, 1);
    } else {
      const key = (seed >> 12) % 7;
      heap.put(server, key);
      if (at !== -1) list.splice(at, 1);
      list.push({ server, key, order: ++order });
    }
    list.sort((one, other) => one.key - other.key || one.order - other.order);
    expect(heap.first()).toBe(list[0]?.server ?? -1);
    expect(heap.count).toBe(list.length);
  }
});

test("ServerHeap puts a server back where it stood among its equals", () => {
  const heap = new ServerHeap(3);
  for (const server of [0, 1, 2]) heap.put(server, 5);
  heap.remove(0);
  heap.putBack(0);
  expect([heap.first(), heap.has(0), heap.keyOf(0)]).toEqual([0, true, 5]);
  heap.clear();
  expect(heap.first()).toBe(-1);
});
