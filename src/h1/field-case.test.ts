import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { FieldCase } from "./field-case.ts";

const CASE = new FieldCase([
  { from: "host", to: "HOST" },
  { from: "x-foo", to: "X-FoO" },
  { from: "x-bar", to: "x-BAR" },
]);

describe("FieldCase", () => {
  test("spells names where they lie, whatever their case was, and leaves the others", () => {
    const parsed = parseHead(
      "GET /host HTTP/1.1\r\nhost: host\r\nX-FOO: x-foo\r\nX-Fo: 1\r\nx-foo-: 2\r\nX-Bar: 3\r\n\r\n",
    );
    expect(parsed.head.addFieldText("x-foo", "new")).toBe(true);
    parsed.head.removeName(Buffer.from("x-bar"));
    CASE.adjust(parsed.head);
    expect(parsed.written()).toBe(
      "GET /host HTTP/1.1\r\nHOST: host\r\nX-FoO: x-foo\r\nX-Fo: 1\r\nx-foo-: 2\r\nX-FoO: new\r\n\r\n",
    );
  });

  test("a head that nobody edited stays one that can be sent as it lies", () => {
    const parsed = parseHead("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    CASE.adjust(parsed.head);
    expect(parsed.head.isUntouched).toBe(true);
    expect(parsed.written()).toBe("GET / HTTP/1.1\r\nHOST: a\r\n\r\n");
  });

  test.each([
    ["HTTP/1.1 200 OK\r\nx-foo: 1\r\n\r\nx-foo: 2", "HTTP/1.1 200 OK\r\nX-FoO: 1\r\n\r\nx-foo: 2"],
    ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"],
    ["HTTP/1.1 200 OK\r\nx-foo", "HTTP/1.1 200 OK\r\nx-foo"],
    [
      "HTTP/1.1 200 OK\r\nno colon\r\nhost: a\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\nHOST: a\r\n\r\n",
    ],
    ["host: a", "host: a"],
    ["", ""],
  ])("spells the head of a whole message: %j", (message, wanted) => {
    const bytes = Buffer.from(message, "latin1");
    CASE.adjustMessage(bytes);
    expect(bytes.toString("latin1")).toBe(wanted);
  });
});
