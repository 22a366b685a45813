import type { Algorithm } from "../../src/balance/algorithm.ts";
import { HASH_TYPE_DEFAULT, HashMethod } from "../../src/balance/hash-type.ts";
import { TestStream, testBackend } from "../../src/balance/testing.ts";
import { ALGORITHMS } from "../../src/registry/algorithms.ts";
import { bench } from "../../test/support/bench.ts";

/** The price of a choice may grow with the logarithm of their number, and no faster. */
const SERVERS = [10, 100, 1000] as const;
const OPERATIONS = 2000;

/** Arguments that let each algorithm find its key in the stream below. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  hdr: ["host", undefined],
  uri: [{ sizeMax: 0, slashesMax: 0, hasQuery: false, isPathOnly: false }],
  url_param: ["id", false],
};

const RING = { ...HASH_TYPE_DEFAULT, method: HashMethod.CONSISTENT, hasAvalanche: true };

function measure(algorithm: Algorithm, isRing: boolean, servers: number): void {
  bench(`balance: ${algorithm.name}${isRing ? " on a ring" : ""} among ${servers} servers`, () => {
    const { backend } = testBackend(
      Array.from({ length: servers }, (_, at) => ({ weight: 1 + (at % 7), connectionsMax: 5 })),
      {
        algorithm,
        algorithmValues: VALUES[algorithm.name] ?? [undefined],
        hashType: isRing ? RING : HASH_TYPE_DEFAULT,
      },
    );
    // A page's request of a browser; RDP clients send a name.
    const stream = new TestStream("192.0.2.17");
    stream.target = "/assets/images/logo-large.png?version=12&id=abcdef0123456789";
    stream.headers = { host: "www.example.com" };
    stream.clientText = "-----------Cookie: mstshash=administrator\r\n";
    return {
      operations: OPERATIONS,
      round() {
        let sum = 0;
        for (let at = 0; at < OPERATIONS; at++) {
          backend.assign(stream, null);
          // Turns and luck differ from round to round; that there was a server does not.
          sum += stream.server === null ? 0 : 1;
          stream.server!.giveSlot();
        }
        return sum;
      },
    };
  });
}

/** Those that choose by a hash, and so by a ring where they are told to. */
const HASHES = new Set(["source", "uri", "url_param", "hdr", "rdp-cookie"]);

for (const algorithm of ALGORITHMS) {
  for (const servers of SERVERS) measure(algorithm, false, servers);
  if (!HASHES.has(algorithm.name)) continue;
  for (const servers of SERVERS) measure(algorithm, true, servers);
}
