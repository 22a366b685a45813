import { expect, test } from "bun:test";
import { EarlyHints } from "./early-hints.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

function taken(hints: EarlyHints): string {
  const into = new Uint8Array(200);
  const { size } = hints;
  hints.take(into, 10);
  return Buffer.from(into.subarray(10, 10 + size)).toString("latin1");
}

test("EarlyHints makes one response of all hints, and begins anew when it is taken", () => {
  const hints = new EarlyHints(200);
  expect(hints.size).toBe(0);
  expect(hints.add(bytes("link"), bytes("-</a.css>-"), 1, 9)).toBe(true);
  expect(hints.add(bytes("x"), bytes(""), 0, 0)).toBe(true);
  expect(taken(hints)).toBe("HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\nx: \r\n\r\n");
  expect(hints.size).toBe(0);
});

test("EarlyHints takes what there is room for, to the last byte", () => {
  const whole = "HTTP/1.1 103 Early Hints\r\na: b\r\n\r\n";
  expect(new EarlyHints(whole.length - 1).add(bytes("a"), bytes("b"), 0, 1)).toBe(false);
  const hints = new EarlyHints(whole.length);
  expect(hints.add(bytes("a"), bytes("b"), 0, 1)).toBe(true);
  expect(hints.add(bytes("a"), bytes("b"), 0, 1)).toBe(false);
  expect(taken(hints)).toBe(whole);
});

test("EarlyHints forgets hints that are given up", () => {
  const hints = new EarlyHints(100);
  hints.add(bytes("a"), bytes("b"), 0, 1);
  hints.clear();
  expect(hints.size).toBe(0);
});
