import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../config/diagnostics.ts";
import { readSources } from "../config/read-config.ts";
import { testMemory } from "../state/testing.ts";
import type { Algorithm } from "./algorithm.ts";
import { first } from "./algorithms/first.ts";
import { hdr } from "./algorithms/hdr.ts";
import { leastconn } from "./algorithms/leastconn.ts";
import { random } from "./algorithms/random.ts";
import { rdpCookie } from "./algorithms/rdp-cookie.ts";
import { roundrobin } from "./algorithms/roundrobin.ts";
import { source } from "./algorithms/source.ts";
import { staticRoundrobin } from "./algorithms/static-rr.ts";
import { uri } from "./algorithms/uri.ts";
import { urlParam } from "./algorithms/url-param.ts";
import { compileBackend } from "./compile-backend.ts";
import * as balance from "./keywords/balance.ts";
import * as hashTypes from "./keywords/hash-type.ts";

const ALGORITHMS = [
  first,
  hdr,
  leastconn,
  random,
  rdpCookie,
  roundrobin,
  source,
  staticRoundrobin,
  uri,
  urlParam,
] as readonly unknown[] as readonly Algorithm[];

function compile(lines: readonly string[], isHttp = true) {
  const diagnostics = new Diagnostics();
  const keywords = [...Object.values(balance), ...Object.values(hashTypes)];
  const config = readSources(
    [{ path: "t.cfg", lines: [...lines], isWhole: true }],
    { language: { keywords, serverOptions: [], bindOptions: [] }, variables: {} },
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
      serverCount: 0,
    },
    true,
    isHttp,
  );
  const list = diagnostics.list.filter(({ at }) => at !== undefined);
  const told = list.map(({ at, message }) => `${at!.line}: ${message}`);
  return { backend, told, hints: list.map(({ hint }) => hint) };
}

describe("balance", () => {
  test.each([
    ["roundrobin", "roundrobin", []],
    ["static-rr", "static-rr", []],
    ["first", "first", []],
    ["random", "random", [undefined]],
    ["random()", "random", [2]],
    ["random(5)", "random", [5]],
    ["hdr(User-Agent)", "hdr", ["User-Agent", undefined]],
    ["hdr(host) use_domain_only", "hdr", ["host", "use_domain_only"]],
    ["url_param id", "url_param", ["id", false]],
    ["url_param id check_post", "url_param", ["id", true]],
    ["url_param id check_post 64", "url_param", ["id", true]],
    ["rdp-cookie(msts)", "rdp-cookie", ["msts"]],
    [
      "uri depth 3 whole len 5 path-only",
      "uri",
      [{ sizeMax: 5, slashesMax: 3, hasQuery: true, isPathOnly: true }],
    ],
  ])("%s chooses %s with %p", (line, name, values) => {
    const isHttp = name !== "rdp-cookie";
    const { backend, told } = compile(["backend b", `balance ${line}`], isHttp);
    expect(told).toEqual([]);
    expect(backend.algorithm.name).toBe(name);
    expect(backend.algorithmValues).toEqual(values);
  });

  test.each([
    ["hdr", "'balance hdr' expects <name> as argument."],
    ["hdr host", "'balance hdr' expects <name> as argument."],
    ["hdr()", "'balance hdr' expects <name> as argument."],
    ["hdr(host", "balance : missing closing parenthesis in 'hdr(host'."],
    ["hdr(a,b)", "'balance hdr' cannot handle unexpected argument 'b'."],
    ["hdr(host) domain", /expects 'use_domain_only' for <modifier>, but got 'domain'/],
    ["hdr(host) use_domain_only x", "'balance hdr' cannot handle unexpected argument 'x'."],
    ["url_param", "'balance url_param' expects <param> as argument."],
    ["url_param(x)", /cannot handle unexpected argument 'x'/],
    ["url_param x post", /only accepts 'check_post' modifier \(got 'post'\)/],
    ["url_param x check_post y", /'check_post' takes a number only \(got 'y'\)/],
    ["url_param x check_post 1 y", /cannot handle unexpected argument 'y'/],
    ["uri len", /'len' expects <number> as argument/],
    ["uri len x", /'len' : expects an integer for <number>, but got 'x'/],
    ["uri depth 0", /<number> must be between 1 and/],
    ["uri all", /only accepts parameters 'len', 'depth', 'path-only', and 'whole' \(got 'all'\)/],
    ["rdp-cookie()", "'balance rdp-cookie' expects <name> as argument."],
    ["rdp-cookie x", /cannot handle unexpected argument 'x'/],
    ["random(0)", /number of draws must be at least 1/],
    ["random(x)", /expects an integer for <draws>, but got 'x'/],
    ["random(4097)", /number of draws must be at most 4096/],
    ["random 2", /cannot handle unexpected argument '2'/],
    ["static-rr x", /cannot handle unexpected argument 'x'/],
    ["first(2)", /cannot handle unexpected argument '2'/],
    ["sticky", /balance only supports 'first', 'hdr', .* but got 'sticky'/],
  ] as [string, string | RegExp][])("%s is refused: %s", (line, message) => {
    const { told } = compile(["backend b", `balance ${line}`], !line.startsWith("rdp"));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(message);
    expect(told[0]).toStartWith("2: ");
  });

  test("says how it is written where there is too much", () => {
    const { hints } = compile(["backend b", "balance first 2"]);
    expect(hints).toEqual(["write it as: balance first"]);
    expect(ALGORITHMS.map(({ usage }) => usage)).toContain("hdr(<name>) [{ use_domain_only }]");
    expect(ALGORITHMS.map(({ usage }) => usage)).toContain("random[(<draws>)]");
  });

  test("takes turns in TCP mode where a request is needed, and says so", () => {
    for (const line of ["uri", "hdr(x)", "url_param x"]) {
      const { backend, told } = compile(["backend b", `balance ${line}`], false);
      expect(told).toEqual([
        "2: Layer 7 hash not possible for backend 'b' (needs 'mode http'). Falling back to round robin.",
      ]);
      expect(backend.algorithm.name).toBe("roundrobin");
    }
  });

  test("warns that HTTP has no RDP cookie", () => {
    const { told } = compile(["backend b", "balance rdp-cookie"]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/finds no cookie in backend 'b' \(needs 'mode tcp'\)/);
  });
});

