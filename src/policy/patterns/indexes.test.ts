import { describe, expect, test } from "bun:test";
import { octetsOf } from "../args.ts";
import { lowerOctets } from "../octet-case.ts";
import { Sample, SampleType } from "../sample.ts";
import { AddressIndex } from "./address-index.ts";
import { Edge, EdgeIndex } from "./edge-index.ts";
import { ExactIndex } from "./exact-index.ts";
import { IntegerIndex, parseIntegerRange } from "./integer-index.ts";
import { parseNetwork } from "./network.ts";
import { NO_MATCH, type PatternIndex } from "./pattern-index.ts";
import { SubstringIndex } from "./substring-index.ts";

/** Numbers that look random and are the same each time. */
class Numbers {
  #seed = 7;

  below(limit: number): number {
    this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) >>> 0;
    return Math.floor((this.#seed / 2 ** 32) * limit);
  }
}

function textSample(text: string): Sample {
  const sample = new Sample();
  const bytes = octetsOf(`<${text}>`);
  sample.setBytes(SampleType.STRING, bytes, 1, bytes.length - 1);
  return sample;
}

interface Known {
  readonly pattern: string;
  readonly identity: number;
}

/** Puts patterns in and takes them out at random, and compares each finding with a plain search. */
function agrees(
  index: PatternIndex,
  next: { pattern(): string; sample(): Sample },
  search: (known: readonly Known[], sample: Sample) => number,
): void {
  const numbers = new Numbers();
  const known: Known[] = [];
  let found = 0;
  for (let step = 1; step <= 1500; step++) {
    if (known.length > 0 && numbers.below(5) < (known.length < 60 ? 1 : 3)) {
      const [gone] = known.splice(numbers.below(known.length), 1);
      index.remove(gone!.pattern, gone!.identity);
    } else {
      const pattern = next.pattern();
      expect(index.add(pattern, step)).toBeUndefined();
      known.push({ pattern, identity: step });
    }
    expect(index.count).toBe(known.length);
    const sample = next.sample();
    const wanted = search(known, sample);
    if (wanted !== NO_MATCH) found++;
    expect(index.find(sample)).toBe(wanted);
  }
  expect(found).toBeGreaterThan(150);
  index.clear();
  expect([index.count, index.find(next.sample())]).toEqual([0, NO_MATCH]);
}

const numbers = new Numbers();
const randomText = (sizeMax: number) =>
  Array.from({ length: numbers.below(sizeMax + 1) }, () => "aAbB"[numbers.below(4)]).join("");
const least = (known: readonly Known[]) =>
  known.reduce(
    (best, { identity }) => (best === NO_MATCH || identity < best ? identity : best),
    NO_MATCH,
  );

describe.each([false, true])("with case ignored: %s", (ignoresCase) => {
  const parse = (text: string) => (ignoresCase ? lowerOctets(octetsOf(text)) : octetsOf(text));
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);

  test("ExactIndex finds what a plain search finds", () => {
    agrees(
      new ExactIndex(parse, ignoresCase),
      { pattern: () => randomText(4), sample: () => textSample(randomText(4)) },
      (known, sample) =>
        least(known.filter(({ pattern }) => fold(pattern) === fold(sample.text()))),
    );
  });

  test("EdgeIndex finds the longest beginning, of equals the first", () => {
    agrees(
      new EdgeIndex(parse, Edge.BEGINNING, ignoresCase),
      { pattern: () => randomText(6), sample: () => textSample(randomText(8)) },
      (known, sample) => {
        const fitting = known.filter(({ pattern }) =>
          fold(sample.text()).startsWith(fold(pattern)),
        );
        const longest = Math.max(...fitting.map(({ pattern }) => pattern.length));
        return least(fitting.filter(({ pattern }) => pattern.length === longest));
      },
    );
  });

  test("SubstringIndex finds the first that a text holds", () => {
    agrees(
      new SubstringIndex(parse, ignoresCase),
      { pattern: () => randomText(5), sample: () => textSample(randomText(8)) },
      (known, sample) =>
        least(known.filter(({ pattern }) => fold(sample.text()).includes(fold(pattern)))),
    );
  });

  test("EdgeIndex finds the first of the ends", () => {
    agrees(
      new EdgeIndex(parse, Edge.END, ignoresCase),
      { pattern: () => randomText(6), sample: () => textSample(randomText(8)) },
      (known, sample) =>
        least(known.filter(({ pattern }) => fold(sample.text()).endsWith(fold(pattern)))),
    );
  });
});

