import { describe, expect, test } from "bun:test";
import { parseHead } from "../../../test/support/parsed-head.ts";
import { madeWord } from "../../config/word.ts";
import { compileText } from "../testing.ts";
import { replaceFieldLine, replaceRequestLine, replaceStatusLine } from "./edit-line.ts";
import type { LineAction, LineRule } from "./line-rules-part.ts";
import { todaysRule } from "./todays-rule.ts";

const REQUEST = "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX: y\r\n\r\n";
const RESPONSE = "HTTP/1.1 200 OK\r\nX: y\r\n\r\n";

function made(text: string) {
  // Behind other bytes, so that a forgotten offset shows.
  const bytes = new Uint8Array(Buffer.from(`..${text}....`, "latin1"));
  return { bytes, words: new DataView(bytes.buffer), start: 2, end: 2 + text.length };
}

describe("replaceFieldLine()", () => {
  test.each([
    { line: "Y: z", lines: ["Host: a", "Content-Length: 3", "Y: z"] },
    { line: "Y:\t z ", lines: ["Host: a", "Content-Length: 3", "Y: z"] },
    { line: "Y:", lines: ["Host: a", "Content-Length: 3", "Y: "] },
    { line: "HOST: b", lines: ["Content-Length: 3", "HOST: b"] },
    { line: "content-length: 9", lines: ["Host: a", "content-length: 9"] },
  ])("puts '$line' in the place of a line", ({ line, lines }) => {
    const parsed = parseHead(REQUEST);
    expect(replaceFieldLine(parsed.head, 2, made(line))).toBe(true);
    const written = parsed.written().split("\r\n").slice(1, -2);
    expect(written).toEqual([...lines]);
    if (line.startsWith("HOST")) expect(parsed.head.hostField).toBe(2);
    // What frames the body is judged again before the head is sent.
    if (line.startsWith("content")) expect(parsed.head.judgedEdits).not.toBe(0);
  });

  test.each(["", ":", ": z", "Y", "Y z", "Y : z", " Y: z", "Y(: z"])("refuses '%s'", (line) => {
    const parsed = parseHead(REQUEST);
    expect(replaceFieldLine(parsed.head, 2, made(line))).toBe(false);
    expect(parsed.written()).toBe(REQUEST);
  });

  test("needs room", () => {
    const { head } = parseHead(REQUEST);
    head.setEditArea(0, 4);
    expect(replaceFieldLine(head, 2, made("Y: z"))).toBe(false);
  });
});

describe("replaceRequestLine()", () => {
  const target = new Uint8Array(1024);

  test.each([
    { line: "POST /a?b HTTP/1.1", first: "POST /a?b HTTP/1.1" },
    { line: "PUT /c HTTP/1.1", first: "PUT /c HTTP/1.1" },
    { line: "PUT  /c d  HTTP/1.0", first: "PUT /c%20d HTTP/1.0" },
    { line: "GET http://b/c HTTP/1.1", first: "GET http://b/c HTTP/1.1" },
  ])("takes '$line'", ({ line, first }) => {
    const parsed = parseHead(REQUEST);
    expect(replaceRequestLine(parsed.head, made(line), target)).toBe(true);
    expect(parsed.written().split("\r\n")[0]).toBe(first);
    if (line.includes("//b")) expect(parsed.written()).toContain("Host: b\r\n");
  });

  test.each([
    "",
    "GET",
    "GET /",
    "GET  HTTP/1.1",
    "GET /HTTP/1.1",
    "G(T / HTTP/1.1",
    " GET / HTTP/1.1",
    "GET / HTTP/2.0",
    "GET / HTTP/1.2",
    "GET / HTTP/1.1 ",
  ])("refuses '%s'", (line) => {
    const parsed = parseHead(REQUEST);
    expect(replaceRequestLine(parsed.head, made(line), target)).toBe(false);
  });

  test.each([
    { because: "an older version knows no chunks", from: "transfer-encoding: chunked" },
    { because: "an older client is not made a newer", from: "x: y", isOld: true },
  ])("$because", ({ from, isOld = false }) => {
    const [own, other] = isOld ? ["1.0", "1.1"] : ["1.1", "1.0"];
    const { head } = parseHead(`POST / HTTP/${own}\r\nhost: a\r\n${from}\r\n\r\n`);
    expect(replaceRequestLine(head, made(`POST / HTTP/${other}`), target)).toBe(false);
  });
});

