import { describe, expect, test } from "bun:test";
import { closeDescriptor, send } from "../sys/socket.ts";
import { connectedPair, descriptorCount, withFewDescriptors } from "../sys/testing.ts";
import { PipePool } from "./pipe-pool.ts";
import { putText, smallThread } from "./testing.ts";

/** Empty pipes that a pool keeps. */
const KEPT_MAX = 32;

describe("PipePool", () => {
  test("lends up to its limit and keeps what comes back for the next one", () => {
    const before = descriptorCount();
    const pool = new PipePool(2);
    const first = pool.take()!;
    const second = pool.take()!;

    expect(pool.take()).toBeNull();
    expect(pool.lentCount).toBe(2);
    pool.give(first);
    expect({ lent: pool.lentCount, kept: pool.keptCount }).toEqual({ lent: 1, kept: 1 });
    expect(descriptorCount()).toBe(before + 4);
    expect(pool.take()).toBe(first);
    pool.give(first);
    pool.give(second);
    first.close();
    second.close();
    expect(descriptorCount()).toBe(before);
  });

  test("closes a pipe that still holds bytes: they are nobody else's", () => {
    const before = descriptorCount();
    const thread = smallThread();
    const { near, far } = connectedPair();
    const pool = new PipePool(1);
    const pipe = pool.take()!;
    const size = putText(thread, "left over");
    send(far, thread.region, thread.buffers.scratchStart, size);
    while (pipe.filled === 0) pipe.fill(near, 100);
    pool.give(pipe);

    expect(pool.keptCount).toBe(0);
    const other = pool.take();
    expect(other).not.toBeNull();
    expect(other).not.toBe(pipe);
    other!.close();
    closeDescriptor(near);
    closeDescriptor(far);
    thread.loop.close();
    expect(descriptorCount()).toBe(before);
  });

  test("keeps no more than are likely to be needed", () => {
    const before = descriptorCount();
    const pool = new PipePool(100);
    const pipes = Array.from({ length: KEPT_MAX + 8 }, () => pool.take()!);
    for (const pipe of pipes) pool.give(pipe);

    expect(pool.keptCount).toBe(KEPT_MAX);
    expect(descriptorCount()).toBe(before + 2 * KEPT_MAX);
    for (let count = 0; count < KEPT_MAX; count++) pool.take()!.close();
    expect(descriptorCount()).toBe(before);
  });

  test("has none to lend when descriptors have run out, and may later", () => {
    const pool = new PipePool(2);

    expect(withFewDescriptors(0, () => pool.take())).toBeNull();
    expect(pool.lentCount).toBe(0);
    const pipe = pool.take();
    expect(pipe).not.toBeNull();
    pipe!.close();
  });

  test("lends none when its limit is 0", () => {
    expect(new PipePool(0).take()).toBeNull();
  });
});
