import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import { Assigned } from "../backend.ts";
import { HASH_TYPE_DEFAULT, HashMethod, type HashType } from "../hash-type.ts";
import { forceHealth } from "../server-health.ts";
import { changeWeight } from "../server-weight.ts";
import { TestStream, testBackend } from "../testing.ts";
import { balancerContract } from "./balancer.contract.ts";
import { first } from "./first.ts";
import { hdr } from "./hdr.ts";
import { random } from "./random.ts";
import { rdpCookie } from "./rdp-cookie.ts";
import { source } from "./source.ts";
import { staticRoundrobin } from "./static-rr.ts";
import { uri } from "./uri.ts";
import { urlParam } from "./url-param.ts";

const RING: HashType = {
  ...HASH_TYPE_DEFAULT,
  method: HashMethod.CONSISTENT,
  hasAvalanche: true,
};
const NO_LIMITS = { sizeMax: 0, slashesMax: 0, hasQuery: false, isPathOnly: false };

const dressAll = (stream: TestStream, number: number) => {
  stream.target = `/${number}?id=${number}`;
  stream.headers = { host: `a${number}.org` };
  stream.clientText = `12345678901Cookie: mstshash=user${number}\r\n`;
};

const HASHES = [
  { algorithm: uri, values: [NO_LIMITS] },
  { algorithm: urlParam, values: ["id", false] },
  { algorithm: hdr, values: ["host", undefined] },
  { algorithm: rdpCookie, values: [undefined] },
] as { algorithm: Algorithm<never>; values: unknown[] }[];
for (const { algorithm, values } of HASHES) {
  const plain = algorithm as unknown as Algorithm;
  balancerContract(plain, { values, dress: dressAll, goesBack: true });
  balancerContract(plain, { values, dress: dressAll, hashType: RING });
  // Without anything to hash they take turns.
  balancerContract(plain, { values });
  balancerContract(plain, { values, hashType: RING });
}
balancerContract(source as Algorithm, { hashType: RING });
balancerContract(staticRoundrobin as Algorithm);
balancerContract(first as Algorithm, { usesOneBackup: true });
balancerContract(random as unknown as Algorithm, { values: [undefined] });

type Carried = Partial<Pick<TestStream, "target" | "headers" | "body" | "clientText">>;

const carrying = (carried: Carried) => (stream: TestStream) => {
  Object.assign(stream, carried);
};

/** What an algorithm hashes, found by the only server of many that the key can have led to. */
function keyOf(
  algorithm: unknown,
  values: readonly unknown[],
  dress: (stream: TestStream) => void,
): string | null {
  let key: string | null = null;
  const spy: HashType = {
    ...HASH_TYPE_DEFAULT,
    hash: (bytes, start, end) => {
      key = Buffer.from(bytes.subarray(start, end)).toString("latin1");
      return 0;
    },
  };
  const { backend } = testBackend([{}, {}], {
    algorithm: algorithm as Algorithm,
    algorithmValues: values,
    hashType: spy,
  });
  const stream = new TestStream();
  dress(stream);
  backend.assign(stream, null);
  return key;
}

describe("balance uri", () => {
  test.each([
    { target: "/abc/def?x=/y", key: "/abc/def", because: "the query does not count" },
    {
      target: "/abc/def?x=/y",
      options: { hasQuery: true },
      key: "/abc/def?x=/y",
      because: "whole",
    },
    { target: "/abc/def", options: { sizeMax: 5 }, key: "/abc/", because: "len" },
    { target: "/a", options: { sizeMax: 5 }, key: "/a", because: "less than len" },
    { target: "/abc/def/g", options: { slashesMax: 1 }, key: "/abc", because: "depth 1" },
    { target: "/abc/def/g", options: { slashesMax: 2 }, key: "/abc/def", because: "depth 2" },
    { target: "//aa/bb/cc", options: { slashesMax: 1 }, key: "/", because: "each slash counts" },
    {
      target: "/a?b/c/d",
      options: { slashesMax: 2, hasQuery: true },
      key: "/a?b/c",
      because: "both",
    },
    { target: "/abc/d", options: { sizeMax: 3, slashesMax: 1 }, key: "/ab", because: "len first" },
    { target: "http://h/a/b?c", key: "http://h/a/b", because: "the host counts" },
    { target: "http://h/a/b?c", options: { isPathOnly: true }, key: "/a/b", because: "path-only" },
    { target: "http://h?c", options: { isPathOnly: true }, key: "", because: "there is no path" },
    { target: "*", options: { isPathOnly: true }, key: "", because: "an asterisk is no path" },
    { target: "*", key: "*", because: "but a target" },
  ])("hashes $key of $target: $because", ({ target, options, key }) => {
    const values = [{ ...NO_LIMITS, ...options }];
    expect(keyOf(uri, values, carrying({ target }))).toBe(key);
  });

  test("takes turns without a request", () => {
    expect(keyOf(uri, [NO_LIMITS], () => {})).toBeNull();
  });
});

