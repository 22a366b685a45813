import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";

const LINE = "HTTP/1.1 200 OK\r\n";
const parse = (text: string) => parseHead(text, { isResponse: true });

describe("parseResponse()", () => {
  test("finds every part of a response", () => {
    const text = `HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nX: y\r\n\r\n`;
    const { result, head, lines } = parse(`${text}no`);
    expect(result).toBe(text.length);
    expect(head.status).toBe(404);
    expect(head.text(head.reasonStart, head.reasonEnd)).toBe("Not Found");
    expect(head.contentLength).toBe(2);
    expect(lines).toEqual(["Content-Length: 2", "X: y"]);
    expect(head.isUntouched).toBe(true);
  });

  test.each([
    { text: `${LINE}\r\n`, because: "the plainest response" },
    { text: `\r\n${LINE}\r\n`, because: "an empty line before it, as HAProxy does" },
    { text: "HTTP/1.0 200 OK\r\n\r\n", because: "HTTP/1.0" },
    { text: "HTTP/1.1 200 \r\n\r\n", because: "RFC 9112 4: the reason may be absent" },
    { text: "HTTP/1.1 999 X\r\n\r\n", because: "any status of three digits from 100" },
    { text: "HTTP/1.1 200 O\x80\tK\r\n\r\n", because: "obs-text and tabs in the reason" },
    { text: `${LINE}Host: a\r\nHost: b\r\n\r\n`, because: "a host means nothing here" },
    { text: `${LINE}Content-Length: 2, 2\r\n\r\n`, because: "the same length" },
  ])("accepts: $because", ({ text }) => {
    expect(parse(text).result).toBe(text.length);
  });

  test.each([
    { text: "hello", refusal: "VERSION", because: "a banner" },
    { text: "HTTP/0.9 200 OK\r\n\r\n", refusal: "VERSION", because: "no such version" },
    { text: "HTTP/1.10 200 OK\r\n\r\n", refusal: "VERSION", because: "one digit each" },
    { text: "ICY 200 OK\r\nicy-name:x\r\n\r\n", refusal: "VERSION", because: "another protocol" },
    { text: "HTTP/1.1 20 OK\r\n\r\n", refusal: "STATUS", because: "three digits" },
    { text: "HTTP/1.1 2000 OK\r\n\r\n", refusal: "STATUS", because: "three digits" },
    { text: "HTTP/1.1 099 OK\r\n\r\n", refusal: "STATUS", because: "100 and up" },
    { text: "HTTP/1.1 abc OK\r\n\r\n", refusal: "STATUS", because: "digits" },
    {
      text: "HTTP/1.1 200 O\x01K\r\n\r\n",
      refusal: "START_LINE",
      because: "control in the reason",
    },
    { text: "HTTP/1.1 200 OK\n\n", refusal: "BARE_LINE_END", because: "LF alone" },
    { text: `${LINE}x: a\x00b\r\n\r\n`, refusal: "FIELD_VALUE", because: "NUL in a value" },
    { text: `${LINE}x : a\r\n\r\n`, refusal: "FIELD_NAME", because: "RFC 9112 5.1" },
    {
      text: `${LINE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n`,
      refusal: "CONTENT_LENGTH",
      because: "two lengths",
    },
    {
      text: `${LINE}Transfer-Encoding: gzip\r\n\r\n`,
      refusal: "TRANSFER_ENCODING",
      because: "chunked is not last",
    },
    {
      text: `${LINE}Transfer-Encoding: gzip, chunked\r\n\r\n`,
      refusal: "TRANSFER_CODING",
      because: "the client may not know the coding",
    },
  ])("refuses as $refusal: $because", ({ text, refusal }) => {
    expect(parse(text).refusal).toBe(refusal);
  });

  test.each([
    { text: `${LINE}x y: z\r\n\r\n`, because: "any octet in a name" },
    { text: "RTSP/1.10 200 OK\r\n\r\n", because: "other version formats" },
  ])("with accept-invalid-http-response accepts $because", ({ text }) => {
    expect(parse(text).result).toBeLessThan(0);
    expect(parseHead(text, { isResponse: true, isLenient: true }).result).toBe(text.length);
  });

  test.each([
    { line: "HTTP/1.1 200", sent: "HTTP/1.1 200 ", because: "a space behind the status" },
    { line: "HTTP/1.1  200  OK", sent: "HTTP/1.1 200 OK", because: "one space each" },
    { line: "HTTP/2.0 200 OK", sent: "HTTP/1.1 200 OK", because: "the version that is spoken" },
  ])("sends $line on with $because", ({ line, sent }) => {
    expect(parse(`${line}\r\nx: y\r\n\r\n`).written()).toBe(`${sent}\r\nx: y\r\n\r\n`);
  });

  test.each([
    { status: 100, because: "interim responses have no content" },
    { status: 204, because: "it says that there is none" },
  ])("drops the lengths of a $status: $because", ({ status }) => {
    for (const field of ["Content-Length: 5", "Transfer-Encoding: chunked"]) {
      const { head, lines } = parse(`HTTP/1.1 ${status} X\r\n${field}\r\na: b\r\n\r\n`);
      expect(lines).toEqual(["a: b"]);
      expect(head.contentLength).toBe(-1);
      expect(head.isChunked).toBe(false);
    }
  });

  test("keeps the length of a 304, which is about another message", () => {
    expect(parse("HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n").lines).toEqual([
      "Content-Length: 5",
    ]);
  });

  test("closes after codings in HTTP/1.0 or two lengths", () => {
    const coding = "Transfer-Encoding: chunked\r\n";
    expect(parse(`HTTP/1.0 200 OK\r\n${coding}\r\n`).head.mustClose).toBe(true);
    const both = parse(`${LINE}Content-Length: 2\r\n${coding}\r\n`);
    expect(both.head.mustClose).toBe(true);
    expect(both.lines).toEqual(["Transfer-Encoding: chunked"]);
  });

  test("gives the same answer wherever the bytes are cut", () => {
    const text = `${LINE}Content-Length: 3, 3\r\nx: 1\r\n 2\r\n\r\n`;
    const whole = parse(text);
    for (let cut = 0; cut < text.length; cut++) {
      const parsed = parseHead(text, { isResponse: true, cuts: [cut] });
      expect(parsed.result).toBe(text.length);
      expect(parsed.lines).toEqual(whole.lines);
    }
  });
});
