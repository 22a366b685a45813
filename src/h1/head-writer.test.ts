import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { KnownField } from "../http/field-names.ts";
import { Method } from "../http/methods.ts";
import { writeHead } from "./head-writer.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const REQUEST = "GET /a HTTP/1.1\r\nHost: h\r\nX-One:  1 \r\nx-TWO: 2\r\nX-Three: 3\r\n\r\n";

describe("writeHead()", () => {
  test("writes an untouched head byte by byte as it came", () => {
    expect(parseHead(REQUEST).written()).toBe(REQUEST);
  });

  test("leaves out removed lines and keeps the others' bytes", () => {
    const parsed = parseHead(REQUEST);
    parsed.head.removeField(0);
    parsed.head.removeField(2);
    expect(parsed.written()).toBe("GET /a HTTP/1.1\r\nX-One:  1 \r\nX-Three: 3\r\n\r\n");
  });

  test("writes replaced and added lines in their places", () => {
    const parsed = parseHead(REQUEST);
    const { head } = parsed;
    expect(head.replaceValue(1, bytesOf("uno"), 0, 3)).toBe(true);
    expect(head.addFieldText("X-Forwarded-For", "192.0.2.1")).toBe(true);
    expect(parsed.written()).toBe(
      "GET /a HTTP/1.1\r\nHost: h\r\nX-One: uno\r\nx-TWO: 2\r\nX-Three: 3\r\n" +
        "X-Forwarded-For: 192.0.2.1\r\n\r\n",
    );
    expect(head.valueText(head.find(KnownField.X_FORWARDED_FOR))).toBe("192.0.2.1");
  });

  test("writes an edited request line", () => {
    const parsed = parseHead(REQUEST);
    const { head } = parsed;
    head.setMethod(Method.POST, bytesOf("POST"), 0, 4);
    head.setTarget(bytesOf("/other?x"), 0, 8);
    head.setVersion(10);
    expect(parsed.written()).toStartWith("POST /other?x HTTP/1.0\r\nHost: h\r\n");
  });

  test("writes an edited status line", () => {
    const parsed = parseHead("HTTP/1.1 200 OK\r\na: b\r\n\r\n", { isResponse: true });
    parsed.head.setStatus(503, bytesOf("Busy"), 0, 4);
    expect(parsed.written()).toBe("HTTP/1.1 503 Busy\r\na: b\r\n\r\n");
  });

  test("answers -1 whenever the head does not fit, and never writes beyond the limit", () => {
    for (const isEdited of [false, true]) {
      const { head } = parseHead(REQUEST);
      head.removeField(1);
      if (isEdited) head.setTarget(bytesOf("/b"), 0, 2);
      const size = writeHead(head, new Uint8Array(1024), 0, 1024);
      expect(size).toBeGreaterThan(0);
      for (let limit = 0; limit < size; limit++) {
        const into = new Uint8Array(size);
        expect(writeHead(head, into, 0, limit)).toBe(-1);
        expect(into.subarray(limit).every((octet) => octet === 0)).toBe(true);
      }
      if (!isEdited) expect(writeHead(head, new Uint8Array(size), 0, size)).toBe(size);
    }
  });
});
