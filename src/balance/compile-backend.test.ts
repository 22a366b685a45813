import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../config/diagnostics.ts";
import { readSources } from "../config/read-config.ts";
import { testMemory } from "../state/testing.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Algorithm } from "./algorithm.ts";
import { leastconn } from "./algorithms/leastconn.ts";
import { roundrobin } from "./algorithms/roundrobin.ts";
import { source } from "./algorithms/source.ts";
import { compileBackend, fullLoadOf } from "./compile-backend.ts";
import * as balance from "./keywords/balance.ts";
import * as limits from "./keywords/limits.ts";
import * as serverOptions from "./keywords/server-options.ts";

const ALGORITHMS = [roundrobin, leastconn, source] as readonly Algorithm[];

function compile(...lines: string[]) {
  const diagnostics = new Diagnostics();
  const config = readSources(
    [{ path: "t.cfg", lines: ["backend b", ...lines], isWhole: true }],
    {
      language: {
        keywords: [...Object.values(balance), ...Object.values(limits)],
        serverOptions: Object.values(serverOptions),
        bindOptions: [],
      },
      variables: {},
    },
    diagnostics,
  );
  const backend = compileBackend(
    config.proxies[0]!,
    {
      diagnostics,
      algorithms: ALGORITHMS,
      memory: testMemory(),
      clock: { nowMs: 0 },
      listener: { announce: () => {}, endSessions: () => {} },
      lookUpHost: (host) => (host === "app" ? SocketAddress.fromHost("10.0.0.9", 0) : undefined),
      serverCount: 10,
    },
    true,
    true,
  );
  const messages = diagnostics.list
    .filter(({ at }) => at !== undefined)
    .map(({ at, message }) => `${at!.line}: ${message}`);
  return { backend, messages };
}

describe("compileBackend()", () => {
  test("takes servers with their options, those of default-server included", () => {
    const { backend, messages } = compile(
      "balance leastconn",
      "fullconn 50",
      "option allbackups",
      "default-server weight 7 maxconn 9",
      "server a 127.0.0.1:80 cookie ca minconn 2",
      "server b app weight 0 backup maxqueue 3",
      "server c [::1]:81 disabled maxconn 0 minconn 5",
    );
    expect(messages).toEqual([]);
    expect([backend.name, backend.algorithm.name, backend.usesAllBackups]).toEqual([
      "b",
      "leastconn",
      true,
    ]);
    expect([backend.mayRedispatch, backend.state.fullLoad.get()]).toEqual([true, 50]);
    const servers = backend.servers.map((server) => [
      server.id,
      server.number,
      server.name,
      server.address.toString(),
      server.hostName,
      server.cookie,
      server.isBackup,
      server.isInMaintenance,
      server.state.userWeight.get(),
      server.state.sessionsLimit.get(),
      server.connectionsMin,
      server.queueMax,
    ]);
    expect(servers).toEqual([
      [1, 10, "a", "127.0.0.1:80", "", "ca", false, false, 7, 9, 2, 0],
      [2, 11, "b", "10.0.0.9:0", "app", "", true, false, 0, 9, 0, 3],
      [3, 12, "c", "[::1]:81", "", "", false, true, 7, 5, 5, 0],
    ]);
  });

  test("numbers servers around those that have an id", () => {
    const { backend } = compile(
      "server a 127.0.0.1:80",
      "server b 127.0.0.1:80 id 1",
      "server c 127.0.0.1:80 id 4",
      "server d 127.0.0.1:80",
      "server e 127.0.0.1:80",
    );
    expect(backend.servers.map((server) => server.id)).toEqual([2, 1, 4, 5, 6]);
  });

  test.each([
    {
      lines: ["server s1 nowhere:80"],
      message: "2: 'server b/s1' : could not resolve address 'nowhere'.",
    },
    {
      lines: ["server s1 127.0.0.1:80", "server s1 127.0.0.1:81"],
      message:
        "3: backend 'b', another server named 's1' was already defined at line 2, please use distinct names.",
    },
    {
      lines: ["server s1 127.0.0.1:80 id 3", "server s2 127.0.0.1:80 id 3"],
      message: "3: 'server b/s2' : 'id' : custom id 3 already used at t.cfg:2 ('server s1').",
    },
    {
      lines: ["balance foo"],
      message: "2: balance only supports 'leastconn', 'roundrobin', 'source', but got 'foo'.",
    },
    {
      lines: ["balance source x"],
      message: "2: 'balance source' cannot handle unexpected argument 'x'.",
    },
    { lines: ["server s1 127.0.0.1:80 weight 257"], message: /between 0 and 256/ },
    { lines: ["server s1 127.0.0.1:80 id 0"], message: /between 1 and/ },
  ])("refuses $lines", ({ lines, message }) => {
    const { messages } = compile(...lines);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  });

  test("chooses round robin where nothing is said", () => {
    expect(compile().backend.algorithm.name).toBe("roundrobin");
    expect(compile("balance leastconn", "balance").backend.algorithm.name).toBe("roundrobin");
  });
});

test.each([
  { frontends: 9985, load: 999, because: "a tenth, rounded up" },
  { frontends: 0, load: 1, because: "a backend that nobody leads to" },
])("fullLoadOf($frontends) is $load: $because", ({ frontends, load }) => {
  expect(fullLoadOf(frontends)).toBe(load);
});
