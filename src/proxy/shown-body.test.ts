import { describe, expect, test } from "bun:test";
import { Framing } from "../h1/framing.ts";
import { Scratch } from "../policy/scratch.ts";
import { ShownBody } from "./shown-body.ts";

const slab = new Uint8Array(4096);
const body = new ShownBody(slab, new Scratch(64));

function shown(framing: Framing, text: string, length = -1): string {
  slab.set(Buffer.from(text, "latin1"), 10);
  body.show(framing, length, 10, 10 + text.length);
  return Buffer.from(body.bytes.slice(body.start, body.end)).toString("latin1");
}

describe("a shown body", () => {
  test("lies where it came when nothing parts it", () => {
    expect(shown(Framing.LENGTH, "hello, next", 5)).toBe("hello");
    expect(body.bytes).toBe(slab);
    expect(body.isComplete).toBe(true);
    expect(shown(Framing.CHUNKED, "5\r\nhello\r\n0\r\n\r\n")).toBe("hello");
    expect(body.bytes).toBe(slab);
  });

  test("is what has come of it", () => {
    expect(shown(Framing.LENGTH, "hel", 5)).toBe("hel");
    expect(body.isComplete).toBe(false);
    expect(shown(Framing.CHUNKED, "5\r\nhel")).toBe("hel");
    expect(shown(Framing.UNTIL_CLOSE, "hello")).toBe("hello");
    expect(shown(Framing.NONE, "")).toBe("");
    expect(shown(Framing.LENGTH, "", 5)).toBe("");
  });

  test("is put together from chunks, as far as there is room", () => {
    expect(shown(Framing.CHUNKED, "1\r\na\r\n2\r\nbc\r\n3;x=y\r\ndef\r\n0\r\n\r\n")).toBe("abcdef");
    const many = Array.from({ length: 100 }, () => "1\r\nx\r\n").join("");
    expect(shown(Framing.CHUNKED, many)).toBe("x".repeat(64));
  });

  test("ends where its framing is wrong", () => {
    expect(shown(Framing.CHUNKED, "1\r\na\r\nzz\r\n")).toBe("a");
    expect(body.isComplete).toBe(true);
  });
});
