import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { Head, TargetForm } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import { LENIENT } from "./parse-options.ts";
import { parseRequest } from "./request-parser.ts";

const LINE = "GET / HTTP/1.1\r\n";
const HOST = "Host: a\r\n";
const withFields = (fields: string) => `${LINE}${HOST}${fields}\r\n`;
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => `x${index}: y\r\n`).join("");

type Accepted = { text: string; because: string };
type Refused = Accepted & { refusal: string };

describe("parseRequest()", () => {
  test("finds every part of a request", () => {
    const text = "POST /cart?id=7 HTTP/1.1\r\nHost: shop.example\r\nX-A:  b c \t\r\n\r\n";
    const { result, head, lines: found } = parseHead(`${text}body`);
    expect(result).toBe(text.length);
    expect(head.method).toBe(Method.POST);
    expect(head.text(head.targetStart, head.targetEnd)).toBe("/cart?id=7");
    expect(head.version).toBe(11);
    expect(found).toEqual(["Host: shop.example", "X-A: b c"]);
    expect(head.hostField).toBe(0);
    expect(head.isUntouched).toBe(true);
  });

  test.each<Accepted>([
    { text: `${LINE}${HOST}\r\n`, because: "the plainest request" },
    { text: `\r\n\r\n${LINE}${HOST}\r\n`, because: "RFC 9112 2.2: empty lines before it" },
    { text: "GET / HTTP/1.0\r\n\r\n", because: "HTTP/1.0 needs no host" },
    { text: `${LINE}X: y\r\n\r\n`, because: "an absent host is left to the server" },
    { text: `${LINE}Host:\r\n\r\n`, because: "a host may be empty" },
    { text: `${LINE}Host: [::1]:80\r\n\r\n`, because: "an IPv6 literal with a port" },
    { text: `FOO / HTTP/1.1\r\n${HOST}\r\n`, because: "any token is a method" },
    { text: `GET * HTTP/1.1\r\n${HOST}\r\n`, because: "servers judge an asterisk" },
    { text: `GET /a"<>{|}\\b HTTP/1.1\r\n${HOST}\r\n`, because: "clients send such targets" },
    { text: `GET http://a/x HTTP/1.1\r\n${HOST}\r\n`, because: "absolute form, host agrees" },
    { text: `GET http://A:80 HTTP/1.1\r\n${HOST}\r\n`, because: "case and default port aside" },
    { text: `GET https://a/x HTTP/1.1\r\nHost: a:443\r\n\r\n`, because: "the scheme's own port" },
    { text: `GET http://u:p@a/x HTTP/1.1\r\n${HOST}\r\n`, because: "user information is no host" },
    { text: `CONNECT a:80 HTTP/1.1\r\n${HOST}\r\n`, because: "authority form" },
    { text: withFields("x:\r\n"), because: "a value may be empty" },
    { text: withFields("x: a\tb\x80\r\n"), because: "tabs and obs-text may be in values" },
    { text: `${LINE}${lines(100)}\r\n`, because: "100 lines and the start line are 101" },
    { text: withFields("Content-Length: 3\r\nContent-Length: 3\r\n"), because: "the same length" },
    { text: withFields("Transfer-Encoding: Chunked\r\n"), because: "codings have no case" },
    { text: withFields("Upgrade: websocket\r\n"), because: "without its token it asks nothing" },
    { text: withFields(`${"n".repeat(255)}: v\r\n`), because: "the longest name" },
  ])("accepts: $because", ({ text }) => {
    expect(parseHead(text).result).toBe(text.length);
  });

  const bare = "BARE_LINE_END";
  test.each<Refused>([
    { text: "\nGET / HTTP/1.1\r\n\r\n", refusal: "METHOD", because: "an empty line is a CRLF" },
    { text: "\rGET / HTTP/1.1\r\n\r\n", refusal: bare, because: "a CR is followed by LF" },
    { text: " GET / HTTP/1.1\r\n\r\n", refusal: "METHOD", because: "blank before the method" },
    { text: "\x16\x03\x01\x00", refusal: "METHOD", because: "TLS where HTTP is spoken" },
    { text: "F@O / HTTP/1.1\r\n\r\n", refusal: "METHOD", because: "a method is a token" },
    { text: "GET / HTTP/1.1\nHost: a\n\n", refusal: bare, because: "LF alone ends no line" },
    { text: `${LINE}Host: a\nX: b\r\n\r\n`, refusal: bare, because: "LF inside a section" },
    { text: `${LINE}Host: a\rX: b\r\n\r\n`, refusal: bare, because: "CR inside a value" },
    { text: `${LINE}${HOST}\rX: b\r\n\r\n`, refusal: bare, because: "CR before a name" },
    { text: "GET /\r\n\r\n", refusal: "VERSION", because: "HTTP/0.9" },
    { text: "GET / HTTP/0.9\r\n\r\n", refusal: "VERSION", because: "HTTP/0.9 by name" },
    { text: "GET / http/1.1\r\n\r\n", refusal: "VERSION", because: "the name has a case" },
    { text: "GET / HTTP/1.10\r\n\r\n", refusal: "VERSION", because: "one digit each" },
    { text: "GET / HTTP/11\r\n\r\n", refusal: "VERSION", because: "a dot parts them" },
    { text: "GET / RTSP/1.0\r\n\r\n", refusal: "VERSION", because: "another protocol" },
    { text: "GET / HTTP/1.1 \r\n\r\n", refusal: "VERSION", because: "blank behind the version" },
    { text: "GET / HTTP/1.1\r\r\n\r\n", refusal: bare, because: "two CRs" },
    { text: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refusal: "HTTP2_PREFACE", because: "HTTP/2" },
    { text: "GET foo HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "no form fits" },
    { text: "GET *x HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "an asterisk stands alone" },
    { text: "GET /a\x01 HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "control in the target" },
    { text: "GET /a\xc3\xa9 HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "no ASCII" },
    { text: "GET / HTTP/2.0\r\n\r\n", refusal: "VERSION", because: "another major version" },
    { text: "GET\t/ HTTP/1.1\r\n\r\n", refusal: "METHOD", because: "a tab is no space" },
    { text: "GET /\tHTTP/1.1\r\n\r\n", refusal: "TARGET", because: "a tab is no space" },
    { text: "GET /a\x7f HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "DEL in the target" },
    {
      text: "GET http:///x HTTP/1.1\r\n\r\n",
      refusal: "TARGET",
      because: "no host: RFC 9110 4.2.1",
    },
    { text: "GET http://a?q HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "where the host ends" },
    { text: "CONNECT a HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "CONNECT names a port" },
    { text: "CONNECT / HTTP/1.1\r\n\r\n", refusal: "TARGET", because: "CONNECT names a host" },
    { text: `GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n`, refusal: "HOST", because: "two hosts" },
    { text: `GET http://a:81/ HTTP/1.1\r\n${HOST}\r\n`, refusal: "HOST", because: "two ports" },
    { text: `CONNECT a:80 HTTP/1.1\r\nHost: b\r\n\r\n`, refusal: "HOST", because: "two hosts" },
    { text: withFields("Host: a\r\n"), refusal: "HOST", because: "RFC 9112 3.2: one host line" },
    { text: `${LINE}Host: a b\r\n\r\n`, refusal: "HOST", because: "a host holds no blank" },
    { text: `${LINE}Host: a,b\r\n\r\n`, refusal: "HOST", because: "a list is no host" },
    { text: `${LINE}Host: a/b\r\n\r\n`, refusal: "HOST", because: "a path is no host" },
    { text: `${LINE}Host: u@a\r\n\r\n`, refusal: "HOST", because: "no user information" },
    { text: `${LINE}Host: a:x\r\n\r\n`, refusal: "HOST", because: "a port has digits" },
    { text: withFields("x : y\r\n"), refusal: "FIELD_NAME", because: "RFC 9112 5.1: blank" },
    { text: withFields("x\r\n"), refusal: "FIELD_NAME", because: "a line has a colon" },
    { text: withFields("x y: z\r\n"), refusal: "FIELD_NAME", because: "a name is a token" },
    { text: `${LINE} x: y\r\n\r\n`, refusal: "FIELD_NAME", because: "nothing to fold onto" },
    { text: withFields("x: \x01\r\n"), refusal: "FIELD_VALUE", because: "control in a value" },
    { text: withFields("x: \x7f\r\n"), refusal: "FIELD_VALUE", because: "DEL in a value" },
    { text: `${LINE}${lines(101)}\r\n`, refusal: "FIELD_LINES", because: "tune.http.maxhdr" },
    {
      text: "GET / HTTP/1.0\r\nContent-Length: 3\r\n\r\n",
      refusal: "UNEXPECTED_CONTENT",
      because: "servers of HTTP/1.0 would take the body for a request",
    },
    {
      text: `CONNECT a:80 HTTP/1.1\r\nContent-Length: 3\r\n\r\n`,
      refusal: "CONTENT_LENGTH",
      because: "CONNECT has no content",
    },
    {
      text: withFields("Connection: upgrade\r\nUpgrade: websocket\r\n"),
      refusal: "UPGRADE",
      because: "a WebSocket handshake has a key",
    },
  ])("refuses as $refusal: $because", ({ text, refusal }) => {
    expect(parseHead(text).refusal).toBe(refusal);
  });

  test.each([
    { text: `GET /a#b HTTP/1.1\r\n${HOST}\r\n`, because: "a fragment" },
    { text: `GET /a\xc3\xa9#b\xff HTTP/1.1\r\n${HOST}\r\n`, because: "octets above 127" },
    { text: `GET / HTTP/2.0\r\n${HOST}\r\n`, because: "another major version" },
    { text: withFields("x y: z\r\n"), because: "any octet in a name" },
    { text: withFields("x : z\r\n"), because: "a blank behind a name" },
    { text: "GET / RTSP/1.0\r\n\r\n", because: "another protocol's name" },
    { text: "GET / HTTP/1.10\r\n\r\n", because: "more digits" },
    { text: `GET foo HTTP/1.1\r\n${HOST}\r\n`, because: "a target of no form" },
    { text: "GET /\r\n", because: "no version" },
  ])("with accept-invalid-http-request accepts $because", ({ text }) => {
    expect(parseHead(text).result).toBeLessThan(0);
    expect(parseHead(text, { isLenient: true }).result).toBe(text.length);
  });

  test("with accept-invalid-http-request ends a request without a version with its line", () => {
    const parsed = parseHead("GET /\r\nHost: a\r\n\r\n", { isLenient: true });
    expect(parsed.result).toBe(7);
    expect(parsed.head.fieldCount).toBe(0);
    expect(parsed.head.isPersistent).toBe(false);
    for (const method of ["POST", "HEAD", "PUT", "X"]) {
      expect(parseHead(`${method} /\r\n\r\n`, { isLenient: true }).result).toBeLessThan(0);
    }
  });

  test.each([
    { text: withFields("x: a\nb: c\r\n"), because: "a bare LF" },
    { text: withFields("x: \x00\r\n"), because: "NUL in a value" },
    { text: withFields("x\x00y: z\r\n"), because: "NUL in a name" },
    { text: withFields("Transfer-Encoding : chunked\r\n"), because: "a disguised coding" },
    { text: withFields("Content-Length\t: 3\r\n"), because: "a disguised length" },
    { text: withFields("Host: b\r\n"), because: "a second host" },
    { text: withFields(": z\r\n"), because: "an empty name" },
  ])("with accept-invalid-http-request still refuses $because", ({ text }) => {
    expect(parseHead(text, { isLenient: true }).result).toBeLessThan(0);
  });

  test.each([
    { text: "/a?b", form: TargetForm.ORIGIN, authority: "", path: "/a?b" },
    {
      text: "http://u@h.example:8/a?b",
      form: TargetForm.ABSOLUTE,
      authority: "h.example:8",
      path: "/a?b",
    },
    { text: "http://h.example", form: TargetForm.ABSOLUTE, authority: "h.example", path: "" },
    { text: "*", form: TargetForm.ASTERISK, authority: "", path: "" },
  ])("takes the target $text apart", ({ text, form, authority, path }) => {
    const { head } = parseHead(`OPTIONS ${text} HTTP/1.1\r\n\r\n`);
    expect(head.targetForm).toBe(form);
    expect(head.text(head.authorityStart, head.authorityEnd)).toBe(authority);
    expect(head.text(head.pathStart, head.targetEnd)).toBe(path);
  });

  test.each([
    { line: "GET  / HTTP/1.1", sent: "GET / HTTP/1.1", because: "one space each" },
    { line: "GET /   HTTP/1.1", sent: "GET / HTTP/1.1", because: "one space each" },
    { line: "GET / HTTP/1.2", sent: "GET / HTTP/1.1", because: "the version that is spoken" },
  ])("sends $line on with $because", ({ line, sent }) => {
    expect(parseHead(`${line}\r\n${HOST}\r\n`).written()).toBe(`${sent}\r\n${HOST}\r\n`);
  });

  test("unfolds values in place, a space for each octet of the line end", () => {
    const parsed = parseHead(withFields("x: a\r\n b\r\n\tc\r\ny:\r\n z\r\n"));
    expect(parsed.lines).toEqual(["Host: a", "x: a   b  \tc", "y: z"]);
    expect(parsed.written()).not.toContain("\r\n ");
  });

  test("takes the chunked coding over a length, drops the length and closes after", () => {
    for (const fields of [
      "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    ]) {
      const parsed = parseHead(withFields(fields));
      expect(parsed.head.isChunked).toBe(true);
      expect(parsed.head.contentLength).toBe(-1);
      expect(parsed.head.mustClose).toBe(true);
      expect(parsed.head.isPersistent).toBe(false);
      expect(parsed.lines).toEqual(["Host: a", "Transfer-Encoding: chunked"]);
    }
  });

  test.each([
    { fields: "", version: "1.1", persistent: true },
    { fields: "", version: "1.0", persistent: false },
    { fields: "Connection: Keep-Alive\r\n", version: "1.0", persistent: true },
    { fields: "Connection: foo, Close\r\n", version: "1.1", persistent: false },
    { fields: "Connection: foo\r\nConnection: close\r\n", version: "1.1", persistent: false },
    { fields: "Connection: closed\r\n", version: "1.1", persistent: true },
  ])("reads persistence from HTTP/$version and $fields", ({ fields, version, persistent }) => {
    const { head } = parseHead(`GET / HTTP/${version}\r\n${fields}\r\n`);
    expect(head.isPersistent).toBe(persistent);
  });

  test("notes upgrade, expectation and length", () => {
    const { head } = parseHead(
      withFields(
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n" +
          "Expect: 100-Continue\r\nContent-Length: 9007199254740991\r\n",
      ),
    );
    expect(head.hasUpgrade && head.isWebSocketUpgrade && head.expectsContinue).toBe(true);
    expect(head.contentLength).toBe(Number.MAX_SAFE_INTEGER);
    expect(head.asksForUpgrade).toBe(true);
    expect(parseHead(withFields("Upgrade: x\r\n")).head.asksForUpgrade).toBe(false);
  });

  test("gives the same answer wherever the bytes are cut", () => {
    const text = `\r\n${withFields("Cookie: a=b\r\nx: 1\r\n 2\r\nContent-Length: 0\r\n")}`;
    const whole = parseHead(text);
    for (let cut = 0; cut < text.length; cut++) {
      const parsed = parseHead(text, { cuts: [cut] });
      expect(parsed.result).toBe(text.length);
      expect(parsed.lines).toEqual(whole.lines);
    }
    const everyByte = Array.from(text, (_, index) => index);
    expect(parseHead(text, { cuts: everyByte }).lines).toEqual(whole.lines);
  });

  test("says where it refused", () => {
    const { head } = parseHead(withFields("x: a\x00b\r\n"));
    expect(head.bytes[head.errorAt]).toBe(0);
  });

  test("works at offset 0 of a slab", () => {
    const bytes = new TextEncoder().encode(`${LINE}\r\n`);
    const head = new Head();
    head.clear();
    const words = new DataView(bytes.buffer);
    expect(parseRequest(bytes, words, 0, bytes.length, head, LENIENT)).toBe(bytes.length);
    head.clear();
    expect(parseRequest(bytes, words, 0, 0, head, LENIENT)).toBe(0);
  });
});