describe("hash-type and hash-balance-factor", () => {
  const typeOf = (...lines: string[]) => {
    const { backend, told } = compile(["backend b", "balance source", ...lines]);
    expect(told).toEqual([]);
    const { method, hash, hasAvalanche, balanceFactor } = backend.hashType;
    return [
      method === 1 ? "ring" : "map",
      hash.name,
      hasAvalanche,
      balanceFactor,
      backend.isDynamic,
    ];
  };

  const TYPES: [string[], ReturnType<typeof typeOf>][] = [
    [[], ["map", "sdbm", false, 0, false]],
    [["hash-type map-based"], ["map", "sdbm", false, 0, false]],
    [["hash-type consistent"], ["ring", "sdbm", true, 0, true]],
    [["hash-type consistent djb2"], ["ring", "djb2", false, 0, true]],
    [["hash-type map-based wt6 avalanche"], ["map", "wt6", true, 0, false]],
    [["hash-type consistent crc32 avalanche"], ["ring", "crc32", true, 0, true]],
    [
      ["hash-type map-based wt6 avalanche", "hash-type consistent"],
      ["ring", "sdbm", true, 0, true],
    ],
    [
      ["hash-type consistent", "hash-balance-factor 150"],
      ["ring", "sdbm", true, 150, true],
    ],
    [["hash-balance-factor 0"], ["map", "sdbm", false, 0, false]],
  ];
  test.each(TYPES)("%p is %p", (lines, type) => {
    expect(typeOf(...lines)).toEqual(type);
  });

  test("are inherited from defaults, where a backend may change them", () => {
    const { backend, told } = compile([
      "defaults",
      "balance hdr(host)",
      "hash-type consistent wt6",
      "hash-balance-factor 130",
      "backend b",
      "hash-type map-based crc32",
    ]);
    expect(told).toEqual([]);
    expect(backend.algorithm.name).toBe("hdr");
    expect(backend.hashType.hash.name).toBe("crc32");
    expect(backend.hashType.balanceFactor).toBe(130);
    expect(backend.isDynamic).toBe(false);
  });

  test.each([
    ["hash-type", /'hash-type' expects <method> as argument/],
    ["hash-type ring", /only supports 'map-based' or 'consistent', but got 'ring'/],
    ["hash-type avalanche", /'hash-type avalanche' is not supported anymore/],
    ["hash-type map-based md5", /expects 'sdbm', 'djb2', 'wt6' or 'crc32' for <function>/],
    ["hash-type consistent avalanche", /for <function>, but got 'avalanche'/],
    ["hash-type map-based sdbm x", /expects 'avalanche' for <modifier>, but got 'x'/],
    ["hash-type map-based sdbm avalanche x", /cannot handle unexpected argument 'x'/],
    ["hash-balance-factor", /expects <factor> as argument/],
    ["hash-balance-factor x", /expects an integer argument, but got 'x'/],
    ["hash-balance-factor 100", /must be 0 or greater than 100/],
    ["hash-balance-factor -5", /must be 0 or greater than 100/],
    ["hash-balance-factor 99999999999", /is too large/],
  ])("%s is refused: %p", (line, message) => {
    const { told } = compile(["backend b", "balance source", line]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(message);
  });

  test.each([
    { lines: ["balance source"] },
    { lines: ["balance roundrobin", "hash-type consistent"] },
  ])("a factor without a ring has no effect, and earns a warning: $lines", ({ lines }) => {
    const { told } = compile(["backend b", ...lines, "hash-balance-factor 150"]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^\d: 'hash-balance-factor' has no effect on 'balance/);
  });

  test("counts with random, which has a ring of its own", () => {
    const lines = ["backend b", "balance random", "hash-balance-factor 150"];
    expect(compile(lines).told).toEqual([]);
  });
});
