import { describe, expect, test } from "bun:test";
import { type Args, REFUSED, type Values } from "../config/arg.ts";
import { Severity } from "../config/diagnostic.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { SectionDraft, type SectionKind } from "../config/draft.ts";
import type { Keyword } from "../config/keyword.ts";
import { madeWord } from "../config/word.ts";
import { WordReader } from "../config/word-reader.ts";
import { compileLoggerSettings } from "./compile-logger.ts";
import { log } from "./keywords/log.ts";
import * as formats from "./keywords/log-format.ts";
import * as options from "./keywords/log-options.ts";
import { logSendHostname } from "./keywords/log-send-hostname.ts";
import { logTag } from "./keywords/log-tag.ts";
import { destinationText } from "./syslog-header.ts";
import { ALL_FIELDS } from "./testing.ts";

const KEYWORDS = [
  log,
  logTag,
  logSendHostname,
  ...Object.values(formats),
  ...Object.values(options),
] as unknown as Keyword[];

/** Applies lines to sections: `global` first, then the section, which may inherit. */
function read(
  lines: { global?: string[]; defaults?: string[]; own: string[] },
  kind: SectionKind = "frontend",
) {
  const diagnostics = new Diagnostics();
  const global = new SectionDraft("global", madeWord(""), madeWord("global"));
  const defaults = new SectionDraft("defaults", madeWord(""), madeWord("defaults"));
  for (const line of lines.global ?? []) apply(global, line, diagnostics);
  for (const line of lines.defaults ?? []) apply(defaults, line, diagnostics);
  const own = new SectionDraft(kind, madeWord("web"), madeWord(kind), defaults);
  for (const line of lines.own) apply(own, line, diagnostics);
  const compile = (isHttp = true) =>
    compileLoggerSettings(
      own,
      isHttp,
      {
        global,
        fields: ALL_FIELDS,
        programName: "haproxy",
        systemHostName: "edge",
        compileExpression: () => () => "no expressions here",
      },
      diagnostics,
    );
  const messages = () =>
    diagnostics.list.map(
      ({ severity, message }) => `${severity === Severity.ALERT ? "ALERT" : "WARNING"}: ${message}`,
    );
  return { compile, messages };
}

function apply(draft: SectionDraft, line: string, diagnostics: Diagnostics): void {
  const isNegated = line.startsWith("no ");
  const text = isNegated ? line.slice(3) : line;
  const keyword = KEYWORDS.find(({ name }) => text === name || text.startsWith(`${name} `))!;
  const at = madeWord(keyword.name);
  if (isNegated) {
    const behind = text.slice(keyword.name.length).trim();
    keyword.disable!(draft, at, diagnostics, behind === "" ? [] : [madeWord(behind)]);
    return;
  }
  const rest = text.slice(keyword.name.length).trim();
  const words = (rest === "" ? [] : rest.split(" ")).map((word) => madeWord(word));
  const reader = new WordReader(words, 0, at, keyword.name);
  const values = keyword.args.map((arg) => arg.read(reader, diagnostics));
  if (!values.includes(REFUSED)) keyword.apply(draft, values as Values<Args>, at, diagnostics);
}

