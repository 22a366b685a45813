import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import type { Server } from "../server.ts";
import { TestStream, testBackend } from "../testing.ts";
import { balancerContract } from "./balancer.contract.ts";
import { leastconn } from "./leastconn.ts";

const algorithm = leastconn as Algorithm;
balancerContract(algorithm);

describe("balance leastconn", () => {
  /** `a` lets a stream come, a number lets the stream that came as that one end. */
  const run = (weights: readonly number[], steps: string): string => {
    const { backend } = testBackend(
      weights.map((weight) => ({ weight })),
      { algorithm },
    );
    const held: Server[] = [];
    return steps
      .split(" ")
      .map((step) => {
        if (step !== "a") {
          held[Number(step)]!.giveSlot();
          return "x";
        }
        const stream = new TestStream();
        backend.assign(stream, null);
        held.push(stream.server!);
        return stream.server!.index;
      })
      .join("");
  };

  test.each([
    { weights: [1, 1, 1], steps: "a a a a", chosen: "0120", because: "equals take turns" },
    { weights: [1, 1, 1], steps: "a 0 a 1 a 2 a", chosen: "0x1x2x0", because: "idle ones too" },
    { weights: [1, 1], steps: "a a 1 a", chosen: "01x1", because: "the less loaded one goes" },
    { weights: [3, 2, 1], steps: "a a a a a a", chosen: "012010", because: "weights count" },
    { weights: [1, 3], steps: "a 0 a", chosen: "0x1", because: "an idle server has no load" },
  ])("with weights $weights and $steps chooses $chosen: $because", ({ weights, steps, chosen }) => {
    expect(run(weights, steps)).toBe(chosen);
  });

  test("always chooses a server of the least load, whatever came before", () => {
    const weights = [1, 2, 3, 7, 50];
    const { backend, servers } = testBackend(
      weights.map((weight) => ({ weight })),
      { algorithm },
    );
    const load = (server: Server, more: number) => {
      const streams = server.state.sessions.get();
      return streams === 0 ? 0 : Math.floor(((streams + more) * 256) / weights[server.index]!);
    };
    let seed = 7;
    const held: Server[] = [];
    for (let step = 0; step < 3000; step++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      if (held.length > 0 && seed % 3 === 0) {
        held.splice(seed % held.length, 1)[0]!.giveSlot();
        continue;
      }
      const least = Math.min(...servers.map((server) => load(server, 1)));
      const before = servers.map((server) => load(server, 1));
      const stream = new TestStream();
      backend.assign(stream, null);
      expect(before[stream.server!.index]).toBe(least);
      held.push(stream.server!);
    }
  });
});
