import { describe, expect, test } from "bun:test";
import { Ring, type RingReader } from "./ring.ts";
import { SyslogFormat } from "./target.ts";

function ringOf(size: number, eventSizeMax = size): Ring {
  return new Ring({ name: "r", description: "", format: SyslogFormat.RAW, eventSizeMax, size });
}

function reader(holds = false, position = 0): RingReader & { news: number } {
  return {
    position,
    holds,
    news: 0,
    onNews() {
      this.news++;
    },
  };
}

function add(ring: Ring, text: string): boolean {
  const bytes = Buffer.from(`..${text}..`, "latin1");
  return ring.add(bytes, 2, text.length);
}

function rest(ring: Ring, from: RingReader): string[] {
  const events: string[] = [];
  for (let event = ring.next(from); event !== null; event = ring.next(from)) {
    events.push(event.toString("latin1"));
  }
  return events;
}

describe("Ring", () => {
  test("gives what was added, in order, to each reader for itself", () => {
    const ring = ringOf(100);
    const [first, second] = [reader(), reader()];
    for (const text of ["one", "", "three"]) expect(add(ring, text)).toBeTrue();
    expect(rest(ring, first)).toEqual(["one", "", "three"]);
    add(ring, "four");
    expect(rest(ring, first)).toEqual(["four"]);
    expect(rest(ring, second)).toEqual(["one", "", "three", "four"]);
  });

  test("cuts events at the greatest size, and at its own", () => {
    const ring = ringOf(20, 5);
    add(ring, "abcdefgh");
    expect(rest(ring, reader())).toEqual(["abcde"]);
    const small = ringOf(8);
    add(small, "abcdefgh");
    expect(rest(small, reader())).toEqual(["abcd"]);
  });

  test("at every size drops the oldest for the newest, and keeps the others whole", () => {
    for (let size = 12; size < 60; size++) {
      const ring = ringOf(size);
      const added: string[] = [];
      for (let number = 0; number < 200; number++) {
        const text = String(number)
          .repeat((number % 3) + 1)
          .slice(0, 8);
        add(ring, text);
        added.push(text);
        const kept = rest(ring, reader());
        expect(kept.length).toBeGreaterThan(0);
        expect(kept).toEqual(added.slice(-kept.length));
        expect(ring.end - ring.start).toBeLessThanOrEqual(size);
      }
    }
  });

  test("a reader that fell behind goes on with the oldest that is left", () => {
    const ring = ringOf(20);
    const slow = reader();
    for (const text of ["aaaa", "bbbb", "cccc", "dddd"]) add(ring, text);
    expect(rest(ring, slow)).toEqual(["cccc", "dddd"]);
  });

  test("a reader that holds keeps its events: new ones are dropped and counted", () => {
    const ring = ringOf(20);
    const holder = reader(true);
    ring.attach(holder);
    expect(["aaaa", "bbbb", "cccc"].map((text) => add(ring, text))).toEqual([true, true, false]);
    expect([ring.droppedCount, holder.news]).toEqual([1, 2]);
    ring.next(holder);
    expect(add(ring, "dddd")).toBeTrue();
    expect(rest(ring, holder)).toEqual(["bbbb", "dddd"]);
    ring.detach(holder);
    expect([add(ring, "eeee"), add(ring, "ffff"), holder.news]).toEqual([true, true, 3]);
  });
});
