import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import { hasOracle, type OracleConnection, startOracle } from "../oracle-testing.ts";
import { TestStream, testBackend } from "../testing.ts";
import { leastconn } from "./leastconn.ts";
import { roundrobin } from "./roundrobin.ts";
import { source } from "./source.ts";

/** The same numbers in each run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % limit;
  };
}

/** Streams come and go by script: a number ends the stream that came as that one. */
type Step = { readonly client: string } | { readonly ends: number };

async function oracleChoices(algorithm: Algorithm, weights: readonly number[], steps: Step[]) {
  const oracle = await startOracle({
    balance: algorithm.name,
    servers: weights.map((weight) => `weight ${weight}`),
  });
  const held: OracleConnection[] = [];
  const chosen: number[] = [];
  try {
    for (const step of steps) {
      if ("ends" in step) {
        held[step.ends]!.close();
        // The reference notices the end in its own time, and tells nobody.
        await Bun.sleep(15);
        continue;
      }
      const connection = await oracle.connect(step.client);
      held.push(connection);
      chosen.push(connection.server);
    }
  } finally {
    for (const connection of held) connection.close();
    oracle.close();
  }
  return chosen;
}

function ourChoices(algorithm: Algorithm, weights: readonly number[], steps: Step[]): number[] {
  const { backend } = testBackend(
    weights.map((weight) => ({ weight })),
    { algorithm },
  );
  const held: TestStream[] = [];
  for (const step of steps) {
    if ("ends" in step) {
      held[step.ends]!.server!.giveSlot();
      continue;
    }
    const stream = new TestStream(step.client);
    backend.assign(stream, null);
    held.push(stream);
  }
  return held.map((stream) => stream.server!.index);
}

const arrivals = (count: number): Step[] =>
  Array.from({ length: count }, () => ({ client: "10.0.0.1" }));

describe.skipIf(!hasOracle)("algorithms choose as the reference does (needs haproxy)", () => {
  test.each([
    { weights: [1, 1, 1] },
    { weights: [5, 1, 1] },
    { weights: [27, 52] },
    { weights: [33, 4, 25, 16] },
    { weights: [152, 3, 217, 98] },
    { weights: [111, 24, 5, 4, 18, 3, 2, 10] },
    { weights: [256, 1, 0, 7] },
  ])("roundrobin with weights $weights", async ({ weights }) => {
    const steps = arrivals(200);
    const algorithm = roundrobin as Algorithm;
    expect(ourChoices(algorithm, weights, steps)).toEqual(
      await oracleChoices(algorithm, weights, steps),
    );
  });

  test.each([
    { weights: [1, 1, 1] },
    { weights: [3, 34, 1] },
    { weights: [1, 15, 12, 0, 256, 20] },
  ])("leastconn with weights $weights while streams come and go", async ({ weights }) => {
    const next = numbers(weights.length);
    const open: number[] = [];
    let count = 0;
    const steps = Array.from({ length: 60 }, (): Step => {
      if (open.length > 0 && next(3) === 0) {
        return { ends: open.splice(next(open.length), 1)[0]! };
      }
      open.push(count++);
      return { client: "10.0.0.1" };
    });
    const algorithm = leastconn as Algorithm;
    expect(ourChoices(algorithm, weights, steps)).toEqual(
      await oracleChoices(algorithm, weights, steps),
    );
  });

  test.each([
    { weights: [1, 1, 1, 1, 1, 1, 1] },
    { weights: [3, 1, 2] },
    { weights: [2, 0, 6] },
    { weights: [215, 0, 5, 123, 12, 150, 129] },
  ])("source with weights $weights, IPv4 and IPv6", async ({ weights }) => {
    const next = numbers(7);
    const steps = Array.from({ length: 80 }, (_, index): Step => {
      const part = () => (index % 2 === 0 ? `${next(256)}` : next(65536).toString(16));
      const parts = Array.from({ length: index % 2 === 0 ? 4 : 8 }, part);
      return { client: parts.join(index % 2 === 0 ? "." : ":") };
    });
    const algorithm = source as Algorithm;
    expect(ourChoices(algorithm, weights, steps)).toEqual(
      await oracleChoices(algorithm, weights, steps),
    );
  });
});
