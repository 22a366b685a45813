import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../balance/algorithm.ts";
import { roundrobin } from "../balance/algorithms/roundrobin.ts";
import { compileBackend } from "../balance/compile-backend.ts";
import { serverDisabled } from "../balance/keywords/server-options.ts";
import { inheritStates, linkTracks } from "../balance/link-tracks.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { readSources } from "../config/read-config.ts";
import { testMemory } from "../state/testing.ts";
import { type CheckSurroundings, compileChecks } from "./compile-checks.ts";
import * as agentOptions from "./keywords/agent-options.ts";
import { optionHttpchk } from "./keywords/httpchk.ts";
import { optionLogHealthChecks } from "./keywords/log-health-checks.ts";
import * as observeOptions from "./keywords/observe-options.ts";
import * as serverOptions from "./keywords/server-options.ts";
import { maxSpreadChecks, spreadChecks } from "./keywords/spread.ts";
import { httpchk } from "./probes/httpchk.ts";
import { TCP_PLAN, tcp } from "./probes/tcp.ts";
import { TEST_CONTEXT } from "./testing.ts";
import { CHECK_TUNING } from "./tuning-part.ts";

const checkOptions = [serverOptions, agentOptions, observeOptions].flatMap((module) =>
  Object.values(module),
);

function compile(
  lines: readonly string[],
  surroundings: CheckSurroundings = { isHttp: true, connectTimeoutMs: 0, checkTimeoutMs: 0 },
) {
  const diagnostics = new Diagnostics();
  const config = readSources(
    [{ path: "t.cfg", lines: ["backend b", ...lines], isWhole: true }],
    {
      language: {
        keywords: [optionHttpchk, optionLogHealthChecks, spreadChecks, maxSpreadChecks],
        serverOptions: [serverDisabled, ...checkOptions],
        bindOptions: [],
      },
      variables: {},
    },
    diagnostics,
  );
  const draft = config.proxies[0]!;
  const backend = compileBackend(
    draft,
    {
      diagnostics,
      algorithms: [roundrobin as Algorithm],
      memory: testMemory(),
      clock: { nowMs: 0 },
      listener: { announce: () => {}, endSessions: () => {} },
      serverCount: 0,
    },
    true,
    true,
  );
  linkTracks([{ draft, backend }], diagnostics);
  inheritStates([{ draft, backend }]);
  const checks = compileChecks(draft, backend, surroundings, {
    diagnostics,
    probes: [httpchk, tcp],
    context: TEST_CONTEXT,
  });
  const messages = diagnostics.list
    .filter(({ at }) => at !== undefined)
    .map(({ at, message }) => `${at!.line}: ${message}`);
  return { backend, checks, messages, config };
}

