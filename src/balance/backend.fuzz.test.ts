import { expect, test } from "bun:test";
import type { Algorithm } from "./algorithm.ts";
import { leastconn } from "./algorithms/leastconn.ts";
import { roundrobin } from "./algorithms/roundrobin.ts";
import { source } from "./algorithms/source.ts";
import { Assigned } from "./backend.ts";
import { forceHealth } from "./server-health.ts";
import { enterDrain, enterMaintenance, enterReady } from "./server-lifecycle.ts";
import { changeWeight } from "./server-weight.ts";
import { type TestBackend, TestStream, testBackend } from "./testing.ts";
import { leaveQueue } from "./waiting-queue.ts";

const STEPS = 4000;

/** Streams and operators do what they please; the same each time. */
class Scenario {
  readonly here: TestBackend;
  readonly holding: TestStream[] = [];
  readonly waiting: TestStream[] = [];
  servedCount = 0;
  queuedCount = 0;
  #seed: number;

  constructor(algorithm: Algorithm, seed: number, mayRedispatch: boolean) {
    this.#seed = seed;
    this.here = testBackend(
      [
        { connectionsMax: 2 },
        { connectionsMax: 3, weight: 5, queueMax: 2 },
        { connectionsMax: 1, isDisabled: true },
        { connectionsMax: 2, weight: 40 },
        { connectionsMax: 2, isBackup: true },
        { connectionsMax: 1, isBackup: true },
      ],
      { algorithm, mayRedispatch },
    );
  }

  #next(limit: number): number {
    this.#seed = (this.#seed * 1103515245 + 12345) % 2147483648;
    return Math.floor(this.#seed / 65536) % limit;
  }

  step(): void {
    const { backend, servers } = this.here;
    const server = servers[this.#next(servers.length)]!;
    switch (this.#next(12)) {
      case 0:
        [enterDrain, enterMaintenance, enterReady, enterReady][this.#next(4)]!(server);
        break;
      case 1:
        forceHealth(server, (["up", "down", "stopping", "up"] as const)[this.#next(4)]!);
        break;
      case 2:
        changeWeight(server, `${this.#next(2) * 100}%`);
        break;
      case 3:
        server.setConnectionsMax(1 + this.#next(3));
        break;
      case 4:
      case 5:
      case 6:
        this.#end();
        break;
      case 7:
        this.#leave();
        break;
      case 8:
        this.#arrive((stream) => backend.assignTo(server, stream));
        break;
      default:
        this.#arrive((stream) => backend.assign(stream, null));
    }
    this.#settle();
  }

  #arrive(ask: (stream: TestStream) => Assigned, again?: TestStream): void {
    const stream = again ?? new TestStream(`10.0.0.${this.#next(250)}`);
    const result = ask(stream);
    if (result === Assigned.SERVER) {
      this.servedCount++;
      this.holding.push(stream);
    }
    if (result === Assigned.QUEUED) {
      this.queuedCount++;
      this.waiting.push(stream);
    }
  }

  #end(): void {
    if (this.holding.length === 0) return;
    this.holding.splice(this.#next(this.holding.length), 1)[0]!.server!.giveSlot();
  }

  #leave(): void {
    if (this.waiting.length === 0) return;
    leaveQueue(this.waiting.splice(this.#next(this.waiting.length), 1)[0]!);
  }

  /** Does what streams do in their own time once they were told. */
  #settle(): void {
    const { backend } = this.here;
    for (const stream of this.waiting.splice(0)) {
      if (stream.isServed) {
        stream.isServed = false;
        this.holding.push(stream);
      } else if (stream.isLost) {
        stream.isLost = false;
        this.#arrive((again) => backend.assign(again, null), stream);
      } else this.waiting.push(stream);
    }
  }

  /** What must hold between two steps. */
  check(): void {
    const { backend, servers } = this.here;
    for (const server of servers) {
      const held = this.holding.filter((stream) => stream.server === server).length;
      expect(server.state.sessions.get()).toBe(held);
      expect(server.state.queued.get()).toBe(server.queue.count);
      // Nobody waits for a server that has a slot left.
      if (server.queue.count > 0) expect(held).toBeGreaterThanOrEqual(server.slotsLimit);
    }
    for (const stream of this.waiting) expect(stream.waitsIn).not.toBeNull();
    expect(backend.state.queued.get()).toBe(backend.queue.count);
    const hasRoom = backend.members.some((server) => !server.isFull);
    // Nobody waits for any server while one has room.
    if (backend.queue.count > 0) expect(hasRoom).toBe(false);
  }
}

test.each([
  { algorithm: roundrobin as Algorithm, mayRedispatch: true },
  { algorithm: roundrobin as Algorithm, mayRedispatch: false },
  { algorithm: leastconn as Algorithm, mayRedispatch: true },
  { algorithm: source as Algorithm, mayRedispatch: true },
])(
  "a backend with $algorithm.name and redispatch $mayRedispatch loses nobody, whatever happens",
  ({ algorithm, mayRedispatch }) => {
    for (const seed of [1, 2, 3]) {
      const scenario = new Scenario(algorithm, seed, mayRedispatch);
      for (let step = 0; step < STEPS; step++) {
        scenario.step();
        scenario.check();
      }
      // The scenario is worth something: both roads were taken.
      expect(scenario.servedCount).toBeGreaterThan(200);
      expect(scenario.queuedCount).toBeGreaterThan(200);
    }
  },
);
