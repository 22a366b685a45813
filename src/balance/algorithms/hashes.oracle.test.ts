import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import { HASH_FUNCTIONS, HashMethod } from "../hash-type.ts";
import { hasOracle, startOracle } from "../oracle-testing.ts";
import { TestStream, testBackend } from "../testing.ts";
import { source } from "./source.ts";
import { staticRoundrobin } from "./static-rr.ts";

const CLIENTS = Array.from({ length: 60 }, (_, at) =>
  at % 3 === 2
    ? `2001:db8::${((at * 7919) % 65536).toString(16)}:${((at * 31337) % 65536).toString(16)}`
    : `${1 + ((at * 37) % 223)}.${(at * 91) % 256}.${at}.${(at * at) % 256}`,
);

const SERVERS = [
  [{ weight: 1 }, { weight: 1 }, { weight: 1 }],
  [{ weight: 3, id: 70 }, { weight: 11 }, { weight: 0 }, { weight: 2, id: 2147483647 }],
  [
    { weight: 256, id: 9 },
    { weight: 100, id: 1048576 },
    { weight: 17, id: 4 },
  ],
];

async function compare(algorithm: Algorithm, hash: string, servers: (typeof SERVERS)[number]) {
  const [method, name, modifier] = hash.split(" ");
  const oracle = await startOracle({
    balance: `${algorithm.name}${hash === "" ? "" : `\n  hash-type ${hash}`}`,
    servers: servers.map((server) =>
      Object.entries(server)
        .map(([key, value]) => `${key} ${value}`)
        .join(" "),
    ),
  });
  const { backend } = testBackend(servers, {
    algorithm,
    hashType: {
      method: method === "consistent" ? HashMethod.CONSISTENT : HashMethod.MAP,
      hash: HASH_FUNCTIONS[(name ?? "sdbm") as keyof typeof HASH_FUNCTIONS],
      hasAvalanche: modifier !== undefined || hash === "consistent",
      balanceFactor: 0,
    },
  });
  const theirs: number[] = [];
  const ours: number[] = [];
  try {
    for (const client of CLIENTS) {
      const connection = await oracle.connect(client);
      theirs.push(connection.server);
      connection.close();
      const stream = new TestStream(client);
      backend.assign(stream, null);
      ours.push(stream.server!.index);
    }
  } finally {
    oracle.close();
  }
  expect(ours).toEqual(theirs);
}

describe.skipIf(!hasOracle)("hashes lead where the reference's do (needs haproxy)", () => {
  for (const servers of SERVERS) {
    const weights = JSON.stringify(servers);
    test.each([
      "",
      "map-based sdbm avalanche",
      "map-based wt6",
      "consistent",
      "consistent djb2",
      "consistent crc32 avalanche",
    ])(`source with hash-type "%s" and ${weights}`, async (hash) => {
      await compare(source as Algorithm, hash, servers);
    });
    test(`static-rr with ${weights}`, async () => {
      await compare(staticRoundrobin as Algorithm, "", servers);
    });
  }
});