describe("log", () => {
  test.each([
    { line: "log 127.0.0.1 local0", target: "127.0.0.1:514 1024 undefined 16 7 0" },
    { line: "log 127.0.0.1:5140 local7 notice", target: "127.0.0.1:5140 1024 undefined 23 5 0" },
    { line: "log 127.0.0.1 daemon debug warning", target: "127.0.0.1:514 1024 undefined 3 7 4" },
    { line: "log ::1: local0", target: "[::1]:514 1024 undefined 16 7 0" },
    { line: "log [::1]:99 local0", target: "[::1]:99 1024 undefined 16 7 0" },
    { line: "log udp@127.0.0.1:99 local0", target: "127.0.0.1:99 1024 undefined 16 7 0" },
    { line: "log localhost local0", target: "127.0.0.1:514 1024 undefined 16 7 0" },
    { line: "log /dev/log local0", target: "/dev/log 1024 undefined 16 7 0" },
    { line: "log stdout format raw local0", target: "fd@1 1024 raw 16 7 0" },
    { line: "log stderr len 80 format rfc5424 kern", target: "fd@2 80 rfc5424 0 7 0" },
    { line: "log abns@sink local0", target: "sink 1024 undefined 16 7 0" },
    { line: "log fd@7 local1", target: "fd@7 1024 undefined 17 7 0" },
  ])("$line", ({ line, target }) => {
    const { compile, messages } = read({ own: [line] });
    const [made] = compile().targets;
    expect(messages()).toEqual([]);
    const { destination, sizeMax, format, facility, levelMax, levelMin } = made!;
    expect(
      [destinationText(destination), sizeMax, format, facility, levelMax, levelMin].join(" "),
    ).toBe(target.replace("undefined", ""));
  });

  test("log reads a sample", () => {
    const { compile } = read({ own: ["log 127.0.0.1 sample 1,3-4:10 local0"] });
    expect(compile().targets[0]!.sample).toEqual({
      ranges: [
        [1, 1],
        [3, 4],
      ],
      size: 10,
    });
  });

  test.each([
    {
      line: "log 127.0.0.1",
      message: "log : expects <address> and <facility> or global as arguments",
    },
    { line: "log", message: "log : expects <address> and <facility> or global as arguments" },
    { line: "log 127.0.0.1 local9", message: "log : unknown log facility 'local9'" },
    { line: "log 127.0.0.1 format xx local0", message: "log : unknown log format 'xx'" },
    {
      line: "log 127.0.0.1 len 10 local0",
      message: "log : invalid log length '10', must be between 80 and 65535",
    },
    { line: "log 127.0.0.1 local0 xx", message: "log : unknown optional log level 'xx'" },
    {
      line: "log 127.0.0.1 local0 info xx",
      message: "log : unknown optional minimum log level 'xx'",
    },
    {
      line: "log 127.0.0.1 local0 info info x",
      message: "log : cannot handle unexpected argument 'x'",
    },
    { line: "log 127.0.0.1:99999 local0", message: "log : invalid port '99999'" },
    {
      line: "log no.such.host.invalid local0",
      message: "log : invalid address: 'no.such.host.invalid' in 'no.such.host.invalid'",
    },
    { line: "log tcp@a:1 local0", message: "log : addresses of the form 'tcp@' are not built yet" },
    {
      line: "log 127.0.0.1 sample 3:2 local0",
      message:
        "log : sample size 2 should be greater or equal to 3 the maximum of the high ranges limits",
    },
    { line: "log 127.0.0.1 sample 0:2 local0", message: "log : wrong sample range '0-0'" },
    { line: "log 127.0.0.1 sample 4-2:5 local0", message: "log : wrong sample range '4-2'" },
    { line: "log 127.0.0.1 sample 2,1-2:5 local0", message: "log : ranges are overlapping" },
    { line: "log 127.0.0.1 sample 1 local0", message: "log : invalid sample '1'" },
    { line: "log 127.0.0.1 len 80 len 90 local0", message: "log : 'len' is there twice" },
    {
      line: "log 127.0.0.1:5-6 local0",
      message: "log : port range not permitted here in '127.0.0.1:5-6'",
    },
    {
      line: "log fd@x local0",
      message: "log : file descriptor 'x' is not a valid integer in 'fd@x'",
    },
    { line: "no log global", message: "log : 'no log' does not expect arguments" },
  ])("$line is refused: $message", ({ line, message }) => {
    expect(read({ own: [line] }).messages()).toEqual([`ALERT: ${message}`]);
  });

  test("log global stands for the targets of the global section, in its place", () => {
    const { compile } = read({
      global: ["log 127.0.0.1 local0", "log /dev/log local1"],
      defaults: ["log global"],
      own: ["log stdout format raw local2"],
    });
    expect(compile().targets.map(({ facility }) => facility)).toEqual([16, 17, 18]);
  });

  test("no log forgets what was inherited", () => {
    const { compile } = read({ defaults: ["log stdout local0"], own: ["no log"] });
    expect(compile().targets).toEqual([]);
    expect(read({ global: ["log global"], own: [] }).messages()).toEqual([
      "ALERT: log : 'global' is not supported for a global syslog server",
    ]);
  });
});

