import { expect, test } from "bun:test";
import { definePart, PartSet } from "./part.ts";

class Shared {
  value = 1;
}

test("a part is made on first use and kept", () => {
  const part = definePart("p", () => ({ count: 0 }));
  const set = new PartSet();
  expect(set.has(part)).toBe(false);
  set.get(part).count = 3;

  expect(set.get(part).count).toBe(3);
  expect(set.has(part)).toBe(true);
});

test("a child starts with copies that it can change alone", () => {
  const part = definePart("p", () => ({
    list: [{ a: 1 }],
    map: new Map([["k", [1]]]),
    set: new Set([1]),
  }));
  const parent = new PartSet();
  parent.get(part).list.push({ a: 2 });
  const child = new PartSet(parent);
  child.get(part).list[0]!.a = 9;
  child.get(part).map.get("k")!.push(2);
  child.get(part).set.add(2);
  parent.get(part).list.pop();

  expect(child.get(part).list).toEqual([{ a: 9 }, { a: 2 }]);
  expect(parent.get(part)).toEqual({
    list: [{ a: 1 }],
    map: new Map([["k", [1]]]),
    set: new Set([1]),
  });
});

test("instances of classes and frozen objects are shared", () => {
  const frozen = Object.freeze({ a: 1 });
  const part = definePart("p", () => ({ shared: new Shared(), frozen }));
  const parent = new PartSet();
  const original = parent.get(part);
  const child = new PartSet(parent);

  expect(child.get(part).shared).toBe(original.shared);
  expect(child.get(part).frozen).toBe(frozen);
});
