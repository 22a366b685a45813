import { describe, expect, test } from "bun:test";
import type { Algorithm } from "./algorithm.ts";
import { source } from "./algorithms/source.ts";
import { forceHealth } from "./server-health.ts";
import { enterMaintenance, enterReady } from "./server-lifecycle.ts";
import { sequence, testBackend } from "./testing.ts";

const SLOW = { slowstartMs: 1000, weight: 100, connectionsMax: 50 };

describe("slowstart", () => {
  test("never applies at the start", () => {
    const { servers } = testBackend([SLOW]);
    expect(servers[0]!.effectiveWeight).toBe(1600);
    expect(servers[0]!.slotsLimit).toBe(50);
  });

  test.each([
    { afterMs: 0, weight: 1, slots: 1 },
    { afterMs: 100, weight: 160, slots: 5 },
    { afterMs: 500, weight: 800, slots: 25 },
    { afterMs: 999, weight: 1598, slots: 49 },
    { afterMs: 1000, weight: 1600, slots: 50 },
    { afterMs: 90_000, weight: 1600, slots: 50 },
  ])("$afterMs ms after a server came up it has $weight/1600 and $slots slots", (row) => {
    for (const comeBack of [
      (server: Parameters<typeof enterReady>[0]) => {
        forceHealth(server, "down");
        forceHealth(server, "up");
      },
      (server: Parameters<typeof enterReady>[0]) => {
        enterMaintenance(server);
        enterReady(server);
      },
    ]) {
      const { servers, clock } = testBackend([SLOW]);
      comeBack(servers[0]!);
      clock.nowMs += row.afterMs;
      expect(servers[0]!.effectiveWeight).toBe(row.weight);
      expect(servers[0]!.slotsLimit).toBe(row.slots);
    }
  });

  test("gives the server its share of the streams as it rises, and of the backend's weight", () => {
    const { backend, servers, clock } = testBackend([SLOW, { weight: 100 }]);
    forceHealth(servers[0]!, "down");
    forceHealth(servers[0]!, "up");
    const share = () => sequence(backend, 200).filter((index) => index === 0).length;
    clock.nowMs += 100;
    expect(share()).toBeWithin(10, 30);
    expect(backend.state.weight.get()).toBe(110);
    clock.nowMs += 400;
    expect(share()).toBeWithin(55, 80);
    clock.nowMs += 500;
    expect(share()).toBeWithin(95, 106);
    expect(backend.state.weight.get()).toBe(200);
  });

  test("leaves the weight alone where it is static", () => {
    const { servers } = testBackend([SLOW], { algorithm: source as Algorithm });
    forceHealth(servers[0]!, "down");
    forceHealth(servers[0]!, "up");
    expect(servers[0]!.effectiveWeight).toBe(1600);
    expect(servers[0]!.slotsLimit).toBe(1);
  });
});
