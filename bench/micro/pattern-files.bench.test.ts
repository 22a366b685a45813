import { expect, test } from "bun:test";
import { madeWord } from "../../src/config/word.ts";
import { octetsOf } from "../../src/policy/args.ts";
import { readPatternFile } from "../../src/policy/patterns/file.ts";
import type { PatternIndex } from "../../src/policy/patterns/pattern-index.ts";
import { PatternReference } from "../../src/policy/patterns/reference.ts";
import { Sample, SampleType } from "../../src/policy/sample.ts";
import { MATCHERS } from "../../src/registry/matchers.ts";

const IS_MEASURED = process.env.BENCH === "1";
const LOOK_UPS = 1000;
const ROUNDS = 200;

/** Files as large sites have them; a route to each network of the internet is half a million lines. */
interface PatternFile {
  readonly name: string;
  readonly matcher: string;
  readonly lines: number;
  /** Lines of the run that is not measured. */
  readonly fewer: number;
  pattern(number: number): string;
  /** Makes a sample be something to look for. */
  ask(number: number, sample: Sample): void;
}

const VALUES = ["alpha", "beta", "gamma", "delta"];
const hash = (number: number) => Math.imul(number, 2654435761) >>> 0;
const hex = (word: number) => word.toString(16).padStart(8, "0");

/** Two of three are IPv4, mostly /24; the others IPv6, from /29 to /48. */
function network(number: number): string {
  const word = hash(number);
  if (number % 3 === 2) {
    const digits = `2${hex(word).slice(1)}${hex(hash(word))}`;
    const bits = number % 2 === 0 ? 48 : 29 + (number % 20);
    return `${digits.slice(0, 4)}:${digits.slice(4, 8)}:${digits.slice(8, 12)}::/${bits}`;
  }
  const bits = number % 3 === 0 ? 12 + (number % 21) : 24;
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.0/${bits}`;
}

function askAddress(number: number, sample: Sample): void {
  const word = hash(number + 17);
  if (number % 3 === 0) sample.setIpv6((0x2000_0000 | (word >>> 4)) >>> 0, hash(word), 0, 1);
  else sample.setIpv4(word);
}

const askText = (text: string, sample: Sample) => {
  const bytes = octetsOf(text);
  sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
};

const FILES: readonly PatternFile[] = [
  {
    name: "networks",
    matcher: "ip",
    lines: 500_000,
    fewer: 500_000,
    pattern: network,
    ask: askAddress,
  },
  {
    name: "exact texts",
    matcher: "str",
    lines: 1_000_000,
    fewer: 50_000,
    pattern: (number) => `host-${number}.example.com`,
    ask: (number, sample) => askText(`host-${number}.example.com`, sample),
  },
  {
    name: "beginnings",
    matcher: "beg",
    lines: 1_000_000,
    fewer: 50_000,
    pattern: (number) => `/customers/${number}/`,
    ask: (number, sample) => askText(`/customers/${number}/orders/1`, sample),
  },
  {
    name: "ends",
    matcher: "end",
    lines: 1_000_000,
    fewer: 50_000,
    pattern: (number) => `.zone-${number}.example`,
    ask: (number, sample) => askText(`www.zone-${number}.example`, sample),
  },
];

/** CPU time of the process in milliseconds: others on the machine do not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function residentMb(): number {
  Bun.gc(true);
  return process.memoryUsage().rss / 1048576;
}

function textOf({ pattern }: PatternFile, lines: number): string {
  const parts = Array.from(
    { length: lines },
    (_, number) => `${pattern(number)} ${VALUES[number % VALUES.length]}\n`,
  );
  return Buffer.from(parts.join(""), "latin1").toString("latin1");
}

/** The least time that one look-up took on average, in nanoseconds, and how many found something. */
function lookUp(file: PatternFile, lines: number, index: PatternIndex) {
  const samples = Array.from({ length: LOOK_UPS }, (_, number) => {
    const sample = new Sample();
    file.ask(hash(number) % lines, sample);
    return sample;
  });
  let leastNs = Number.POSITIVE_INFINITY;
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    found = 0;
    const startMs = performance.now();
    for (const sample of samples) if (index.find(sample) !== -1) found++;
    leastNs = Math.min(leastNs, ((performance.now() - startMs) * 1e6) / LOOK_UPS);
  }
  return { leastNs, found };
}

test.each(FILES)(
  "policy: a map of many $name loads and is looked up",
  (file) => {
    const lines = IS_MEASURED ? file.lines : file.fewer;
    const text = textOf(file, lines);
    const beforeMb = residentMb();
    const startMs = cpuMs();
    const reference = new PatternReference("many.map", madeWord("many.map"), true);
    readPatternFile(text, reference);
    const matcher = MATCHERS.find(({ name }) => name === file.matcher)!;
    const options = { ignoresCase: false, looksNothingUp: true };
    const use = reference.use(matcher, options, SampleType.STRING);
    if (!("index" in use)) throw new Error(use.error.message);
    const loadMs = cpuMs() - startMs;
    const { leastNs, found } = lookUp(file, lines, use.index);
    expect(use.index.count).toBe(lines);
    expect(found).toBeGreaterThan(LOOK_UPS / 20);
    // A second and a quarter, and a quarter of a microsecond, on an idle machine.
    expect(loadMs).toBeLessThan(20_000);
    expect(leastNs).toBeLessThan(20_000);
    if (!IS_MEASURED) return;
    const mb = residentMb() - beforeMb;
    process.stdout.write(
      `policy: ${lines} ${file.name}: loaded in ${Math.round(loadMs)} ms of CPU time, ${Math.round(mb)} MB, ` +
        `a look-up ${Math.round(leastNs)} ns, ${found} of ${LOOK_UPS} found\n`,
    );
  },
  120_000,
);
