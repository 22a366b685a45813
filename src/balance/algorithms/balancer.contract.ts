import { describe, expect, test } from "bun:test";
import type { Algorithm } from "../algorithm.ts";
import { Assigned } from "../backend.ts";
import { HASH_TYPE_DEFAULT, HashMethod, type HashType } from "../hash-type.ts";
import type { ServerSettings } from "../server.ts";
import { enterMaintenance, enterReady } from "../server-lifecycle.ts";
import { changeWeight } from "../server-weight.ts";
import { sequence, TestStream, testBackend } from "../testing.ts";

/** How the contract is tried with an algorithm. */
export interface ContractCase {
  readonly values?: readonly unknown[];
  readonly hashType?: HashType;
  /** What streams carry for it to look at; each has a number. */
  readonly dress?: (stream: TestStream, number: number) => void;
  /** A map leads to the server that failed again. */
  readonly goesBack?: boolean;
  /** It has no turns: what it chooses, it chooses by weight and luck, or by order. */
  readonly usesOneBackup?: boolean;
}

/** What must hold of every algorithm. Each algorithm's test file runs this with its own. */
export function balancerContract(algorithm: Algorithm, how: ContractCase = {}): void {
  const settings = {
    algorithm,
    algorithmValues: how.values ?? [],
    hashType: how.hashType ?? HASH_TYPE_DEFAULT,
  };
  const dress = how.dress ?? (() => {});
  const make = (...servers: Partial<ServerSettings>[]) => testBackend(servers, settings);
  const assign = (test: ReturnType<typeof make>, avoid: number | null = null) => {
    const stream = new TestStream();
    dress(stream, 1);
    const result = test.backend.assign(stream, avoid === null ? null : test.servers[avoid]!);
    return { result, chosen: stream.server?.index ?? -1, stream };
  };

  const kind = settings.hashType.method === HashMethod.CONSISTENT ? " on a ring" : "";
  describe(`${algorithm.name}${kind} keeps the balancer contract`, () => {
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
      expect(new Set(sequence(make(...servers).backend, 20, dress))).toEqual(new Set(chosen));
    });

    test("uses all backups where that is wanted", () => {
      const { backend } = testBackend(
        [{ isDisabled: true }, { isBackup: true }, { isBackup: true, weight: 2 }],
        { ...settings, usesAllBackups: true },
      );
      const chosen = Array.from({ length: 30 }, (_, at) => {
        const stream = new TestStream(`10.0.0.${at}`);
        dress(stream, at);
        backend.assign(stream, null);
        stream.server?.giveSlot();
        return stream.server!.index;
      });
      expect(new Set(chosen)).toEqual(new Set(how.usesOneBackup ? [1] : [1, 2]));
    });

    test("avoids a server that failed, unless there is no other", () => {
      const two = make({}, {});
      for (let count = 0; count < 6; count++) {
        const other = how.goesBack ? assign(two).chosen : 0;
        expect(assign(two, how.goesBack ? other : 1).chosen).toBe(other);
      }
      expect(assign(make({}), 0).chosen).toBe(0);
    });

    test("goes on when servers come and go, and never chooses one that is gone", () => {
      const here = make({}, { weight: 3 }, { weight: 7 }, {});
      for (let round = 0; round < 40; round++) {
        const server = here.servers[round % 4]!;
        enterMaintenance(server);
        expect(sequence(here.backend, 12, dress)).not.toContain(server.index);
        if (here.backend.isDynamic)
          changeWeight(here.servers[(round + 1) % 4]!, `${1 + round * 5}`);
        enterReady(server);
      }
      expect(sequence(here.backend, 4, dress)).not.toContain(-1);
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
