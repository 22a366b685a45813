import { describe, expect, test } from "bun:test";
import { Timer, TimerWheel } from "./timer-wheel.ts";

/** A target that writes down when each of its timers fired. */
class Recorder {
  readonly fired: [kind: number, at: number][] = [];
  nowMs = 0;
  onTimer(kind: number): void {
    this.fired.push([kind, this.nowMs]);
  }
  onFault(error: unknown): void {
    throw error;
  }
}

function run(wheel: TimerWheel, recorder: Recorder, fromMs: number, untilMs: number): void {
  for (let now = fromMs; now <= untilMs; now++) {
    recorder.nowMs = now;
    wheel.advance(now);
  }
}

describe("TimerWheel", () => {
  test.each([1, 2, 255, 256, 257, 300, 511, 512, 65535, 65536, 65537, 70_000, 200_000])(
    "fires a timer of %p ms in its very millisecond, from any phase of the wheel",
    (delay) => {
      for (const start of [0, 1, 17, 255, 256, 65_279, 65_535, 65_536]) {
        const recorder = new Recorder();
        const wheel = new TimerWheel(start);
        new Timer(wheel, recorder, 7).arm(start + delay);
        run(wheel, recorder, start, start + delay + 300);
        expect(recorder.fired).toEqual([[7, start + delay]]);
        expect(wheel.placedCount).toBe(0);
      }
    },
  );

  test("fires at the last deadline that was set, later or earlier", () => {
    const recorder = new Recorder();
    const wheel = new TimerWheel(0);
    const timer = new Timer(wheel, recorder, 1);
    timer.arm(100);
    timer.arm(400);
    run(wheel, recorder, 0, 300);
    expect(recorder.fired).toEqual([]);
    timer.arm(350);
    run(wheel, recorder, 301, 1000);
    expect(recorder.fired).toEqual([[1, 350]]);
  });

  test.each([255, 256, 257, 512, 65_535, 65_536, 65_537])(
    "a timer that was moved %p ms beyond its place leaves the slot that is being visited",
    (distance) => {
      for (const start of [0, 17, 250, 255, 65_530]) {
        const recorder = new Recorder();
        const wheel = new TimerWheel(start);
        const timer = new Timer(wheel, recorder, 1);
        timer.arm(start + 5);
        timer.arm(start + 5 + distance);
        run(wheel, recorder, start, start + 300 + distance);
        expect(recorder.fired).toEqual([[1, start + 5 + distance]]);
      }
    },
  );

  test("a timer that is armed anew a whole round ahead, in its own handler, fires once a round", () => {
    const wheel = new TimerWheel(0);
    const fired: number[] = [];
    const timer: Timer = new Timer(
      wheel,
      {
        onTimer: () => {
          if (fired.push(now) < 4) timer.arm(now + 256);
        },
        onFault: () => {},
      },
      1,
    );
    let now = 0;
    timer.arm(3);
    for (; now < 2000; now++) wheel.advance(now);
    expect(fired).toEqual([3, 259, 515, 771]);
  });

  test("never fires a disarmed timer, and takes it again", () => {
    const recorder = new Recorder();
    const wheel = new TimerWheel(0);
    const timer = new Timer(wheel, recorder, 1);
    timer.arm(50);
    timer.disarm();
    run(wheel, recorder, 0, 100);
    expect(recorder.fired).toEqual([]);
    timer.arm(120);
    run(wheel, recorder, 101, 200);
    expect(recorder.fired).toEqual([[1, 120]]);
  });

  test("holds nothing of a discarded timer", () => {
    const recorder = new Recorder();
    const wheel = new TimerWheel(0);
    const timer = new Timer(wheel, recorder, 1);
    timer.arm(50_000);
    expect(wheel.placedCount).toBe(1);
    timer.discard();
    timer.discard();
    expect(wheel.placedCount).toBe(0);
    run(wheel, recorder, 0, 60_000);
    expect(recorder.fired).toEqual([]);
  });

  test("fires all that is due after a long stop, each once", () => {
    const recorder = new Recorder();
    const wheel = new TimerWheel(0);
    for (let kind = 1; kind <= 500; kind++) new Timer(wheel, recorder, kind).arm(kind * 130);
    recorder.nowMs = 100_000;
    wheel.advance(100_000);
    expect(recorder.fired.map(([kind]) => kind)).toEqual([...Array(500).keys()].map((k) => k + 1));
  });

  test("says how long the loop may wait, never beyond the next deadline", () => {
    const wheel = new TimerWheel(1000);
    const recorder = new Recorder();
    expect(wheel.waitMs(1000, 100)).toBe(100);
    const timer = new Timer(wheel, recorder, 1);
    timer.arm(1030);
    expect(wheel.waitMs(1000.4, 100)).toBe(30);
    wheel.advance(1020);
    expect(wheel.waitMs(1020, 100)).toBe(10);
    timer.arm(5000);
    wheel.advance(1040);
    expect(wheel.waitMs(1040, 100_000)).toBeLessThanOrEqual(3960);
  });

  test("agrees with a plain list on random timers", () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed % below;
    };
    const recorder = new Recorder();
    const wheel = new TimerWheel(0);
    const timers = [...Array(64).keys()].map((kind) => new Timer(wheel, recorder, kind));
    const deadlines = new Map<number, number>();
    const expected: string[] = [];
    for (let now = 1; now < 150_000; now++) {
      recorder.nowMs = now;
      wheel.advance(now);
      for (const [kind, at] of deadlines) {
        if (at === now) {
          expected.push(`${kind}@${now}`);
          deadlines.delete(kind);
        }
      }
      if (random(50) === 0) {
        const kind = random(64);
        const delay = 1 + random(random(2) === 0 ? 300 : 100_000);
        if (random(8) === 0) {
          timers[kind]!.disarm();
          deadlines.delete(kind);
        } else {
          timers[kind]!.arm(now + delay);
          deadlines.set(kind, now + delay);
        }
      }
    }
    const key = (entry: string) => entry;
    expect(
      recorder.fired
        .map(([kind, at]) => `${kind}@${at}`)
        .map(key)
        .sort(),
    ).toEqual(expected.sort());
  });
});