describe("balance url_param", () => {
  test.each([
    { target: "/?id=abc", key: "abc", because: "it is there" },
    { target: "/?x=1&id=abc&y=2", key: "abc", because: "in the middle" },
    { target: "/?id=", key: "", because: "an empty value is a value" },
    { target: "/?id", key: null, because: "without an equals sign there is no value" },
    { target: "/?id&id=w", key: "w", because: "the next one of the name has a value" },
    { target: "/?idx=1&id=zz", key: "zz", because: "names are compared whole" },
    { target: "/?xid=1", key: null, because: "from their start" },
    { target: "/?ID=1", key: null, because: "and in their case" },
    { target: "/?id==a", key: "=a", because: "the first equals sign ends the name" },
    { target: "/?id=a%20b;c?d", key: "a%20b;c?d", because: "nothing is decoded" },
    { target: "/?x=1;id=abc", key: null, because: "a semicolon separates nothing" },
    { target: "/id=abc", key: null, because: "there is no query" },
    { target: "/?", key: null, because: "the query is empty" },
    { target: "/?id=1", body: "id=2", key: "1", because: "the query comes first" },
    { target: "/", body: "x=1&id=2&y", key: "2", because: "then the body" },
    { target: "/", body: "a=b;id=c", key: null, because: "which has the same form" },
  ])("hashes $key of $target with body $body: $because", ({ target, body, key }) => {
    const dress = carrying({ target, body: body ?? null });
    expect(keyOf(urlParam, ["id", true], dress)).toBe(key);
  });

  test("does not look into bodies unless asked", () => {
    const dress = carrying({ target: "/", body: "id=2" });
    expect(keyOf(urlParam, ["id", false], dress)).toBeNull();
  });
});

describe("balance hdr", () => {
  test.each([
    { value: "a", key: "a", because: "it is there" },
    { value: "a , b", key: "a", because: "the first of a list counts" },
    { value: '"q,u",b', key: '"q,u"', because: "a quoted comma separates nothing" },
    { value: "", key: null, because: "an empty value is none" },
    { value: ",a", key: null, because: "the first of the list is empty" },
  ])("hashes $key of $value: $because", ({ value, key }) => {
    const dress = carrying({ headers: { "x-in": value } });
    expect(keyOf(hdr, ["X-In", undefined], dress)).toBe(key);
  });

  test.each([
    ["haproxy.1wt.eu", "1wt"],
    ["1wt.eu", "1wt"],
    ["localhost", "localhost"],
    ["www.example.co.uk", "co"],
    ["www.example.com:8080", "example"],
    ["www.example.com.", "com"],
    ["foo.", "foo"],
    [".foo", ".foo"],
    ["a..b", "a."],
    ["a...b", "."],
    ["..", "."],
    ["...", "."],
    ["a.b..", "b."],
    ["www.ex.com, b.c.d", "ex"],
  ])("use_domain_only takes %s as %s", (value, key) => {
    const dress = carrying({ headers: { "x-in": value } });
    expect(keyOf(hdr, ["x-in", "use_domain_only"], dress)).toBe(key);
  });
});

describe("balance rdp-cookie", () => {
  test.each([
    { text: "Cookie: mstshash=user1\r\n", key: "user1", because: "it is there" },
    { text: "cookie:MSTSHASH=us er1\r\nmore", key: "us er1", because: "case and blanks are free" },
    { text: "Cookie: mstshash=user1", key: null, because: "its line has not ended" },
    { text: "Cookie: mstshash=user1\n", key: null, because: "a line ends in CRLF" },
    { text: "Cookie: mstshash=ab\rcd\r\n", key: null, because: "a CR alone ends nothing" },
    { text: "Cookie: mstshash=\r\n", key: null, because: "it is empty" },
    { text: "Cookie: mstshashx=user1\r\n", key: null, because: "the name is another" },
    { text: "Cookie: a=b; mstshash=user1\r\n", key: null, because: "it is not the first" },
    { text: "", key: null, because: "too little has come" },
  ])("hashes $key of $text: $because", ({ text, key }) => {
    const dress = carrying({ clientText: `\x03\0\0\0\0\0\0\0\0\0\0${text}` });
    expect(keyOf(rdpCookie, [undefined], dress)).toBe(key);
  });

  test("finds the cookie that is named", () => {
    const dress = carrying({ clientText: "-----------Cookie: msts=1.2\r\n" });
    expect(keyOf(rdpCookie, ["MSTS"], dress)).toBe("1.2");
  });
});

