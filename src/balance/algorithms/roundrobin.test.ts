import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import { enterDrain, enterReady } from "../server-lifecycle.ts";
import { changeWeight } from "../server-weight.ts";
import { sequence, TestStream, testBackend } from "../testing.ts";
import { balancerContract } from "./balancer.contract.ts";
import { roundrobin } from "./roundrobin.ts";

balancerContract(roundrobin as Algorithm);

describe("balance roundrobin", () => {
  test.each([
    { weights: [1, 1, 1], order: "012012012", because: "equals take turns as configured" },
    { weights: [3, 1], order: "00010001", because: "a light one comes once a round" },
    { weights: [5, 1, 1], order: "00010020001002", because: "light ones do not come together" },
    { weights: [1, 2, 3], order: "212021212021", because: "the heaviest starts" },
    { weights: [33, 4, 25, 16], order: "02032010230203200", because: "remainders decide ties" },
  ])("with weights $weights goes $order: $because", ({ weights, order }) => {
    const { backend } = testBackend(weights.map((weight) => ({ weight })));
    expect(sequence(backend, order.length).join("")).toBe(order);
  });

  test("gives each server exactly its weight in each round", () => {
    const weights = [13, 8, 5, 1];
    const { backend } = testBackend(weights.map((weight) => ({ weight })));
    for (let round = 0; round < 20; round++) {
      const counts = [0, 0, 0, 0];
      for (const index of sequence(backend, 27)) counts[index]! += 1;
      expect(counts).toEqual(weights);
    }
  });

  test("follows a changed weight at once, without a rush", () => {
    const { backend, servers } = testBackend([{ weight: 100 }, { weight: 100 }]);
    sequence(backend, 20);
    changeWeight(servers[1]!, "10");
    const chosen = sequence(backend, 110);
    expect(chosen.filter((index) => index === 1).length).toBeWithin(9, 12);
    changeWeight(servers[1]!, "100%");
    const back = sequence(backend, 100).filter((index) => index === 1).length;
    expect(back).toBeWithin(47, 53);
  });

  test("gives a server that comes back its share, not what it missed", () => {
    const { backend, servers } = testBackend([{}, {}]);
    enterDrain(servers[0]!);
    sequence(backend, 1000);
    enterReady(servers[0]!);
    expect(sequence(backend, 10).filter((index) => index === 0).length).toBeWithin(4, 7);
  });

  test("gives a server that was full for long its share, not what it missed", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }, {}]);
    const holder = new TestStream();
    backend.assign(holder, null);
    expect(new Set(sequence(backend, 1000))).toEqual(new Set([1]));
    servers[0]!.giveSlot();
    expect(sequence(backend, 10).filter((index) => index === 0).length).toBeWithin(4, 7);
  });

  test("spreads exactly over 1000 servers", () => {
    const { backend } = testBackend(
      Array.from({ length: 1000 }, (_, at) => ({ weight: 1 + (at % 7) })),
    );
    const total = backend.state.weight.get();
    const counts = new Array<number>(1000).fill(0);
    for (const index of sequence(backend, total)) counts[index]! += 1;
    expect(counts).toEqual(Array.from({ length: 1000 }, (_, at) => 1 + (at % 7)));
  });
});
