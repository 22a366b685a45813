import { expect, test } from "bun:test";

/** What a benchmark measures. */
export interface Benchmark {
  /** How many operations one round performs. */
  readonly operations: number;
  /** Performs them and returns a number that depends on all of their work. */
  round(): number;
}

/** Rounds that are measured; those before them let the compiler settle. */
const ROUNDS = 31;
const WARM_UP_MS = 300;

/**
 * Declares a benchmark. `bun test` runs one round of it, so that it cannot rot; with `BENCH=1` it is
 * measured, and the least, the median, the 90th percentile and a hash of the work are printed.
 *
 * @param make - Prepares the work; its time is not measured.
 */
export function bench(name: string, make: () => Benchmark): void {
  test(name, () => {
    const { operations, round } = make();
    const first = round();
    expect(Number.isFinite(first)).toBe(true);
    expect(round()).toBe(first);
    if (process.env.BENCH === "1") report(name, operations, round);
  });
}

function report(name: string, operations: number, round: () => number): void {
  const warmUntilMs = performance.now() + WARM_UP_MS;
  while (performance.now() < warmUntilMs) round();
  let hash = 0;
  const nsPerOperation: number[] = [];
  for (let index = 0; index < ROUNDS; index++) {
    const startMs = performance.now();
    hash = (hash * 31 + round()) % 1_000_003;
    nsPerOperation.push(((performance.now() - startMs) * 1e6) / operations);
  }
  nsPerOperation.sort((a, b) => a - b);
  const median = nsPerOperation[Math.floor(ROUNDS / 2)]!.toFixed(1);
  const p90 = nsPerOperation[Math.floor(ROUNDS * 0.9)]!.toFixed(1);
  const least = nsPerOperation[0]!.toFixed(1);
  process.stdout.write(
    `${name}: least ${least} ns, median ${median} ns, p90 ${p90} ns, hash ${hash}\n`,
  );
}
