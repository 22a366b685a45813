import { describe, expect, test } from "bun:test";
import { LOG_FIELDS } from "../registry/log-fields.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { BuiltInFormat } from "./built-in-formats.ts";
import { CapturedTexts } from "./captured-texts.ts";
import { compileFormat, LogFormat } from "./format.ts";
import type { LogRecord } from "./record.ts";
import { ALL_FIELDS, exampleRecord, lineText, testLine, withRequestLine } from "./testing.ts";

function written(format: string, record: LogRecord): string {
  const compiled = compileFormat(format, ALL_FIELDS);
  if (!(compiled instanceof LogFormat)) return compiled.message;
  const line = testLine();
  compiled.write(line, record);
  return lineText(line);
}

describe("the built-in formats", () => {
  const record = () => withRequestLine(exampleRecord(), "GET /index.html HTTP/1.1");

  test.each([
    {
      format: BuiltInFormat.HTTP,
      line: '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1"',
      because: "option httplog",
    },
    {
      format: BuiltInFormat.TCP,
      line: "10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 0/30/109 2750 -- 1/1/1/1/0 0/0",
      because: "option tcplog",
    },
  ])("$because gives the manual's line", ({ format, line }) => {
    expect(written(format, record())).toBe(line);
  });

  test("option httplog clf quotes names and ends with the blank before its empty captures", () => {
    const line = written(BuiltInFormat.HTTP_CLF, record()).replace(/\[.*?\]/, "[date]");
    expect(line).toBe(
      '10.0.1.2 - - [date] "GET /index.html HTTP/1.1" 200 2750 "" "" 33317 655 "http-in" "static" "srv1" 10 0 30 69 109 ---- 1 1 1 1 0 0 0 "" "" ',
    );
  });

  test("captures stand between braces, and their delimiters are encoded", () => {
    const captured = record();
    captured.requestCaptures = CapturedTexts.of(['a"b{|}#c\\]d', ""]);
    captured.responseCaptures = CapturedTexts.of(["lab"]);
    expect(written("%sq/%bq %hr %hs %{+Q}r", captured)).toBe(
      '0/0 {a#22b#7B#7C#7D#23c\\]d|} {lab} "GET /index.html HTTP/1.1"',
    );
  });
});

describe("compileFormat()", () => {
  const request = "GET /a?y=1 HTTP/1.1";
  test.each([
    {
      format: "%HM|%HU|%HP|%HPO|%HQ|%HV",
      line: "GET|/a?y=1|/a|/a|?y=1|HTTP/1.1",
      because: "parts of the request line",
    },
    {
      format: "%ci %{+X}ci %{+X}cp",
      line: "10.0.1.2 0A000102 8225",
      because: "X prints an address and a port in hexadecimal",
    },
    {
      format: "%{+X}lc %{+X}rt %{+X}ac",
      line: "0003 0014 1",
      because: "X pads counters to four digits and leaves others alone",
    },
    { format: "%{+Q}s %{+Q}ac %{+Q}ts", line: '"srv1" 1 --', because: "Q quotes texts only" },
    { format: "%{Q}s", line: "srv1", because: "a flag without a sign changes nothing" },
    {
      format: "%{+Q}o %s %{-Q}s %b",
      line: '"srv1" srv1 "static"',
      because: "%o sets the flags of what follows",
    },
    { format: "%CC %{+Q}CC", line: '- ""', because: "an empty text is a dash, or empty quotes" },
    {
      format: "a  %hr   %hs b",
      line: "a b",
      because: "blanks merge over fields that wrote nothing",
    },
    { format: "%%%s", line: "%srv1", because: "two percent signs are one" },
    { format: "%pid %H", line: "42 edge", because: "the process says who it is" },
    { format: "%Tq %Td %Tu %Tt %U", line: "10 0 109 109 103", because: "sums of timers" },
    {
      format: "%nope",
      line: "no such format variable 'nope'. If you wanted to emit the '%' character verbatim, you need to use '%%'.",
      because: "an unknown name is an error",
    },
    { format: "%{+Z}s", line: "no such format flag '+Z'.", because: "an unknown flag is an error" },
    {
      format: "%[src]",
      line: "there is no stream here that sample expressions such as %[src] could look at.",
      because: "it says what is missing",
    },
    {
      format: "50% done",
      line: "no variable name after '%' in '% done'. If you wanted to emit the '%' character verbatim, you need to use '%%'.",
      because: "a lone percent sign is an error",
    },
  ])("$format: $because", ({ format, line }) => {
    expect(written(format, withRequestLine(exampleRecord(), request))).toBe(line);
  });

  test.each([
    {
      line: "GET http://h.example:80/abs/path?q=1 HTTP/1.0",
      path: "http://h.example:80/abs/path /abs/path ?q=1",
    },
    { line: "GET http://h.example?q=1 HTTP/1.0", path: "http://h.example  ?q=1" },
    { line: "OPTIONS * HTTP/1.1", path: "*  " },
    { line: "CONNECT a.example:443 HTTP/1.1", path: "a.example:443  " },
  ])("finds the path in $line", ({ line, path }) => {
    expect(written("%HP %HPO %HQ", withRequestLine(exampleRecord(), line))).toBe(path);
  });

  test("blanks between the words of the request line are one", () => {
    const record = withRequestLine(exampleRecord(), "POST  /x \t HTTP/1.1");
    expect(written("%r|%HM|%HU|%HV", record)).toBe("POST /x HTTP/1.1|POST|/x|HTTP/1.1");
  });

  test("bytes that could forge a line are encoded", () => {
    const record = withRequestLine(exampleRecord(), 'GET /a"#\x01\xe9 HTTP/1.1');
    expect(written("%{+Q}r", record)).toBe('"GET /a#22#23#01#E9 HTTP/1.1"');
  });

  test("E puts a backslash before quote, backslash and bracket", () => {
    const record = exampleRecord({ requestCookie: 'a="\\]' });
    expect(written("%{+E}CC %CC", record)).toBe('a=\\"\\\\\\] a="\\]');
  });

  test("an exchange without a valid request has no parts", () => {
    const record = exampleRecord({
      requestMs: -1,
      queueMs: -1,
      connectMs: -1,
      responseMs: -1,
      serverName: "",
      backendName: "",
    });
    expect(written("%b/%s %TR/%Tw/%Tc/%Tr %{+Q}r %HM %Tq %Td", record)).toBe(
      'http-in/<NOSRV> -1/-1/-1/-1 "<BADREQ>" <BADREQ> -1 -1',
    );
  });

  test("a line written before the end marks what will grow", () => {
    const record = exampleRecord({ isPartial: true, isRedispatched: true, retries: 3 });
    expect(written("%B %U %Ta %Tt %Td %Tu %rc", record)).toBe("+2750 103 +109 +109 0 +109 +3");
  });

  test("unix sockets and absent addresses", () => {
    const record = exampleRecord({
      client: SocketAddress.fromPath("", false),
      server: new SocketAddress(),
    });
    expect(written("%ci:%cp %si:%sp %{+Q}si", record)).toBe('unix:1 -:- ""');
  });

  test("httpOnlyField names the first variable that TCP cannot have", () => {
    const compiled = compileFormat("%ci %Tw %ST %TR", ALL_FIELDS) as LogFormat;
    expect(compiled.httpOnlyField).toBe("TR");
  });
});

test("these tests know every field that the program has", () => {
  expect([...ALL_FIELDS.keys()].sort()).toEqual(LOG_FIELDS.map(({ name }) => name).sort());
});