describe("tags and host names", () => {
  test("the nearest tag counts", () => {
    expect(read({ own: [] }).compile().tag).toBe("haproxy");
    expect(read({ global: ["log-tag lb"], own: [] }).compile().tag).toBe("lb");
    expect(read({ global: ["log-tag lb"], own: ["log-tag web"] }).compile().tag).toBe("web");
  });

  test("log-send-hostname sends the system's name, or another one", () => {
    expect(read({ own: [] }).compile().hostName).toBeUndefined();
    expect(read({ global: ["log-send-hostname"], own: [] }).compile().hostName).toBe("edge");
    expect(read({ global: ["log-send-hostname me"], own: [] }).compile().hostName).toBe("me");
  });
});

describe("formats", () => {
  test("without one, connections are announced", () => {
    expect(read({ own: [] }).compile().format).toBeNull();
    expect(read({ own: ["option httplog"] }).compile().format).not.toBeNull();
  });

  test("a TCP proxy falls back to the TCP format", () => {
    const { compile, messages } = read({ own: ["option httplog", "log stdout local0"] });
    expect(compile(false).format!.httpOnlyField).toBeUndefined();
    expect(messages()).toEqual([
      "WARNING: 'option httplog' not usable with frontend 'web' (needs 'mode http'). Falling back to 'option tcplog'.",
    ]);
  });

  test.each([
    {
      line: "log-format %HM",
      isHttp: false,
      message: "failed to parse log-format : format variable 'HM' is reserved for HTTP mode.",
    },
    {
      line: "log-format-sd %HM",
      isHttp: false,
      message: "failed to parse log-format-sd : format variable 'HM' is reserved for HTTP mode.",
    },
    {
      line: "error-log-format %HM",
      isHttp: false,
      message: "failed to parse error-log-format : format variable 'HM' is reserved for HTTP mode.",
    },
    {
      line: "log-format %ci%",
      isHttp: true,
      message: "failed to parse log-format : truncated line after '%'.",
    },
    {
      line: "log-format %[src]",
      isHttp: true,
      message: "failed to parse log-format : no expressions here",
    },
  ])("$line is refused", ({ line, isHttp, message }) => {
    const { compile, messages } = read({ own: [line, "log stdout local0"] });
    compile(isHttp);
    expect(messages()).toEqual([`ALERT: ${message}`]);
  });

  test.each([
    { own: ["option httplog"], warned: true, because: "nothing to log to" },
    { own: ["log global", "log-format-sd %ci"], warned: true, because: "global has no targets" },
    { own: ["option httplog", "log stdout local0"], warned: false, because: "there is a target" },
    { own: ["error-log-format %ci"], warned: false, because: "as in the reference" },
  ])("a format earns a warning: $warned, $because", ({ own, warned }) => {
    const { compile, messages } = read({ own: [...own] });
    compile();
    expect(messages()).toEqual(
      warned ? ["WARNING: log format ignored for proxy 'web' since it has no log address."] : [],
    );
  });

  test("a second format in a section earns a warning, one that replaces the defaults' does not", () => {
    expect(read({ own: ["option httplog", "option tcplog"] }).messages()).toEqual([
      "WARNING: 'option tcplog' overrides previous 'option httplog' in 'frontend' section.",
    ]);
    expect(read({ defaults: ["option httplog"], own: ["option tcplog"] }).messages()).toEqual([]);
  });

  test("backends have none, and say so", () => {
    const { messages } = read({ own: ["option httplog", "option dontlognull"] }, "backend");
    expect(messages()).toEqual([
      "WARNING: backend 'web' : 'option httplog' directive is ignored in backends.",
      "WARNING: 'dontlognull' ignored because backend 'web' has no frontend capability.",
    ]);
  });
});

test("options are set, inherited and taken back", () => {
  const all = [
    "option dontlognull",
    "option dontlog-normal",
    "option logasap",
    "option log-separate-errors",
  ];
  const set = read({ defaults: all, own: [] }).compile();
  const unset = read({ defaults: all, own: all.map((line) => `no ${line}`) }).compile();
  const flags = ({ skipsNull, skipsNormal, isAsSoonAsPossible, separatesErrors }: typeof set) => [
    skipsNull,
    skipsNormal,
    isAsSoonAsPossible,
    separatesErrors,
  ];
  expect(flags(set)).toEqual([true, true, true, true]);
  expect(flags(unset)).toEqual([false, false, false, false]);
});