function addressSample(): Sample {
  const sample = new Sample();
  const low = numbers.below(4) * 2 ** 30 + numbers.below(8) * 2 ** 10 + numbers.below(4);
  switch (numbers.below(4)) {
    case 0:
      sample.setIpv6(0x20010db8, numbers.below(4) << 16, 0, numbers.below(8));
      break;
    case 1:
      sample.setIpv6(0, 0, numbers.below(2) === 0 ? 0 : 0xffff, low);
      break;
    case 2:
      sample.setIpv6((0x2002 << 16) | (low >>> 16), low << 16, 0, 1);
      break;
    default:
      sample.setIpv4(low);
  }
  return sample;
}

function randomNetwork(): string {
  if (numbers.below(3) === 0) {
    const bits = [0, 16, 32, 47, 48, 64, 128][numbers.below(7)];
    const isMapped = numbers.below(3) === 0;
    return isMapped
      ? `::ffff:${numbers.below(4) * 64}.0.${numbers.below(32)}.${numbers.below(4)}/${numbers.below(129)}`
      : `2001:db8:${numbers.below(4)}::${numbers.below(8)}/${bits}`;
  }
  const address = `${numbers.below(4) * 64}.0.${numbers.below(32)}.${numbers.below(4)}`;
  return numbers.below(9) === 0 ? `${address}/255.0.0.1` : `${address}/${numbers.below(33)}`;
}

/** The address as a number of 128 bits, the way that patterns of the other family see it. */
function bigAddress({ type, word0, word1, word2, word3 }: Sample, asIpv4: boolean): bigint | null {
  const whole = [word0, word1, word2, word3].reduce(
    (sum, word) => (sum << 32n) | BigInt(word >>> 0),
    0n,
  );
  if (type === SampleType.IPV4) {
    const low = BigInt(word3 >>> 0);
    return asIpv4 ? low : (0xffffn << 32n) | low;
  }
  if (!asIpv4) return whole;
  if (word0 >>> 16 === 0x2002) return (whole >> 80n) & 0xffffffffn;
  const isIpv4 = whole >> 32n === 0n || whole >> 32n === 0xffffn;
  return isIpv4 ? whole & 0xffffffffn : null;
}