describe("replaceStatusLine()", () => {
  test.each([
    { line: "HTTP/1.1 200 OK", first: "HTTP/1.1 200 OK" },
    { line: "HTTP/1.1 404", first: "HTTP/1.1 404 " },
    { line: "HTTP/1.0 200 Fine by me", first: "HTTP/1.0 200 Fine by me" },
  ])("takes '$line'", ({ line, first }) => {
    const parsed = parseHead(RESPONSE, { isResponse: true });
    expect(replaceStatusLine(parsed.head, made(line))).toBe(true);
    expect(parsed.written().split("\r\n")[0]).toBe(first);
  });

  test.each([
    "",
    "HTTP/1.1",
    "HTTP/1.1 20",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 2000 OK",
    "HTTP/1.1  200 OK",
    "HTTP/3.0 200 OK",
    "200 OK",
  ])("refuses '%s'", (line) => {
    const { head } = parseHead(RESPONSE, { isResponse: true });
    expect(replaceStatusLine(head, made(line))).toBe(false);
  });
});

/** Reads a rule as the language does, backslashes in front of blanks resolved. */
function ruleOf(text: string): { rule: LineRule; ruleSet: "http-request" | "http-response" } {
  const words = text.split(/(?<!\\) /).map((part) => madeWord(part.replaceAll("\\ ", " ")));
  const [at, ...others] = words;
  const [, side, i, action] = /^(req|rsp)(i?)(\w+)$/.exec(at!.text)!;
  const condition = others.findIndex((word) => word.text === "if" || word.text === "unless");
  const own = condition === -1 ? others : others.slice(0, condition);
  const rule: LineRule = {
    at: at!,
    action: action as LineAction,
    ignoresCase: i === "i",
    search: action === "add" ? null : own[0]!,
    text: (action === "add" ? own[0] : own[1]) ?? null,
    condition: condition === -1 ? [] : others.slice(condition),
  };
  return { rule, ruleSet: side === "req" ? "http-request" : "http-response" };
}

describe("todaysRule() writes", () => {
  test.each([
    ["reqadd X-Proto:\\ SSL if is-ssl", "http-request add-header X-Proto SSL if is-ssl"],
    ["reqadd X:\\ a\\ 5%", "http-request add-header X 'a 5%%'"],
    ["reqidel ^X-Forwarded-For:.*", "http-request del-header X-Forwarded-For"],
    ["reqidel ^X-Secret-", "http-request del-header X-Secret- -m beg"],
    ["reqidel ^(A|B):.*", "http-request del-header '(?i)^(A|B)$' -m reg"],
    ["reqidel ^Cookie:.*S=", "http-request del-header Cookie if { req.fhdr(Cookie) -m reg -i S= }"],
    ["reqiallow ^Host:\\ www", "http-request allow if { req.fhdr(Host) -m reg -i ^www }"],
    ["reqtarpit . if bad or worse", "http-request tarpit if bad or worse"],
    ["reqtarpit . unless good or better", "http-request tarpit if !good !better"],
    [
      "reqdeny evil unless { src 127.0.0.1 } !ok",
      "http-request deny if { req.hdrs -m reg (?m)evil } !{ src 127.0.0.1 } or { req.hdrs -m reg (?m)evil } ok",
    ],
    ["reqdeny ^GET\\ /admin", "http-request deny if { method GET } { url -m reg ^/admin }"],
    [
      "reqrep ^([^\\ :]*)\\ /static/(.*) \\1\\ /\\2",
      "http-request replace-pathq ^/static/(.*) '/\\1'",
    ],
    ["reqrep ^GET\\ /a(.*) GET\\ /b\\1", "http-request replace-uri <match-regex> <replace-fmt>"],
    ["reqirep ^Host:\\ www.a Host:\\ www", "http-request replace-header Host (?i)^www.a www"],
    [
      "reqirep ^X:\\ (.*) Y:\\ \\1",
      "http-request set-header Y %[req.fhdr(X)] if { req.fhdr(X) -m reg -i ^(.*) }",
    ],
    ["reqsetbe ^[^\\ ]*\\ /img static", "use_backend static if { url -m reg ^/img }"],
    [
      "rspideny ^Content-type:.*ms-word",
      "http-response deny if { res.fhdr(Content-type) -m reg -i ms-word }",
    ],
    ["rspdeny ^HTTP/1.1\\ 5", "http-response deny if { status -m reg ^5 }"],
    [
      "rsprep ^HTTP/1.1\\ 404 HTTP/1.1\\ 302\\ Found",
      "http-response set-status 302 reason Found if { status 404 }",
    ],
    ["rspadd A:\\ b", "http-response add-header A b"],
  ])("%s", (old, today) => {
    const { rule, ruleSet } = ruleOf(old);
    expect(todaysRule(rule, ruleSet)).toBe(today);
  });
});

const TIMEOUTS = "timeout client 1s\ntimeout connect 1s\ntimeout server 1s\n";

