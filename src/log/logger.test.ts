import { describe, expect, test } from "bun:test";
import { SocketAddress } from "../sys/socket-address.ts";
import { BuiltInFormat } from "./built-in-formats.ts";
import { LogEnvironment } from "./environment.ts";
import { compileFormat, type LogFormat } from "./format.ts";
import { LogLevel } from "./level.ts";
import { hasErred, LogContext, Logger, type LoggerSettings } from "./logger.ts";
import { type LogTarget, SyslogFormat } from "./target.ts";
import { ALL_FIELDS, exampleRecord, withRequestLine } from "./testing.ts";

const compiled = (text: string) => compileFormat(text, ALL_FIELDS) as LogFormat;

const SETTINGS: LoggerSettings = {
  targets: [],
  tag: "sluice",
  hostName: undefined,
  format: compiled(BuiltInFormat.HTTP),
  structuredData: null,
  errorFormat: null,
  isHttp: true,
  isAsSoonAsPossible: false,
  skipsNull: false,
  skipsNormal: false,
  separatesErrors: false,
};

const TARGET: LogTarget = {
  destination: { kind: "descriptor", fd: 1 },
  sizeMax: 1024,
  format: undefined,
  facility: 16,
  levelMax: 7,
  levelMin: 0,
  sample: undefined,
};

const DATE = new Date(2026, 10, 1, 7, 9, 3, 45).getTime();
const ZONE = new LogEnvironment(1, "").dates.isoZone.of(Math.floor(DATE / 1000));

/** A logger whose lines land in an array. */
function collect(settings: Partial<LoggerSettings>, refuses = false) {
  const lines: string[] = [];
  const dropped = { count: 0 };
  const sinks = {
    open: () => ({
      send(from: { bytes: Uint8Array }, offset: number, size: number) {
        if (refuses) return -11;
        lines.push(Buffer.from(from.bytes.slice(offset, offset + size)).toString("latin1"));
        return size;
      },
      flush() {},
    }),
    countDropped: (count: number) => {
      dropped.count += count;
    },
    flush() {},
  };
  const context = new LogContext(new LogEnvironment(42, "edge"), sinks, () => DATE);
  return { logger: new Logger({ ...SETTINGS, ...settings }, context), lines, dropped };
}

describe("the header of each format", () => {
  test.each([
    { format: undefined, header: "<134>Nov  1 07:09:03 sluice[42]: " },
    { format: SyslogFormat.RFC3164, header: "<134>Nov  1 07:09:03 localhost sluice[42]: " },
    {
      format: SyslogFormat.RFC5424,
      header: `<134>1 2026-11-01T07:09:03.045000${ZONE} - sluice 42 - - `,
    },
    { format: SyslogFormat.PRIORITY, header: "<134>" },
    { format: SyslogFormat.SHORT, header: "<6>" },
    { format: SyslogFormat.TIMED, header: `<6>2026-11-01T07:09:03.045000${ZONE} ` },
    { format: SyslogFormat.ISO, header: `2026-11-01T07:09:03.045000${ZONE} ` },
    { format: SyslogFormat.RAW, header: "" },
  ])("$format", ({ format, header }) => {
    const { logger, lines } = collect({ targets: [{ ...TARGET, format }] });
    logger.message(LogLevel.INFO, "hello");
    expect(lines).toEqual([`${header}hello\n`]);
  });

  test("needs what any of its lines tells, and nothing without a target", () => {
    const texts = ["%ci", "%bi", "%bp", "%fi", "%fp"];
    const needs = ({ needsSource, needsDestination }: Logger) => [needsSource, needsDestination];
    for (const [place, others] of [
      ["format", {}],
      ["structuredData", { format: compiled("%ci") }],
      ["errorFormat", { format: compiled("%ci") }],
    ] as const) {
      const loggers = texts.map((text) => {
        const settings = { ...others, [place]: compiled(text) };
        return [settings, { ...settings, targets: [TARGET] }].map((all) => collect(all).logger);
      });
      expect(loggers.map(([, logger]) => needs(logger!))).toEqual([
        [false, false],
        [true, false],
        [true, false],
        [false, true],
        [false, true],
      ]);
      for (const [silent] of loggers) expect(needs(silent!)).toEqual([false, false]);
    }
  });

  test("log-send-hostname names the host and changes the default format", () => {
    const { logger, lines } = collect({ targets: [TARGET], hostName: "lb1" });
    logger.message(LogLevel.INFO, "hello");
    expect(lines).toEqual(["<134>Nov  1 07:09:03 lb1 sluice[42]: hello\n"]);
  });

  test("structured data stands between the header and the message of RFC 5424 only", () => {
    const structuredData = compiled('[id@1 host="%b"]');
    const targets = [
      { ...TARGET, format: SyslogFormat.RFC5424 },
      { ...TARGET, format: SyslogFormat.RAW },
    ];
    const { logger, lines } = collect({ targets, structuredData, format: compiled("%s") });
    logger.log(exampleRecord());
    expect(lines).toEqual([
      `<134>1 2026-11-01T07:09:03.045000${ZONE} - sluice 42 - [id@1 host="static"] srv1\n`,
      "srv1\n",
    ]);
  });
});

