import { describe, expect, test } from "bun:test";
import { Region } from "./region.ts";

describe("Region", () => {
  test("is zero at first, and one memory by all its views", () => {
    const region = new Region(8192);

    expect(region.bytes.every((byte) => byte === 0)).toBe(true);
    region.view.setUint32(4000, 0x01020304, true);
    expect([...region.bytes.subarray(4000, 4004)]).toEqual([4, 3, 2, 1]);
    expect(region.buffer.byteLength).toBe(8192);
  });

  test("is seen by whoever knows its address", () => {
    const region = new Region(4096);
    const other = Region.at(region.address, region.size);

    other.bytes[17] = 7;
    expect(region.bytes[17]).toBe(7);
  });

  test("never moves", () => {
    const region = new Region(4096);
    const other = Region.at(region.address, region.size);

    for (let round = 0; round < 20; round++) new Uint8Array(1 << 20).fill(1);
    Bun.gc(true);
    region.bytes[0] = 9;
    expect(other.bytes[0]).toBe(9);
  });

  test("costs nothing until its pages are touched", () => {
    const before = process.memoryUsage.rss();
    const region = new Region(1 << 30);

    region.bytes[0] = 1;
    region.bytes[region.size - 1] = 1;
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 << 20);
  });

  test.each([
    { size: 0, because: "nothing has no address" },
    { size: -1, because: "a size is not negative" },
    { size: 0x8000_0000, because: "offsets must stay small integers" },
  ])("refuses $size bytes: $because", ({ size }) => {
    expect(() => new Region(size)).toThrow("a region holds from 1 byte to 2 GiB");
  });
});
