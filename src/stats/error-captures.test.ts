import { describe, expect, test } from "bun:test";
import { ErrorCaptures, type ErrorOrigin } from "./error-captures.ts";
import { printErrors } from "./print-errors.ts";

const bytesOf = (text: string) => Buffer.from(text, "latin1");

const DATE = new Date(2026, 10, 1, 7, 9, 3, 45).getTime();

const ORIGIN: ErrorOrigin = {
  kind: "request",
  dateMs: DATE + 1000,
  proxy: { name: "web", id: 2 },
  otherProxy: undefined,
  server: undefined,
  client: "127.0.0.1:4711",
};

const print = (errors: ErrorCaptures) => printErrors(errors.list(), errors.count, DATE);

describe("ErrorCaptures", () => {
  test("keeps a copy of the last message of each kind and proxy", () => {
    const errors = new ErrorCaptures();
    const bytes = bytesOf("xxfirst");
    errors.record(ORIGIN, bytes, 2, 7, 4);
    bytes.fill(0);
    expect(Buffer.from(errors.list()[0]!.bytes).toString()).toBe("first");
    expect(errors.list()[0]!.position).toBe(2);

    errors.record(ORIGIN, bytesOf("second"), 0, 6, 0);
    errors.record({ ...ORIGIN, kind: "response" }, bytesOf("third"), 0, 5, 0);
    errors.record({ ...ORIGIN, proxy: { name: "b", id: 3 } }, bytesOf("fourth"), 0, 6, 0);
    expect(errors.list().map(({ event }) => event)).toEqual([1, 2, 3]);
    expect(errors.count).toBe(4);
  });

  test("keeps at most a buffer of a message", () => {
    const errors = new ErrorCaptures();
    errors.record(ORIGIN, new Uint8Array(100_000), 0, 100_000, 5);
    expect(errors.list()[0]!.bytes).toHaveLength(16384);
  });
});

test("printErrors() shows each line with its offset, and breaks long ones", () => {
  const errors = new ErrorCaptures();
  const message = `GET /a HTTP/1.1\r\nbad header: \t\x01\xff${"x".repeat(85)}\\\x1b\r\n\r\n`;
  errors.record(ORIGIN, bytesOf(message), 0, message.length, 20);
  expect(print(errors)).toBe(`Total events captured on [01/Nov/2026:07:09:03.045] : 1
 
[01/Nov/2026:07:09:04.045] frontend web (#2): invalid request
  backend <NONE> (#-1), server <NONE> (#-1), event #0, src 127.0.0.1:4711
  len 123, error at position 20:
  
  00000  GET /a HTTP/1.1\\r\\n
  00017  bad header: \\t\\x01\\xFF${"x".repeat(48)}
  00080+ ${"x".repeat(37)}\\\\\\e\\r\\n
  00121  \\r\\n
`);
});
