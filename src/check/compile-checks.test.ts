import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../balance/algorithm.ts";
import { roundrobin } from "../balance/algorithms/roundrobin.ts";
import { compileBackend } from "../balance/compile-backend.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { readSources } from "../config/read-config.ts";
import { testMemory } from "../state/testing.ts";
import { compileChecks } from "./compile-checks.ts";
import { optionHttpchk } from "./keywords/httpchk.ts";
import { optionLogHealthChecks } from "./keywords/log-health-checks.ts";
import * as serverOptions from "./keywords/server-options.ts";
import { maxSpreadChecks, spreadChecks } from "./keywords/spread.ts";
import { httpchk } from "./probes/httpchk.ts";
import { TCP_PLAN, tcp } from "./probes/tcp.ts";
import { CHECK_TUNING } from "./tuning-part.ts";

function compile(
  lines: readonly string[],
  surroundings = { connectTimeoutMs: 0, checkTimeoutMs: 0 },
) {
  const diagnostics = new Diagnostics();
  const config = readSources(
    [{ path: "t.cfg", lines: ["backend b", ...lines], isWhole: true }],
    {
      language: {
        keywords: [optionHttpchk, optionLogHealthChecks, spreadChecks, maxSpreadChecks],
        serverOptions: Object.values(serverOptions),
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
  );
  const checks = compileChecks(draft, backend, surroundings, {
    diagnostics,
    probes: [httpchk, tcp],
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
    { lines: ["server s1 127.0.0.1:80 rise 0"], message: /'rise' : <count> must be between 1/ },
    { lines: ["server s1 127.0.0.1:80 inter 0"], message: /'inter' : timer underflow/ },
    { lines: ["server s1 127.0.0.1:80 port 99999"], message: /'port' : <port> must be between/ },
    { lines: ["server s1 127.0.0.1:80 addr fd@3"], message: /'addr' : invalid address: a file/ },
  ] as { lines: string[]; message: string | RegExp }[])("refuses $lines", ({ lines, message }) => {
    const { messages } = compile(lines);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  });

  test("takes the spread of checks from the global section", () => {
    const { config, messages } = compile(["global", "spread-checks 20", "max-spread-checks 3s"]);
    expect(messages).toEqual([]);
    expect(config.global.part(CHECK_TUNING)).toEqual({ spreadPercent: 20, firstSpreadMaxMs: 3000 });
  });
});
