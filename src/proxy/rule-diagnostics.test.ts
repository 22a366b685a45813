import { afterEach, describe, expect, test } from "bun:test";
import { Severity } from "../config/diagnostic.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { readText } from "../config/testing.ts";
import { type CommandLine, parseCommandLine } from "../process/command-line.ts";
import { compile, type Plan } from "../process/compile.ts";
import { Messages } from "../process/messages.ts";
import { LANGUAGE } from "../process/registry.ts";

let plans: Plan[] = [];

afterEach(() => {
  for (const plan of plans) plan.engine.loop.close();
  plans = [];
});

/** What is said of lines of a frontend `f` and a backend `b`. */
function said(mode: string, frontend: readonly string[], backend: readonly string[] = []) {
  const text =
    `defaults\nmode ${mode}\ntimeout client 1s\ntimeout connect 1s\ntimeout server 1s\n` +
    `frontend f\nbind 127.0.0.1:1\n${frontend.join("\n")}\ndefault_backend b\n` +
    `backend b\n${backend.join("\n")}\nserver s 127.0.0.1:2\n`;
  const { draft, diagnostics: read } = readText(text, {}, LANGUAGE);
  const diagnostics = new Diagnostics();
  const commandLine = parseCommandLine(["-f", "none"]) as CommandLine;
  const messages = new Messages(1, "v", "p");
  messages.isQuiet = true;
  plans.push(compile(draft, { commandLine, diagnostics, messages }));
  const all = [...read.list, ...diagnostics.list].filter(({ at }) => at !== undefined);
  return all.map(({ severity, message, at }) => ({
    isError: severity === Severity.ALERT,
    text: message,
    line: at!.line,
  }));
}

interface Row {
  readonly mode?: string;
  readonly frontend?: readonly string[];
  readonly backend?: readonly string[];
  /** A part of the one thing that is said; "" for nothing. */
  readonly error?: string;
  readonly warning?: string;
}

const CAPTURES: readonly Row[] = [
  {
    frontend: ["http-request capture path"],
    error: "expects <sample> 'len <length>' or 'id <id>'.",
  },
  {
    frontend: ["http-request capture path size 3"],
    error: "'len <length>' or 'id <id>', but got 'size'.",
  },
  { frontend: ["http-request capture path len"], error: "expects <length>" },
  { frontend: ["http-request capture path len 0"], error: "<length> must be between 1" },
  { frontend: ["http-request capture path len x"], error: "expects an integer for <length>" },
  { frontend: ["http-request capture path id -1"], error: "<id> must be between 0" },
  { frontend: ["http-request capture path len 3 foo"], error: "expects 'if' or 'unless'" },
  { frontend: ["http-request capture path id 0"], error: "unable to find capture id '0'" },
  {
    frontend: ["declare capture request len 3", "http-request capture path id 1"],
    error: "unable to find capture id '1' referenced by http-request capture rule.",
  },
  {
    frontend: ["declare capture request len 3", "http-response capture status id 0"],
    error: "unable to find capture id '0' referenced by http-response capture rule.",
  },
  { frontend: ["declare capture response len 3", "http-response capture status id 0"] },
  { frontend: ["http-request capture path len 3", "http-request capture path id 0"] },
  { frontend: ["http-response capture status len 3"], error: "but got 'len'." },
  { frontend: ["http-request capture status len 3"], error: "HTTP response headers" },
  { backend: ["http-request capture path len 3"], error: "proxy 'b' has no frontend capability" },
  { backend: ["http-request capture path id 3", "http-response capture status id 3"] },
  {
    backend: ["tcp-request content capture src len 3"],
    error: "proxy 'b' has no frontend capability",
  },
  { frontend: ["tcp-request content capture src id 0"], error: "but got 'id'." },
  { frontend: ["tcp-request session capture src len 9"], error: "but got 'capture'." },
  { frontend: ["declare capture both len 3"], error: "'request' or 'response' for <side>" },
  { frontend: ["declare capture request size 3"], error: "expects 'len'" },
  { frontend: ["declare capture request len 0"], error: "<length> must be between 1" },
  { backend: ["declare capture request len 3"], warning: "has no frontend capability" },
  {
    mode: "tcp",
    frontend: ["tcp-request content capture req.len len 3"],
    warning: "nothing waits for it",
  },
  { mode: "tcp", frontend: ["tcp-request content capture src len 30"] },
  {
    mode: "tcp",
    frontend: ["tcp-request inspect-delay 1s", "tcp-request content capture req.len len 3"],
  },
  { frontend: ["http-request set-header x %[src,capture-req]"], error: "expects <id>" },
  { frontend: ["http-request set-header x %[src,capture-res(-1)]"], error: "<id> must be" },
];

