import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../config/diagnostics.ts";
import { readSources } from "../config/read-config.ts";
import { testMemory } from "../state/testing.ts";
import type { Algorithm } from "./algorithm.ts";
import { roundrobin } from "./algorithms/roundrobin.ts";
import { compileBackend } from "./compile-backend.ts";
import * as balance from "./keywords/balance.ts";
import * as direct from "./keywords/direct.ts";

/** A section with these lines behind `defaults`, and what is told of it. */
function compile(lines: readonly string[], defaults: readonly string[] = []) {
  const diagnostics = new Diagnostics();
  const text = ["defaults", ...defaults, "backend b", ...lines];
  const config = readSources(
    [{ path: "t.cfg", lines: text, isWhole: true }],
    {
      language: {
        keywords: [...Object.values(balance), ...Object.values(direct)],
        serverOptions: [],
        bindOptions: [],
      },
      variables: {},
    },
    diagnostics,
  );
  const section = config.proxies[0]!;
  const compiler = {
    diagnostics,
    algorithms: [roundrobin] as readonly Algorithm[],
    memory: testMemory(),
    clock: { nowMs: 0 },
    listener: { announce: () => {}, endSessions: () => {} },
    lookUpHost: () => undefined,
    serverCount: 10,
  };
  const backend = compileBackend(section, compiler, true, true);
  const messages = diagnostics.list
    .filter(({ at }) => at !== undefined)
    .map(({ message }) => message);
  return { backend, messages };
}

describe("compileDirect()", () => {
  test("numbers the way behind the servers", () => {
    const { backend, messages } = compile(["dispatch 127.0.0.1:80", "server s 127.0.0.1:81"]);
    expect(messages).toEqual([]);
    expect(backend.direct!.number).toBe(11);
    expect(backend.direct!.address.toString()).toBe("127.0.0.1:80");
    expect(backend.servers).toHaveLength(1);
  });

  test.each([
    { defaults: [], lines: [], isDirect: false },
    { defaults: [], lines: ["option transparent"], isDirect: true },
    { defaults: [], lines: ["transparent"], isDirect: true },
    { defaults: ["option transparent"], lines: [], isDirect: true },
    { defaults: ["transparent"], lines: ["no option transparent"], isDirect: false },
    { defaults: ["option transparent"], lines: ["default option transparent"], isDirect: false },
    { defaults: [], lines: ["dispatch /run/app.sock"], isDirect: true },
    { defaults: [], lines: ["dispatch :80"], isDirect: true },
    { defaults: [], lines: ["dispatch 127.0.0.1:1", "dispatch 127.0.0.1:2"], isDirect: true },
  ])("$defaults and $lines: $isDirect", ({ defaults, lines, isDirect }) => {
    const { backend, messages } = compile(lines, defaults);
    expect(messages).toEqual([]);
    expect(backend.direct !== null).toBe(isDirect);
  });

  test.each([
    {
      lines: ["dispatch 127.0.0.1"],
      message: "'dispatch' : missing port specification in '127.0.0.1'",
    },
    {
      lines: ["dispatch 127.0.0.1:0"],
      message: "'dispatch' : invalid port '0' in '127.0.0.1:0'",
    },
    {
      lines: ["dispatch 127.0.0.1:+5"],
      message: "'dispatch' : port offset not permitted here in '127.0.0.1:+5'",
    },
    {
      lines: ["dispatch 127.0.0.1:1-2"],
      message: "'dispatch' : port range not permitted here in '127.0.0.1:1-2'",
    },
    { lines: ["dispatch a:80"], message: "'dispatch' : could not resolve address 'a'." },
    { lines: ["dispatch"], message: "'dispatch' expects <address:port> as argument." },
    {
      lines: ["dispatch 127.0.0.1:1 x"],
      message: "'dispatch' cannot handle unexpected argument 'x'.",
    },
    {
      lines: ["balance roundrobin", "option transparent"],
      message: "proxy 'b' cannot use both transparent and balance mode.",
    },
    {
      lines: ["dispatch 127.0.0.1:1", "balance roundrobin"],
      message: "dispatch address of proxy 'b' will be ignored in balance mode.",
    },
  ])("$lines: $message", ({ lines, message }) => {
    const { backend, messages } = compile(lines);
    expect(messages).toEqual([message]);
    expect(backend.direct).toBeNull();
  });

  test("dispatch is not for defaults", () => {
    expect(compile([], ["dispatch 127.0.0.1:1"]).messages[0]).toContain(
      "'dispatch' not allowed in 'defaults' section.",
    );
  });
});