/** What is said of a line of a section, with the warning that each use earns left out. */
function told(line: string, section = "frontend f\nbind :1", mode = "http") {
  const text = `defaults\nmode ${mode}\n${TIMEOUTS}${section}\n${line}\nbackend b\nbackend t\nmode tcp\n`;
  const { errors, warnings } = compileText(text);
  const hasDeprecation = (message: string) => message.includes("directive is deprecated");
  return { errors, warnings: warnings.filter((message) => !hasDeprecation(message)) };
}

describe("rules on lines", () => {
  test.each([
    { line: "reqadd", error: "'reqadd' expects <string> as argument." },
    { line: "reqadd nonsense", error: "'reqadd' expects a whole header line, but got 'nonsense'." },
    { line: "reqadd A:\\ b\\r\\nC:\\ d", error: "'reqadd' makes one line" },
    { line: "reqadd A:\\ b c", error: "expects 'if' or 'unless' followed by a condition" },
    { line: "reqadd A:\\ b if", error: "missing condition behind 'if'." },
    { line: "reqadd A:\\ b if nosuch", error: "no such ACL : 'nosuch'." },
    { line: "reqdel", error: "'reqdel' expects <search> as argument." },
    { line: "reqdel (", error: "'(' is no regular expression: missing closing parenthesis" },
    { line: "reqrep a", error: "'reqrep' expects <string> as argument." },
    { line: "reqrep a b\\\\", error: "ends within an escape." },
    { line: "reqrep a b\\n", error: "'reqrep' makes one line" },
    { line: "reqsetbe a", error: "'reqsetbe' expects <backend> as argument." },
    { line: "reqsetbe a nosuch", error: "unable to find backend 'nosuch' referenced in 'nosuch'" },
    { line: "reqsetbe a t", error: "reqsetbe 't': the backend is in tcp mode" },
    { line: "no reqdel a", error: "negation is not supported for 'reqdel'." },
  ])("refuse $line", ({ line, error }) => {
    const { errors } = told(line);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(error);
  });

  test.each([
    { line: "reqdel a", section: "defaults" },
    { line: "rspadd A:\\ b", section: "defaults" },
  ])("$line is no line of $section", ({ line, section }) => {
    expect(told(line, section).errors).toHaveLength(1);
  });

  test("warn of a condition that cannot hold there", () => {
    expect(told("reqdel a if { res.hdr(a) b }").warnings[0]).toContain("will never match");
    expect(told("rspdel a if { path / }").warnings[0]).toContain("will never match");
  });

  test.each([
    {
      lines: "reqdeny .\nreqidel ^a:",
      warning: "9: this 'req*' rule is never reached: the one at line 8 always",
    },
    {
      lines: "reqideny ^a\nreqitarpit ^a",
      warning: "9: this 'req*' rule is never reached: the one at line 8 ends",
    },
    {
      lines: "rspdeny .*\nrspidel ^a:",
      warning: "9: this 'rsp*' rule is never reached: the one at line 8 always",
    },
  ])("warn of those that are never reached: $lines", ({ lines, warning }) => {
    const { warnings } = told(lines);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(warning);
  });

  test.each([
    "reqideny ^a\nreqdeny ^a",
    "reqallow ^a\nreqdeny .\nreqidel ^a:",
    "reqdeny . if TRUE\nreqadd A:\\ b",
  ])("have nothing to say of %s", (lines) => expect(told(lines).warnings).toEqual([]));

  test.each([
    {
      line: "reqrep ^GET\\ /a GET\\ /b",
      warning: "8: 'reqrep' makes 'GET /b', which is no line of a request",
    },
    { line: "rspirep ^HTTP.* HTTP/1.1\\ 100", warning: "is no line of a response" },
    { line: "reqirep ^a:.* b", warning: "where it matches, the client gets 500" },
  ])("warn of what can never be a line: $line", ({ line, warning }) => {
    const { errors, warnings } = told(line);
    expect(errors).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(warning);
  });

  test.each([
    "reqrep ^GET\\ /a GET\\ /b\\ HTTP/1.1",
    "reqrep ^GET\\ (.*) GET\\ \\1",
    "reqirep ^a:.* b:",
    "rspirep ^HTTP.* HTTP/1.1\\ 200",
  ])("have nothing to say of the line that %s makes", (line) => {
    expect(told(line).warnings).toEqual([]);
  });

  test("earn a warning each, with the rule of today as a hint", () => {
    const { errors, warnings } = compileText(
      `defaults\nmode http\n${TIMEOUTS}frontend f\nbind :1\nreqidel ^A:\nrspadd A:\\ b\nreqsetbe a b\nbackend b\n`,
    );
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      "8: the 'reqidel' directive is deprecated. Use 'http-request del-header' instead.",
      "9: the 'rspadd' directive is deprecated. Use 'http-response add-header' instead.",
      "10: the 'reqsetbe' directive is deprecated. Use 'use_backend' instead.",
    ]);
  });
});