describe("hash-type consistent", () => {
  const assignMany = (here: ReturnType<typeof testBackend>) =>
    Array.from({ length: 500 }, (_, number) => {
      const stream = new TestStream();
      stream.headers = { x: `key${number}` };
      here.backend.assign(stream, null);
      stream.server!.giveSlot();
      return stream.server!.index;
    });
  const settings = {
    algorithm: hdr as unknown as Algorithm,
    algorithmValues: ["x", undefined],
    hashType: RING,
  };

  test("moves only the keys of the server that goes, and back when it comes", () => {
    const here = testBackend([{}, {}, { weight: 3 }, {}], settings);
    const before = assignMany(here);
    forceHealth(here.servers[2]!, "down");
    const without = assignMany(here);
    without.forEach((index, number) => {
      if (before[number] !== 2) expect(index).toBe(before[number]!);
      expect(index).not.toBe(2);
    });
    forceHealth(here.servers[2]!, "up");
    expect(assignMany(here)).toEqual(before);
  });

  test("gives a server keys of others when its weight grows, and takes them away again", () => {
    const here = testBackend([{}, {}, {}], settings);
    const before = assignMany(here);
    expect(changeWeight(here.servers[1]!, "50")).toBeUndefined();
    const heavy = assignMany(here);
    heavy.forEach((index, number) => {
      if (index !== before[number]) expect(index).toBe(1);
    });
    expect(heavy.filter((index) => index === 1).length).toBeGreaterThan(400);
    changeWeight(here.servers[1]!, "1");
    expect(assignMany(here)).toEqual(before);
  });

  test("a map refuses weights that it would have to be laid out anew for", () => {
    const { servers } = testBackend([{}, {}], { ...settings, hashType: HASH_TYPE_DEFAULT });
    expect(changeWeight(servers[0]!, "5")).toBe(
      "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.",
    );
    expect(changeWeight(servers[0]!, "0%")).toBeUndefined();
    expect(changeWeight(servers[0]!, "100%")).toBeUndefined();
  });

  test("hash-balance-factor keeps all servers within their share", () => {
    const hashType = { ...RING, balanceFactor: 125 };
    const here = testBackend([{ weight: 1 }, { weight: 2 }, { weight: 5 }], {
      ...settings,
      hashType,
    });
    for (let count = 1; count <= 200; count++) {
      const stream = new TestStream();
      stream.headers = { x: "always the same" };
      expect(here.backend.assign(stream, null)).toBe(Assigned.SERVER);
      here.servers.forEach((server, index) => {
        const share = Math.ceil((Math.ceil(count * 1.25) * [1, 2, 5][index]!) / 8);
        expect(server.state.sessions.get()).toBeLessThanOrEqual(Math.max(1, share));
      });
    }
  });
});

describe("balance first", () => {
  test("fills servers in the order of their ids, and comes back to those that have room", () => {
    const here = testBackend(
      [
        { id: 9, connectionsMax: 2 },
        { id: 3, connectionsMax: 1, weight: 200 },
        { id: 5, connectionsMax: 2 },
      ],
      { algorithm: first as Algorithm },
    );
    const assign = () => {
      const stream = new TestStream();
      here.backend.assign(stream, null);
      return stream;
    };
    const streams = Array.from({ length: 6 }, assign);
    expect(streams.map((stream) => stream.server?.index)).toEqual([1, 2, 2, 0, 0, undefined]);
    expect(streams[5]!.waitsIn).toBe(here.backend.queue);
    here.servers[2]!.giveSlot();
    expect(streams[5]!.server).toBe(here.servers[2]!);
    here.servers[1]!.giveSlot();
    expect(assign().server?.index).toBe(1);
    here.servers[1]!.setConnectionsMax(3);
    expect(assign().server?.index).toBe(1);
  });
});

describe("balance random", () => {
  const spread = (draws: number | undefined, weights: number[]) => {
    const { backend, servers } = testBackend(
      weights.map((weight) => ({ weight })),
      { algorithm: random as unknown as Algorithm, algorithmValues: [draws] },
    );
    for (let count = 0; count < 3000; count++) backend.assign(new TestStream(), null);
    return servers.map((server) => server.state.sessions.get());
  };

  test("the least loaded of two leaves nobody behind", () => {
    for (const load of spread(undefined, [1, 1, 1])) expect(Math.abs(load - 1000)).toBeLessThan(30);
  });

  test("weights count", () => {
    const [light, heavy] = spread(undefined, [10, 30]);
    expect(Math.abs(light! - 750)).toBeLessThan(60);
    expect(Math.abs(heavy! - 2250)).toBeLessThan(60);
  });

  test("finds the last one that has room", () => {
    const { backend, servers } = testBackend(
      Array.from({ length: 50 }, (_, index) => ({ connectionsMax: index === 31 ? 3 : 1 })),
      { algorithm: random as unknown as Algorithm, algorithmValues: [1] },
    );
    const results = Array.from({ length: 53 }, () => backend.assign(new TestStream(), null));
    expect(results.filter((result) => result === Assigned.SERVER)).toHaveLength(52);
    expect(servers[31]!.state.sessions.get()).toBe(3);
  });
});
