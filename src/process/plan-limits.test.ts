import { describe, expect, test } from "bun:test";
import { planLimits } from "./plan-limits.ts";

const NOTHING = { connectionsMax: 0, descriptorsMax: 0, descriptorsCeiling: 0, memoryMegabytes: 0 };
const NEEDS = { listeners: 2, checkedServers: 3, pipes: 0, bufferSize: 16384 };
const SYSTEM = { soft: 1024, hard: 20_000 };

describe("planLimits()", () => {
  test.each([
    {
      wishes: {},
      connectionsMax: 9977,
      because: "the hard limit is shared by clients and servers",
    },
    {
      wishes: { connectionsMax: 100 },
      connectionsMax: 100,
      because: "a number that is given counts",
    },
    {
      wishes: { descriptorsMax: 1045 },
      connectionsMax: 500,
      because: "ulimit-n takes the limit's place",
    },
    {
      wishes: { descriptorsCeiling: 2045 },
      connectionsMax: 1000,
      because: "fd-hard-limit bounds it",
    },
    { wishes: { memoryMegabytes: 36 }, connectionsMax: 1024, because: "memory bounds it" },
    {
      wishes: { descriptorsMax: 10 },
      connectionsMax: 100,
      because: "a proxy without connections is none",
    },
  ])("gives $connectionsMax for $wishes: $because", ({ wishes, connectionsMax }) => {
    expect(planLimits({ ...NOTHING, ...wishes }, NEEDS, SYSTEM).connectionsMax).toBe(
      connectionsMax,
    );
  });

  test("asks for the descriptors that the connections need", () => {
    const wishes = { ...NOTHING, connectionsMax: 1000 };

    expect(planLimits(wishes, NEEDS, SYSTEM).descriptorsMax).toBe(2045);
  });

  test("reserves the descriptors of pipes, a small share of all", () => {
    const limits = planLimits(NOTHING, { ...NEEDS, pipes: -1 }, { soft: 1024, hard: 1024 });

    expect(limits).toMatchObject({ pipesMax: 64, connectionsMax: 425 });
  });

  test("keeps no pipes that would cost connections that were asked for", () => {
    const wishes = { ...NOTHING, connectionsMax: 9970 };
    const limits = planLimits(wishes, { ...NEEDS, pipes: -1 }, SYSTEM);

    expect(limits).toMatchObject({ connectionsMax: 9970, pipesMax: 7, descriptorsMax: 19_999 });
  });

  test("bounds the memory of buffers where the system bounds nothing", () => {
    const unlimited = { soft: 1024, hard: Number.POSITIVE_INFINITY };

    expect(planLimits(NOTHING, NEEDS, unlimited).buffersMax).toBe(65536);
  });
});