describe("compileChecks()", () => {
  test("checks the servers that ask for it, with what their lines say", () => {
    const { backend, checks, messages } = compile([
      "option log-health-checks",
      "default-server inter 1s fastinter 200 rise 4 check",
      "server a 127.0.0.1:80",
      "server b 127.0.0.1:80 no-check",
      "server c 127.0.0.1:80 downinter 5s fall 1 port 81 addr 127.0.0.9",
      "server d 127.0.0.1 port 82",
      "server e unix@/run/e.sock",
    ]);
    expect(messages).toEqual([]);
    expect(backend.logsChecks).toBe(true);
    expect(backend.servers.map((server) => server.check.isConfigured)).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
    const shown = checks.map((check) => [
      check.server.name,
      check.plan === TCP_PLAN,
      check.record.address?.host(),
      check.record.port,
      check.intervalMs,
      check.fastIntervalMs,
      check.downIntervalMs,
      check.server.check.rise,
      check.server.check.fall,
    ]);
    expect(shown).toEqual([
      ["a", true, undefined, 0, 1000, 200, 0, 4, 3],
      ["c", true, "127.0.0.9", 81, 1000, 200, 5000, 4, 1],
      ["d", true, undefined, 82, 1000, 200, 0, 4, 3],
      ["e", true, undefined, 0, 1000, 200, 0, 4, 3],
    ]);
  });

  test.each([
    { connect: 0, check: 0, expected: [2000, 0, false], because: "the interval bounds both" },
    {
      connect: 500,
      check: 0,
      expected: [2000, 0, false],
      because: "timeout connect is for traffic",
    },
    { connect: 500, check: 300, expected: [500, 300, true], because: "the answer has its own" },
    { connect: 9000, check: 300, expected: [2000, 300, true], because: "the least counts" },
  ] as {
    connect: number;
    check: number;
    expected: unknown[];
    because: string;
  }[])("with connect $connect and check $check waits $expected: $because", (row) => {
    const { checks } = compile(["server a 127.0.0.1:80 check"], {
      isHttp: true,
      connectTimeoutMs: row.connect,
      checkTimeoutMs: row.check,
    });
    const { connectTimeoutMs, answerTimeoutMs, hasAnswerTimeout } = checks[0]!;
    expect([connectTimeoutMs, answerTimeoutMs, hasAnswerTimeout] as unknown[]).toEqual(
      row.expected,
    );
  });

  test("sends requests where option httpchk says so", () => {
    const { checks } = compile(["option httpchk", "server a 127.0.0.1:80 check"]);
    expect(checks[0]!.plan).not.toBe(TCP_PLAN);
  });

  test.each([
    {
      lines: ["server s1 127.0.0.1 check"],
      message: "2: config: backend 'b': server 's1' has neither service port nor check port.",
    },
    {
      lines: ["server s1 127.0.0.1:+5 check"],
      message: "2: config: backend 'b': server 's1' has neither service port nor check port.",
    },
    {
      lines: ["server s1 127.0.0.1:80 agent-check"],
      message:
        "2: 'server b/s1' : server s1 does not have agent port. Agent check has been disabled.",
    },
    { lines: ["server s1 127.0.0.1:80 agent-port 0"], message: /'agent-port' : <port> must be/ },
    { lines: ["server s1 127.0.0.1:80 agent-inter 0"], message: /'agent-inter' : timer underflow/ },
    { lines: ["server s1 127.0.0.1:80 agent-inter 5x"], message: /unexpected character 'x'/ },
    {
      lines: ["server s1 127.0.0.1:80 agent-addr 127.0.0.1:5"],
      message:
        "2: 'server b/s1' : 'agent-addr' : parsing agent-addr failed. Check if '127.0.0.1:5' is correct address.",
    },
    { lines: ["server s1 127.0.0.1:80 agent-send"], message: /'agent-send' expects <text>/ },
    {
      lines: ["server s1 127.0.0.1:80 observe layer5"],
      message:
        "2: 'server b/s1' : 'observe' : expects 'none', 'layer4' or 'layer7' for <mode>, but got 'layer5'.",
    },
    { lines: ["server s1 127.0.0.1:80 error-limit 0"], message: /<count> must be between 1/ },
    { lines: ["server s1 127.0.0.1:80 on-error panic"], message: /'fail-check', 'sudden-death'/ },
    { lines: ["server s1 127.0.0.1:80 on-marked-down x"], message: /expects 'shutdown-sessions'/ },
    { lines: ["server s1 127.0.0.1:80 on-marked-up x"], message: /'shutdown-backup-sessions'/ },
    { lines: ["server s1 127.0.0.1:80 track"], message: /'track' expects <server> as argument/ },
    {
      lines: ["server s1 127.0.0.1:80 observe layer4"],
      message: "2: 'server b/s1' : 'observe' has no effect without 'check'.",
    },
    { lines: ["server s1 127.0.0.1:80 rise 0"], message: /'rise' : <count> must be between 1/ },
    { lines: ["server s1 127.0.0.1:80 inter 0"], message: /'inter' : timer underflow/ },
    { lines: ["server s1 127.0.0.1:80 port 99999"], message: /'port' : <port> must be between/ },
    { lines: ["server s1 127.0.0.1:80 addr fd@3"], message: /'addr' : invalid address: a file/ },
  ] as { lines: string[]; message: string | RegExp }[])("refuses $lines", ({ lines, message }) => {
    const { messages } = compile(lines);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  });

  test("observes answers of HTTP alone", () => {
    const lines = ["server a 127.0.0.1:80 check observe layer7"];
    const { messages } = compile(lines, { isHttp: false, connectTimeoutMs: 0, checkTimeoutMs: 0 });
    expect(messages).toEqual(["2: 'server b/a' : 'layer7' can only be used in http proxies."]);
  });

  test("asks agents where their lines say, default-server included", () => {
    const { checks, messages } = compile([
      "default-server agent-check agent-port 9 agent-inter 50 agent-send hi addr 127.0.0.8",
      "server a 127.0.0.1:80",
      "server b 127.0.0.1:80 no-agent-check",
      "server c 127.0.0.1:80 agent-addr 127.0.0.9 check agent-port 7 port 8",
    ]);
    expect(messages).toEqual([]);
    const shown = checks.map(({ server, record, intervalMs, pausesInMaintenance }) => [
      server.name,
      record.kind,
      record.address?.host(),
      record.port,
      record.sentText,
      intervalMs,
      pausesInMaintenance,
    ]);
    expect(shown).toEqual([
      ["a", "Agent", "127.0.0.8", 9, "hi", 50, false],
      ["c", "Health", "127.0.0.8", 8, "", 2000, true],
      ["c", "Agent", "127.0.0.9", 7, "hi", 50, false],
    ]);
  });

  test("takes the spread of checks from the global section", () => {
    const { config, messages } = compile(["global", "spread-checks 20", "max-spread-checks 3s"]);
    expect(messages).toEqual([]);
    expect(config.global.part(CHECK_TUNING)).toEqual({
      spreadPercent: 20,
      firstSpreadMaxMs: 3000,
      tellsChecks: true,
    });
  });
});

