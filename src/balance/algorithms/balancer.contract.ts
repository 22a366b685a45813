import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import { Assigned } from "../backend.ts";
import type { ServerSettings } from "../server.ts";
import { enterMaintenance, enterReady } from "../server-lifecycle.ts";
import { changeWeight } from "../server-weight.ts";
import { sequence, TestStream, testBackend } from "../testing.ts";

/** What must hold of every algorithm. Each algorithm's test file runs this with its own. */
export function balancerContract(algorithm: Algorithm): void {
  const make = (...servers: Partial<ServerSettings>[]) => testBackend(servers, { algorithm });
  const assign = (test: ReturnType<typeof make>, avoid: number | null = null) => {
    const stream = new TestStream();
    const result = test.backend.assign(stream, avoid === null ? null : test.servers[avoid]!);
    return { result, chosen: stream.server?.index ?? -1, stream };
  };

  describe(`${algorithm.name} keeps the balancer contract`, () => {
    test.each([
      { servers: [], because: "there is no server" },
      { servers: [{ isDisabled: true }, { isDisabled: true }], because: "all are disabled" },
      { servers: [{ weight: 0 }], because: "weight 0 takes no new streams" },
    ])("finds none when $because", ({ servers }) => {
      expect(assign(make(...servers)).result).toBe(Assigned.NO_SERVER);
    });

    test.each([
      { servers: [{ isDisabled: true }, {}], chosen: [1], because: "the other one is disabled" },
      { servers: [{ weight: 0 }, {}], chosen: [1], because: "the other one has no weight" },
      { servers: [{}, { isBackup: true }], chosen: [0], because: "the other one is a backup" },
      {
        servers: [{ isDisabled: true }, { isBackup: true }, { isBackup: true }],
        chosen: [1],
        because: "the first backup steps in for all",
      },
    ])("chooses only $chosen: $because", ({ servers, chosen }) => {
      expect(new Set(sequence(make(...servers).backend, 20))).toEqual(new Set(chosen));
    });

    test("uses all backups where that is wanted", () => {
      const { backend } = testBackend(
        [{ isDisabled: true }, { isBackup: true }, { isBackup: true, weight: 2 }],
        { algorithm, usesAllBackups: true },
      );
      const chosen = Array.from({ length: 30 }, (_, at) => {
        const stream = new TestStream(`10.0.0.${at}`);
        backend.assign(stream, null);
        stream.server?.giveSlot();
        return stream.server!.index;
      });
      expect(new Set(chosen)).toEqual(new Set([1, 2]));
    });

    test("avoids a server that failed, unless there is no other", () => {
      const two = make({}, {});
      for (let count = 0; count < 6; count++) expect(assign(two, 1).chosen).toBe(0);
      expect(assign(make({}), 0).chosen).toBe(0);
    });

    test("goes on when servers come and go, and never chooses one that is gone", () => {
      const here = make({}, { weight: 3 }, { weight: 7 }, {});
      for (let round = 0; round < 40; round++) {
        const server = here.servers[round % 4]!;
        enterMaintenance(server);
        expect(sequence(here.backend, 12)).not.toContain(server.index);
        if (algorithm.isDynamic) changeWeight(here.servers[(round + 1) % 4]!, `${1 + round * 5}`);
        enterReady(server);
      }
      expect(sequence(here.backend, 4)).not.toContain(-1);
    });

    test("takes a slot for whom it serves, and lets wait whom it cannot", () => {
      const one = make({ connectionsMax: 1 });
      expect(assign(one).result).toBe(Assigned.SERVER);
      expect(one.servers[0]!.state.sessions.get()).toBe(1);
      const waiting = assign(one);
      expect(waiting.result).toBe(Assigned.QUEUED);
      one.servers[0]!.giveSlot();
      expect(waiting.stream.isServed).toBe(true);
      expect(waiting.stream.server).toBe(one.servers[0]!);
    });
  });
}
