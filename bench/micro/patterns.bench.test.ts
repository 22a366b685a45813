import { octetsOf } from "../../src/policy/args.ts";
import { AddressIndex } from "../../src/policy/patterns/address-index.ts";
import { Edge, EdgeIndex } from "../../src/policy/patterns/edge-index.ts";
import { ExactIndex } from "../../src/policy/patterns/exact-index.ts";
import type { PatternIndex } from "../../src/policy/patterns/pattern-index.ts";
import { Sample, SampleType } from "../../src/policy/sample.ts";
import { bench } from "../../test/support/bench.ts";

// As many as a table of the internet's routes has; far fewer in the smoke run.
const NETWORKS = process.env.BENCH === "1" ? 500_000 : 5_000;
const HOSTS = process.env.BENCH === "1" ? 1_000_000 : 5_000;
const LOOK_UPS = 1_000;

/** Routes are mostly /24, with some of each other length from /12. */
function network(number: number): string {
  const bits = number % 3 === 0 ? 12 + (number % 21) : 24;
  const word = Math.imul(number, 2654435761) >>> 0;
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.0/${bits}`;
}

function texts(
  index: PatternIndex,
  pattern: (number: number) => string,
  value: (number: number) => string,
) {
  for (let number = 0; number < HOSTS; number++) index.add(pattern(number), number);
  const samples = Array.from({ length: LOOK_UPS }, (_, number) => {
    const bytes = octetsOf(value(Math.imul(number, 7919) % HOSTS));
    const sample = new Sample();
    sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
    return sample;
  });
  return {
    operations: LOOK_UPS,
    round() {
      let sum = 0;
      for (const sample of samples) sum += index.find(sample);
      return sum;
    },
  };
}

bench(`policy: find an address among ${NETWORKS} networks`, () => {
  const index = new AddressIndex(null);
  const startMs = performance.now();
  for (let number = 0; number < NETWORKS; number++) index.add(network(number), number);
  if (process.env.BENCH === "1") {
    process.stdout.write(`loaded in ${Math.round(performance.now() - startMs)} ms\n`);
  }
  const sample = new Sample();
  return {
    operations: LOOK_UPS,
    round() {
      let sum = 0;
      for (let number = 0; number < LOOK_UPS; number++) {
        sample.setIpv4(Math.imul(number, 40503 * 65537) >>> 0);
        sum += index.find(sample);
      }
      return sum;
    },
  };
});

bench(`policy: find a host among ${HOSTS} names`, () =>
  texts(
    new ExactIndex(octetsOf, false),
    (number) => `host-${number}.example.com`,
    (number) => `host-${number}.example.com`,
  ),
);

bench(`policy: find the beginning of a path among ${HOSTS}`, () =>
  texts(
    new EdgeIndex(octetsOf, Edge.BEGINNING, false),
    (number) => `/customers/${number}/`,
    (number) => `/customers/${number}/orders/1`,
  ),
);

bench(`policy: find the end of a name among ${HOSTS}`, () =>
  texts(
    new EdgeIndex(octetsOf, Edge.END, true),
    (number) => `.zone-${number}.example`,
    (number) => `www.zone-${number}.example`,
  ),
);