describe("targets", () => {
  test("the line is cut at the target's length, its line end left out, and whole for the next", () => {
    const targets = [
      { ...TARGET, sizeMax: 80 },
      { ...TARGET, sizeMax: 90, format: SyslogFormat.RAW },
      TARGET,
    ];
    const { logger, lines } = collect({ targets });
    logger.log(withRequestLine(exampleRecord(), "GET / HTTP/1.1"));

    expect(lines.map((line) => line.length)).toEqual([81, 91, lines[2]!.length]);
    expect(lines.every((line) => line.indexOf("\n") === line.length - 1)).toBe(true);
    expect(lines[2]).toEndWith('0/0 "GET / HTTP/1.1"\n');
  });

  test.each([
    { levelMax: 7, levelMin: 0, level: 6, sent: "<6>" },
    { levelMax: 5, levelMin: 0, level: 6, sent: "" },
    { levelMax: 5, levelMin: 0, level: 5, sent: "<5>" },
    { levelMax: 7, levelMin: 4, level: 1, sent: "<4>" },
    { levelMax: 7, levelMin: 4, level: 6, sent: "<6>" },
  ])(
    "level $level within $levelMax and $levelMin is sent as $sent",
    ({ levelMax, levelMin, level, sent }) => {
      const { logger, lines } = collect({
        targets: [{ ...TARGET, format: SyslogFormat.SHORT, levelMax, levelMin }],
      });
      logger.message(level as LogLevel, "x");
      expect(lines.join("")).toBe(sent === "" ? "" : `${sent}x\n`);
    },
  );

  test("a sample takes its share of the lines", () => {
    const sample = {
      ranges: [
        [1, 1],
        [3, 4],
      ] as const,
      size: 5,
    };
    const { logger, lines } = collect({
      targets: [{ ...TARGET, format: SyslogFormat.RAW, sample }],
    });
    for (let line = 1; line <= 7; line++) logger.message(LogLevel.INFO, String(line));
    expect(lines).toEqual(["1\n", "3\n", "4\n", "6\n"]);
  });

  test("what the system refuses is counted", () => {
    const { logger, dropped } = collect({ targets: [TARGET, TARGET] }, true);
    logger.message(LogLevel.INFO, "x");
    expect(dropped.count).toBe(2);
  });
});

describe("log()", () => {
  const raw = [{ ...TARGET, format: SyslogFormat.SHORT }];
  const code = (letter: string) => letter.charCodeAt(0);

  test.each([
    { record: {}, erred: false, because: "a status of 200" },
    { record: { status: 404 }, erred: false, because: "the client's own error" },
    { record: { status: 503 }, erred: true, because: "a status of 5xx" },
    { record: { retries: 1 }, erred: true, because: "a retry" },
    { record: { isRedispatched: true }, erred: true, because: "a redispatch" },
    { record: { terminationCause: code("s") }, erred: true, because: "a timeout" },
    {
      record: { terminationCause: code("L") },
      erred: false,
      because: "answered locally, as configured",
    },
  ])("hasErred() is $erred for $because", ({ record, erred }) => {
    expect(hasErred(exampleRecord(record))).toBe(erred);

    const separate = collect({ targets: raw, separatesErrors: true, format: compiled("x") });
    separate.logger.log(exampleRecord(record));
    expect(separate.lines).toEqual([erred ? "<3>x\n" : "<6>x\n"]);

    const abnormal = collect({ targets: raw, skipsNormal: true, format: compiled("x") });
    abnormal.logger.log(exampleRecord(record));
    expect(abnormal.lines).toEqual(erred ? ["<6>x\n"] : []);
  });

  test.each([
    { isHttp: true, bytesIn: 0, bytesOut: 187, logged: 0, because: "only our 408 went out" },
    { isHttp: true, bytesIn: 5, bytesOut: 0, logged: 1, because: "the client sent something" },
    { isHttp: false, bytesIn: 0, bytesOut: 0, logged: 0, because: "nothing was exchanged" },
    { isHttp: false, bytesIn: 0, bytesOut: 20, logged: 0, because: "only the server spoke" },
  ])("dontlognull: $because", ({ isHttp, bytesIn, bytesOut, logged }) => {
    const { logger, lines } = collect({ targets: raw, skipsNull: true, isHttp });
    logger.log(exampleRecord({ bytesIn, bytesOut }));
    expect(lines).toHaveLength(logged);
  });

  test("dontlognull keeps early lines: nobody knows what will be exchanged", () => {
    const { logger, lines } = collect({ targets: raw, skipsNull: true });
    logger.log(exampleRecord({ bytesIn: 0, bytesOut: 0 }), true);
    expect(lines).toHaveLength(1);
  });

  test("numbers the lines of its proxy", () => {
    const { logger, lines } = collect({ targets: raw, format: compiled("%lc") });
    const record = exampleRecord();
    logger.log(record);
    logger.log(record);
    expect(lines).toEqual(["<6>0\n", "<6>1\n"]);
  });
});

test("the default format announces the connection and says nothing at the end", () => {
  const { logger, lines } = collect({
    targets: [{ ...TARGET, format: SyslogFormat.RAW }],
    format: null,
  });
  const record = exampleRecord({ frontendName: "www" });
  logger.log(record);
  logger.logConnect(record);
  logger.logConnect(
    exampleRecord({
      frontendName: "www",
      client: SocketAddress.fromPath("", false),
      listener: SocketAddress.fromPath("", false),
    }),
  );

  expect(logger.logsConnects).toBe(true);
  expect(lines).toEqual([
    "Connect from 10.0.1.2:33317 to 10.0.3.31:80 (www/HTTP)\n",
    "Connect to unix:1 (www/HTTP)\n",
  ]);
});

test("logRefused() writes the short line of a failed handshake", () => {
  const { logger, lines } = collect({ targets: [{ ...TARGET, format: SyslogFormat.RAW }] });
  logger.logRefused(exampleRecord({ listenerName: "px" }), "Connection error during SSL handshake");
  expect(lines).toEqual([
    "10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in/px: Connection error during SSL handshake\n",
  ]);
});
