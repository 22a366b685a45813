import { describe, expect, test } from "bun:test";
import { octetsOf } from "./args.ts";
import { Sample, SampleType } from "./sample.ts";
import { VariableBudget } from "./variable-budget.ts";
import { type VariableName, VariableNames, VariableSet } from "./variables.ts";

const names = new VariableNames();
const nameOf = (text: string) => names.name(text) as VariableName;
const A = nameOf("txn.a");
const B = nameOf("txn.b");

function text(value: string, start = 0, end = value.length): Sample {
  const sample = new Sample();
  sample.setBytes(SampleType.STRING, octetsOf(value), start, end);
  return sample;
}

function read(set: VariableSet, name: VariableName): string | undefined {
  const sample = new Sample();
  return set.get(name, sample) ? sample.text() : undefined;
}

describe("VariableSet", () => {
  test("keeps copies", () => {
    const set = new VariableSet(null);
    const value = text("one two", 4);
    set.set(A, value);
    value.bytes.fill(0);
    expect(read(set, A)).toBe("two");
    expect(read(set, B)).toBeUndefined();
    set.set(A, text("a longer value than there was room for, by far"));
    set.set(B, text(""));
    expect([read(set, A), read(set, B)]).toEqual([
      "a longer value than there was room for, by far",
      "",
    ]);
  });

  test("takes a part of its own value", () => {
    const set = new VariableSet(null);
    set.set(A, text("abcdef"));
    const sample = new Sample();
    set.get(A, sample);
    sample.start = 2;
    set.set(A, sample);
    expect(read(set, A)).toBe("cdef");
    set.get(A, sample);
    sample.end = 2;
    set.set(B, sample);
    expect([read(set, A), read(set, B)]).toEqual(["cdef", "cd"]);
  });

  test("holds values of every type, one after the other in the same place", () => {
    const set = new VariableSet(null);
    const sample = new Sample();
    set.set(A, text("x"));
    sample.setInteger(7);
    set.set(A, sample);
    const found = new Sample();
    expect([set.get(A, found), found.type, found.integer]).toEqual([true, SampleType.INTEGER, 7]);
    sample.setIpv6(1, 2, 3, 4);
    set.set(A, sample);
    set.get(A, found);
    expect([found.type, found.word0, found.word3]).toEqual([SampleType.IPV6, 1, 4]);
    set.set(A, text("yz"));
    expect(read(set, A)).toBe("yz");
  });

  test("forgets, and is empty then", () => {
    const set = new VariableSet(null);
    expect(set.isEmpty).toBe(true);
    set.set(A, text("x"));
    set.set(B, text("y".repeat(5000)));
    set.unset(A);
    set.unset(A);
    expect([read(set, A), set.isEmpty]).toEqual([undefined, false]);
    set.clear();
    expect([read(set, B), set.isEmpty]).toEqual([undefined, true]);
    set.set(A, text("again"));
    expect([read(set, A), set.isEmpty]).toEqual(["again", false]);
  });

  test("refuses what does not fit its limit, and has room again for what was unset", () => {
    const set = new VariableSet(new VariableBudget(300, null));
    expect(set.set(A, text("x".repeat(100)))).toBe(true);
    expect(set.set(B, text("x".repeat(250)))).toBe(false);
    expect(read(set, B)).toBeUndefined();
    set.unset(A);
    expect(set.set(B, text("x".repeat(200)))).toBe(true);
    set.clear();
    expect(set.set(A, text("x".repeat(200)))).toBe(true);
  });
});
