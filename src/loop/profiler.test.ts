import { expect, test } from "bun:test";
import { type Charged, Profiler } from "./profiler.ts";

class Work {
  charged: Charged | null = null;
}

function charged() {
  const notes: string[] = [];
  const made: Charged = {
    noteCall: (latencyNs) => notes.push(`waited ${latencyNs}`),
    noteDuration: (durationNs) => notes.push(`took ${durationNs}`),
  };
  return { made, notes };
}

test("Profiler adds up calls by kind, and charges those whose work it is", () => {
  let now = 100;
  const profiler = new Profiler(() => now);
  const { made, notes } = charged();
  const work = new Work();
  work.charged = made;
  profiler.wake();
  now = 110;
  profiler.measure(work, () => {
    expect(profiler.latencyNs).toBe(10);
    now = 115;
  });
  now = 130;
  profiler.measure(work, () => {
    now = 150;
  });
  expect(profiler.rows).toEqual([{ name: "Work", calls: 2, durationNs: 25, latencyNs: 40 }]);
  expect(notes).toEqual(["waited 10", "took 5", "waited 30", "took 20"]);
});

test("Profiler charges whoever began within a call, and counts calls that throw", () => {
  let now = 0;
  const profiler = new Profiler(() => now);
  const { made, notes } = charged();
  const work = new Work();
  profiler.measure(work, () => {
    work.charged = made;
    now = 7;
  });
  expect(notes).toEqual(["took 7"]);
  const named = { profiledName: "named" };
  expect(() =>
    profiler.measure(named, () => {
      throw new Error("x");
    }),
  ).toThrow("x");
  expect(profiler.rows.map(({ name, calls }) => `${name} ${calls}`)).toEqual(["Work 1", "named 1"]);
});
