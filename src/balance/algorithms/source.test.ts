import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import { Assigned } from "../backend.ts";
import { enterMaintenance } from "../server-lifecycle.ts";
import { TestStream, testBackend } from "../testing.ts";
import { balancerContract } from "./balancer.contract.ts";
import { source } from "./source.ts";

const algorithm = source as Algorithm;
balancerContract(algorithm, { goesBack: true });

describe("balance source", () => {
  const choose = (weights: readonly number[], client: string) => {
    const { backend } = testBackend(
      weights.map((weight) => ({ weight })),
      { algorithm },
    );
    const stream = new TestStream(client);
    backend.assign(stream, null);
    return stream.server!.index;
  };

  test.each([
    { weights: [1, 1, 1], client: "127.0.0.1", server: 2, because: "2130706433 mod 3 is 2" },
    { weights: [3, 1, 2], client: "127.0.0.1", server: 2, because: "place 5 of 0 0 2 0 1 2" },
    { weights: [3, 1, 2], client: "127.0.0.6", server: 1, because: "place 4 of 0 0 2 0 1 2" },
    { weights: [1, 1, 1], client: "::2", server: 2, because: "IPv6 words are folded" },
    { weights: [1, 1], client: "1::1:0:0:1", server: 1, because: "equal words cancel out" },
  ])("with weights $weights sends $client to $server: $because", ({ weights, client, server }) => {
    expect(choose(weights, client)).toBe(server);
  });

  test("lets a stream wait for its own server, though another one is free", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }, {}], { algorithm });
    const streams = [new TestStream("10.0.0.2"), new TestStream("10.0.0.2")];
    expect(backend.assign(streams[0]!, null)).toBe(Assigned.SERVER);
    expect(backend.assign(streams[1]!, null)).toBe(Assigned.QUEUED);
    expect(streams[1]!.waitsIn).toBe(servers[0]!.queue);
  });

  test("lets those who wait for a server that goes down ask for another", () => {
    const { backend, servers } = testBackend([{ connectionsMax: 1 }, {}], { algorithm });
    const streams = [new TestStream("10.0.0.2"), new TestStream("10.0.0.2")];
    for (const stream of streams) backend.assign(stream, null);
    enterMaintenance(servers[0]!);
    expect([streams[1]!.isLost, streams[1]!.server, streams[1]!.waitsIn]).toEqual([
      true,
      null,
      null,
    ]);
  });

  test("takes turns for clients without an address", () => {
    const { backend } = testBackend([{}, {}], { algorithm });
    const chosen = [0, 1, 2, 3].map(() => {
      const stream = new TestStream();
      stream.clientAddress.clear();
      backend.assign(stream, null);
      return stream.server!.index;
    });
    expect(chosen).toEqual([0, 1, 0, 1]);
  });
});