const ADDRESSES: readonly Row[] = [
  { frontend: ["http-request set-src"], error: "expects <expr>" },
  { frontend: ["http-request set-src nosuch"], error: "unknown fetch method 'nosuch'" },
  { frontend: ["http-request set-src always_true"], error: "'set-src' needs an address" },
  { frontend: ["http-request set-src src foo"], error: "expects 'if' or 'unless'" },
  { frontend: ["http-request set-src req.hdr(x)", "http-request set-dst int(5) if TRUE"] },
  { frontend: ["http-request set-src-port req.hdr(x)", "http-request set-dst-port int(80)"] },
  { backend: ["tcp-request content set-dst dst,ipmask(24)", "http-request set-src src"] },
  { frontend: ["tcp-request connection set-src src", "tcp-request session set-dst-port int(5)"] },
  { frontend: ["tcp-request connection set-src req.hdr(x)"], error: "HTTP request headers" },
  { frontend: ["http-response set-src src"], error: "but got 'set-src'." },
  { backend: ["http-after-response set-dst src"], error: "but got 'set-dst'." },
];

const HEADERS: readonly Row[] = [
  { frontend: ["tcp-request connection expect-proxy"], error: "expects <layer>" },
  { frontend: ["tcp-request connection expect-proxy layer5"], error: "expects 'layer4'" },
  { frontend: ["tcp-request connection expect-proxy layer4 a"], error: "expects 'if' or 'unless'" },
  { frontend: ["tcp-request connection expect-netscaler-cip"], error: "expects <layer>" },
  { frontend: ["tcp-request session expect-proxy layer4"], error: "but got 'expect-proxy'." },
  { frontend: ["tcp-request content expect-netscaler-cip layer4"], error: "but got 'expect-net" },
  {
    frontend: [
      "tcp-request connection expect-netscaler-cip layer4 if { src 192.0.2.1 }",
      "tcp-request connection expect-proxy layer4 unless { src 192.0.2.0/24 }",
    ],
  },
];

const RESPONSES: readonly Row[] = [
  { backend: ["tcp-response content foo"], error: "but got 'foo'." },
  { backend: ["tcp-response content"], error: "expects an action" },
  { backend: ["tcp-response content accept foo"], error: "expects 'if' or 'unless'" },
  { backend: ["tcp-response content set-src src"], error: "but got 'set-src'." },
  { backend: ["tcp-response inspect-delay"], error: "expects <timeout>" },
  { backend: ["tcp-response inspect-delay x"], error: "<timeout>" },
  { frontend: ["tcp-response content accept"], warning: "has no backend capability" },
  { frontend: ["tcp-response inspect-delay 1s"], warning: "has no backend capability" },
  {
    backend: ["tcp-response content reject", "tcp-response content accept"],
    warning: "never reached",
  },
  {
    backend: [
      "tcp-response inspect-delay 1s",
      "tcp-response content close if { res.len ge 5 }",
      "tcp-response content set-var(res.a) res.payload(0,4)",
      "tcp-response content set-var-fmt(txn.b) %[res.len]",
      "tcp-response content unset-var(txn.b)",
      "tcp-response content set-log-level notice",
      "tcp-response content silent-drop if { status 500 }",
      "tcp-response content reject if { res.hdr(x) -m found }",
      "tcp-response content accept",
    ],
  },
  { mode: "tcp", backend: ["tcp-response content reject unless { res.len 5 }"] },
];

function check(rows: readonly Row[]): void {
  for (const { mode = "http", frontend = [], backend = [], error, warning } of rows) {
    const about = [...frontend, ...backend].join("; ");
    test(`of "${about}" in mode ${mode}: ${error ?? warning ?? "nothing"}`, () => {
      const list = said(mode, frontend, backend);
      const wanted = error ?? warning;
      if (wanted === undefined) expect(list).toEqual([]);
      else {
        expect(list).toHaveLength(1);
        expect(list[0]!.text).toContain(wanted);
        expect(list[0]!.isError).toBe(error !== undefined);
        expect(list[0]!.line).toBeGreaterThan(7);
      }
    });
  }
}

describe("what is said of captures", () => check(CAPTURES));
describe("what is said of addresses that rules set", () => check(ADDRESSES));
describe("what is said of rules on the content of responses", () => check(RESPONSES));
describe("what is said of headers that rules expect", () => check(HEADERS));
