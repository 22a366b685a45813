import { describe, expect, test } from "bun:test";
import { CHUNK_LINE_SIZE_MAX, writeChunkLine, writeLastChunk } from "./chunk-writer.ts";

const textOf = (bytes: Uint8Array, end: number) => Buffer.from(bytes.subarray(0, end)).toString();

describe("writeChunkLine()", () => {
  test.each([
    { size: 1, text: "1\r\n" },
    { size: 15, text: "f\r\n" },
    { size: 16, text: "10\r\n" },
    { size: 16_384, text: "4000\r\n" },
    { size: 2 ** 32 + 10, text: "10000000a\r\n" },
    { size: Number.MAX_SAFE_INTEGER, text: "1fffffffffffff\r\n" },
  ])("writes $size in hexadecimal", ({ size, text }) => {
    const bytes = new Uint8Array(CHUNK_LINE_SIZE_MAX);
    expect(textOf(bytes, writeChunkLine(bytes, 0, size))).toBe(text);
  });

  test("writeLastChunk() ends the body", () => {
    const bytes = new Uint8Array(8);
    expect(textOf(bytes, writeLastChunk(bytes, 0))).toBe("0\r\n\r\n");
  });
});