describe("track", () => {
  test("leads along a chain to the server whose checks decide", () => {
    const { backend, messages } = compile([
      "server a 127.0.0.1:80 track b/b",
      "server b 127.0.0.1:80 track c",
      "server c 127.0.0.1:80 check disabled",
    ]);
    expect(messages).toEqual([]);
    const [a, b, c] = backend.servers;
    expect([a!.tracked, b!.tracked, c!.tracked]).toEqual([b!, c!, null]);
    expect(a!.checkedServer).toBe(c!);
    expect(backend.servers.map(({ state }) => state.administrative.get())).toEqual([2, 2, 5]);
    expect(backend.state.isUp.get()).toBe(0);
  });

  const line = (number: number, path: string, text: string) =>
    `${number}: 'server ${path}' : ${text}`;
  test.each([
    {
      lines: ["server a 127.0.0.1:80 track x"],
      message: line(2, "b/a", "unable to find required server 'x' for tracking."),
    },
    {
      lines: ["server a 127.0.0.1:80 track x/y"],
      message: line(2, "b/a", "unable to find required proxy 'x' for tracking."),
    },
    {
      lines: ["server a 127.0.0.1:80 track a"],
      message: line(
        2,
        "b/a",
        "unable to track b/a as it belongs to a tracking chain looping back to b/a.",
      ),
    },
    {
      lines: ["server a 127.0.0.1:80 track b check", "server b 127.0.0.1:80 check"],
      message: line(2, "b/a", "unable to enable checks and tracking at the same time!"),
    },
    {
      lines: ["server a 127.0.0.1:80 track b", "server b 127.0.0.1:80"],
      message: line(
        2,
        "b/a",
        "unable to use b/b for tracking as it does not have any check nor agent enabled.",
      ),
    },
  ])("refuses $lines", ({ lines, message }) => {
    expect(compile(lines).messages).toEqual([message]);
  });

  test("tells of every server of a loop", () => {
    const { messages } = compile([
      "server a 127.0.0.1:80 track b",
      "server b 127.0.0.1:80 track a",
    ]);
    expect(messages).toHaveLength(2);
    expect(messages[0]).toContain("looping back");
  });
});
