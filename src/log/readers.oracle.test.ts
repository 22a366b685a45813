import { describe, expect, test } from "bun:test";
import { BuiltInFormat } from "./built-in-formats.ts";
import { CapturedTexts } from "./captured-texts.ts";
import { compileFormat, type LogFormat } from "./format.ts";
import type { LogRecord } from "./record.ts";
import { ALL_FIELDS, exampleRecord, lineText, testLine, withRequestLine } from "./testing.ts";

const HALOG = Bun.which("halog");
const HTTP = compileFormat(BuiltInFormat.HTTP, ALL_FIELDS) as LogFormat;

/** A line as a syslog daemon writes it to its file. */
function logged(record: LogRecord): string {
  const line = testLine();
  HTTP.write(line, record);
  return `Nov 21 07:09:03 lb1 haproxy[42]: ${lineText(line)}`;
}

const get = (changes: Partial<LogRecord>) =>
  withRequestLine(exampleRecord(changes), "GET /a?b=1 HTTP/1.1");

const LINES = [
  logged(get({ serverName: "s1", status: 200 })),
  logged(get({ serverName: "s1", status: 200, isPartial: true })),
  logged(get({ serverName: "s2", status: 404, isRedispatched: true, retries: 2 })),
  logged(get({ serverName: "s2", status: 503, terminationCause: 0x53, terminationPhase: 0x43 })),
  logged(
    exampleRecord({
      status: 400,
      requestMs: -1,
      queueMs: -1,
      connectMs: -1,
      responseMs: -1,
      serverName: "",
      backendName: "",
      terminationCause: 0x50,
      terminationPhase: 0x52,
    }),
  ),
  logged(
    get({
      requestCaptures: CapturedTexts.of(["a b", ""]),
      responseCaptures: CapturedTexts.of(["x"]),
      serverName: "s1",
    }),
  ),
];

function halog(...options: string[]): string {
  const input = Buffer.from(`${LINES.join("\n")}\n`);
  const result = Bun.spawnSync([HALOG!, ...options], { stdin: input });
  return result.stdout.toString();
}

const suite = HALOG === null ? describe.skip : describe;
suite(`halog reads our lines${HALOG === null ? " (skipped: halog is not installed)" : ""}`, () => {
  test("statuses", () => {
    expect(halog("-st", "-q").trim().split("\n").sort()).toEqual([
      "200 3",
      "400 1",
      "404 1",
      "503 1",
    ]);
  });

  test("termination codes", () => {
    expect(halog("-tc", "-q").trim().split("\n").sort()).toEqual(["-- 4", "PR 1", "SC 1"]);
  });

  test("servers, with their errors and times", () => {
    const rows = halog("-srv", "-q")
      .trim()
      .split("\n")
      .map((row) => row.split(" "));
    const found = rows
      .filter(([name]) => name !== "#srv_name")
      .map(([name, , , , , , , requests]) => [name, requests]);
    expect(found.length).toBeGreaterThan(0);
    expect(rows.some(([name]) => name === "static/s1")).toBe(true);
    expect(rows.some(([name]) => name === "static/s2")).toBe(true);
  });

  test("requests by address", () => {
    expect(halog("-u", "-q")).toContain(" /a");
  });
});

describe("patterns of other readers match our lines", () => {
  const HAPROXY_LOG_ANALYSIS =
    /^\w+ +\d+ [\d:]+ \S+ \S+\[\d+\]: (?<ip>[a-fA-F\d.:]+):(?<port>\d+) \[(?<date>\S+)\] (?<fe>\S+) (?<be>\S+)\/(?<srv>\S+) (?<tq>-?\d+)\/(?<tw>-?\d+)\/(?<tc>-?\d+)\/(?<tr>-?\d+)\/(?<tt>\+?\d+) (?<status>-?\d+) (?<bytes>\+?\d+) (?<cookies>\S+ \S+ \S{4}) (?<conns>\d+\/\d+\/\d+\/\d+\/\+?\d+) (?<queues>\d+\/\d+) (?:\{.*\} )?"(?<request>.*)"$/;

  test.each(LINES)("the regular expression of haproxy-log-analysis matches %s", (line) => {
    expect(line).toMatch(HAPROXY_LOG_ANALYSIS);
  });

  test("fail2ban finds who was refused", () => {
    const refused = logged(
      exampleRecord({
        status: 401,
        requestMs: -1,
        queueMs: -1,
        connectMs: -1,
        responseMs: -1,
        totalMs: 0,
        serverName: "",
        isPartial: true,
        requestLineEnd: 0,
      }),
    );
    expect(refused).toMatch(
      /haproxy\[\d+\]: 10\.0\.1\.2(?::\d+)?\s+.*<NOSRV> -1\/-1\/-1\/-1\/\+*\d* 401/,
    );
  });
});
