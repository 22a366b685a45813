import { describe, expect, test } from "bun:test";
import { BufferPool } from "./buffer-pool.ts";

describe("BufferPool", () => {
  test("lends buffers that do not overlap, and none when all are lent", () => {
    const pool = new BufferPool(4096, 5);
    const lent = Array.from({ length: 5 }, () => pool.take());

    expect(new Set(lent).size).toBe(5);
    for (const start of lent) {
      expect(start % 4096).toBe(0);
      expect(start + 4096).toBeLessThanOrEqual(pool.scratchStart);
    }
    expect(pool.take()).toBe(BufferPool.NONE);
    expect(pool.takenCount).toBe(5);
    for (const start of lent) pool.give(start);
    expect(pool.takenCount).toBe(0);
  });

  test("lends the buffer that came back last: its memory is warm", () => {
    const pool = new BufferPool(4096, 5);
    const first = pool.take();
    const second = pool.take();
    pool.give(first);

    expect(pool.take()).toBe(first);
    pool.give(second);
    pool.give(first);
  });

  test("takes a buffer back once, and only what is one", () => {
    const pool = new BufferPool(4096, 5);
    const start = pool.take();
    pool.give(start);

    expect(() => pool.give(start)).toThrow();
    expect(() => pool.give(BufferPool.NONE)).toThrow();
    expect(() => pool.give(4096 * 5)).toThrow();
    expect(pool.takenCount).toBe(0);
  });

  test("has scratch memory behind all buffers, within its region", () => {
    const pool = new BufferPool(4096, 5);

    expect(pool.scratchEnd - pool.scratchStart).toBeGreaterThanOrEqual(2 * 4096);
    expect(pool.scratchEnd).toBe(pool.region.size);
  });

  test.each([
    { bufferSize: 16_384, because: "the reference's size" },
    { bufferSize: 1 << 20, because: "large buffers" },
  ])("makes fewer buffers rather than a region too large: $because", ({ bufferSize }) => {
    const pool = new BufferPool(bufferSize, 10_000_000);

    expect(pool.capacity).toBeGreaterThan(1000);
    expect(pool.region.size).toBeLessThan(2 ** 31);
  });
});