function fits(pattern: string, sample: Sample): number {
  const network = parseNetwork(pattern, null);
  if ("message" in network) throw new Error(network.message);
  const address = bigAddress(sample, !network.isIpv6);
  if (address === null) return -1;
  const own = network.words.reduce((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
  if (network.bits === -1) {
    return (Number(address) & network.mask) >>> 0 === Number(own) ? 0 : -1;
  }
  const shift = BigInt((network.isIpv6 ? 128 : 32) - network.bits);
  return address >> shift === own >> shift ? network.bits + 1 : -1;
}

test("AddressIndex finds the longest prefix of its own family, then of the other", () => {
  agrees(
    new AddressIndex(null),
    { pattern: randomNetwork, sample: addressSample },
    (known, sample) => {
      const isOwn = ({ pattern }: Known) =>
        pattern.includes(":") === (sample.type === SampleType.IPV6);
      const best = (list: readonly Known[]) => {
        const sizes = list.map(({ pattern }) => fits(pattern, sample));
        const most = Math.max(-1, ...sizes);
        return most === -1 ? NO_MATCH : least(list.filter((_, at) => sizes[at] === most));
      };
      const own = best(known.filter(isOwn));
      return own === NO_MATCH ? best(known.filter((item) => !isOwn(item))) : own;
    },
  );
});

test("AddressIndex finds the same among so many that it filters", () => {
  const index = new AddressIndex(null);
  const known: (Known & {
    readonly isIpv6: boolean;
    readonly own: bigint;
    readonly bits: number;
  })[] = [];
  const octet = () => numbers.below(256);
  const next = () => {
    if (numbers.below(3) > 0)
      return `${10 + numbers.below(3)}.${octet()}.${octet()}.0/${8 + numbers.below(25)}`;
    return `2001:db8:${octet().toString(16)}:${octet()}::/${20 + numbers.below(60)}`;
  };
  const sample = new Sample();
  const check = () => {
    const isIpv6 = numbers.below(3) === 0;
    if (isIpv6) sample.setIpv6(0x20010db8, (octet() << 16) | numbers.below(0x256), 0, 1);
    else sample.setIpv4(((10 + numbers.below(3)) << 24) | (octet() << 16) | (octet() << 8));
    const address = bigAddress(sample, !isIpv6)!;
    const size = isIpv6 ? 128 : 32;
    const fitting = known.filter((item) => {
      const shift = BigInt(size - item.bits);
      return item.isIpv6 === isIpv6 && address >> shift === item.own >> shift;
    });
    const most = Math.max(-1, ...fitting.map(({ bits }) => bits));
    expect(index.find(sample)).toBe(least(fitting.filter(({ bits }) => bits === most)));
    return fitting.length;
  };
  let found = 0;
  for (let identity = 1; identity <= 2600; identity++) {
    const pattern = next();
    const network = parseNetwork(pattern, null);
    if ("message" in network) throw new Error(network.message);
    index.add(pattern, identity);
    const own = network.words.reduce((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
    known.push({ pattern, identity, isIpv6: network.isIpv6, own, bits: network.bits });
    if (identity % 7 === 0) {
      const [gone] = known.splice(numbers.below(known.length), 1);
      index.remove(gone!.pattern, gone!.identity);
    }
    if (identity > 800 && identity % 3 === 0) found += check();
  }
  expect(found).toBeGreaterThan(100);
  index.clear();
  expect(index.find(sample)).toBe(NO_MATCH);
  index.add("0.0.0.0/0", 1);
  sample.setIpv4(1);
  expect(index.find(sample)).toBe(1);
});

test.each([
  ["192.168.1", "192.168.0.1/32"],
  ["10.12", "10.0.0.12/32"],
  ["127.1/8", "127.0.0.0/8"],
  ["10.0.0.12/255.0.0.0", "10.0.0.0/8"],
  ["0.0.0.0/0", "0.0.0.0/0"],
])("the network %s is %s", (pattern, same) => {
  expect(parseNetwork(pattern, null)).toEqual(parseNetwork(same, null));
});

test.each(["10.0.0.0/33", "10.0.0.256", "a", "::1/129", "::1/", "1.2.3.4.5", "10.0.0.0/255.a", ""])(
  "%p is no network",
  (pattern) => {
    expect(parseNetwork(pattern, null)).toHaveProperty("message");
  },
);

test("IntegerIndex finds the first pattern that fits", () => {
  const bounds = () => numbers.below(40) - 10;
  const pattern = () => {
    const operator = ["eq", "ge", "gt", "le", "lt"][numbers.below(12)];
    if (operator !== undefined) return `${operator} ${bounds()}`;
    return numbers.below(3) === 0 ? `${bounds()}:${bounds()}` : String(bounds());
  };
  agrees(
    new IntegerIndex("value"),
    {
      pattern,
      sample: () => {
        const sample = new Sample();
        sample.setInteger(bounds());
        return sample;
      },
    },
    (known, sample) =>
      least(
        known.filter((item) => {
          const range = parseIntegerRange(item.pattern);
          if ("message" in range) throw new Error(range.message);
          return sample.integer >= range.least && sample.integer <= range.greatest;
        }),
      ),
  );
});

test("IntegerIndex tells integers apart that numbers cannot", () => {
  const index = new IntegerIndex("value");
  index.add("9223372036854775807", 1);
  index.add("9223372036854775000:9223372036854775806", 2);
  const sample = new Sample();
  sample.setWide(9223372036854775807n);
  expect(index.find(sample)).toBe(1);
  sample.setWide(9223372036854775806n);
  expect(index.find(sample)).toBe(2);
});

test.each(["", "a", "1:2:3", ":", "gt 1:2", "1 2", "gt"])("%p is no integer", (pattern) => {
  expect(parseIntegerRange(pattern)).toHaveProperty("message");
});
