import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { Method } from "../http/methods.ts";
import { Framing, requestFraming, responseFraming } from "./framing.ts";
import { ParseError } from "./parse-error.ts";

const LENGTH = "Content-Length: 3\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";

describe("requestFraming() follows RFC 9112 section 6.3", () => {
  test.each([
    { method: "GET", fields: "", framing: Framing.NONE, because: "nothing announces content" },
    { method: "POST", fields: "", framing: Framing.NONE, because: "no request lasts until close" },
    { method: "GET", fields: LENGTH, framing: Framing.LENGTH, because: "any method may have it" },
    { method: "POST", fields: CHUNKED, framing: Framing.CHUNKED, because: "chunked" },
    { method: "POST", fields: "Content-Length: 0\r\n", framing: Framing.NONE, because: "empty" },
  ])("$method with $fields: $because", ({ method, fields, framing }) => {
    expect(requestFraming(parseHead(`${method} / HTTP/1.1\r\n${fields}\r\n`).head)).toBe(framing);
  });

  test("CONNECT has no content", () => {
    expect(requestFraming(parseHead("CONNECT a:1 HTTP/1.1\r\n\r\n").head)).toBe(Framing.NONE);
  });
});

describe("responseFraming() follows RFC 9112 section 6.3", () => {
  const { GET, HEAD, CONNECT } = Method;
  test.each([
    { method: GET, status: 200, fields: LENGTH, framing: Framing.LENGTH, because: "a length" },
    { method: GET, status: 200, fields: CHUNKED, framing: Framing.CHUNKED, because: "chunked" },
    { method: GET, status: 200, fields: "", framing: Framing.UNTIL_CLOSE, because: "neither" },
    { method: HEAD, status: 200, fields: LENGTH, framing: Framing.NONE, because: "of a HEAD" },
    { method: HEAD, status: 200, fields: "", framing: Framing.NONE, because: "of a HEAD" },
    { method: GET, status: 204, fields: "", framing: Framing.NONE, because: "a 204" },
    { method: GET, status: 304, fields: LENGTH, framing: Framing.NONE, because: "a 304" },
    { method: GET, status: 103, fields: "", framing: Framing.NONE, because: "interim" },
    { method: CONNECT, status: 200, fields: LENGTH, framing: Framing.TUNNEL, because: "a tunnel" },
    { method: CONNECT, status: 403, fields: LENGTH, framing: Framing.LENGTH, because: "refused" },
    { method: GET, status: 101, fields: "", framing: ParseError.UPGRADE, because: "not asked" },
  ])("$status for method $method: $because", ({ method, status, fields, framing }) => {
    const { head } = parseHead(`HTTP/1.1 ${status} X\r\n${fields}\r\n`, { isResponse: true });
    expect(responseFraming(head, method, false)).toBe(framing);
  });

  test("a 101 opens a tunnel when the client asked for it", () => {
    const { head } = parseHead("HTTP/1.1 101 X\r\n\r\n", { isResponse: true });
    expect(responseFraming(head, Method.GET, true)).toBe(Framing.TUNNEL);
  });

  test("the answer that opens a CONNECT tunnel loses its lengths", () => {
    const parsed = parseHead(`HTTP/1.1 200 X\r\n${LENGTH}a: b\r\n\r\n`, { isResponse: true });
    responseFraming(parsed.head, Method.CONNECT, false);
    expect(parsed.written()).toBe("HTTP/1.1 200 X\r\na: b\r\n\r\n");
  });
});
