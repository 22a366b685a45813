import { describe, expect, test } from "bun:test";
import { weightMap } from "./weight-map.ts";

/** The same by its definition: every place looks at every server. */
function slowMap(weights: readonly number[]): number[] {
  const length = weights.reduce((sum, weight) => sum + weight, 0);
  const earned = weights.map(() => 0);
  return Array.from({ length }, () => {
    let best = -1;
    let mostRounds = 0;
    for (const [server, weight] of weights.entries()) {
      earned[server]! += weight;
      const rounds = Math.floor(earned[server]! / length);
      if (weight > 0 && (best === -1 || rounds > mostRounds)) {
        best = server;
        mostRounds = rounds;
      }
    }
    earned[best]! -= length;
    return best;
  });
}

describe("weightMap()", () => {
  test.each([
    { weights: [], map: [], because: "there is nobody" },
    { weights: [0, 0], map: [], because: "nobody has a weight" },
    { weights: [0, 5], map: [1], because: "one alone needs one place" },
    { weights: [1, 1], map: [0, 1], because: "equals alternate" },
    { weights: [3, 1, 2], map: [0, 0, 2, 0, 1, 2], because: "weights are spread" },
    { weights: [6, 2, 4], map: [0, 0, 2, 0, 1, 2], because: "a common divisor is one period" },
  ] as { weights: number[]; map: number[]; because: string }[])(
    "lays $weights out as $map: $because",
    ({ weights, map }) => {
      expect([...weightMap(weights)]).toEqual(map);
    },
  );

  test("equals its definition for many weights, repeated to full length", () => {
    let seed = 3;
    const next = (limit: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % limit;
    };
    for (let round = 0; round < 300; round++) {
      const weights = Array.from({ length: 1 + next(9) }, () => next([2, 5, 40, 257][next(4)]!));
      const map = weightMap(weights);
      const slow = slowMap(weights);
      expect(slow.map((_, place) => map[place % map.length]!)).toEqual(slow);
    }
  });

  test("lays out 1000 servers of unequal weight quickly", () => {
    const weights = Array.from({ length: 1000 }, (_, server) => 1 + (server % 256));
    const startedMs = performance.now();
    expect(weightMap(weights).length).toBe(weights.reduce((sum, weight) => sum + weight, 0));
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});
