import { describe, expect, test } from "bun:test";
import { FIELD_NAMES, KnownField, knownFieldOf } from "./field-names.ts";

function knownOf(name: string): number {
  const bytes = new TextEncoder().encode(`??${name}??`);
  return knownFieldOf(bytes, new DataView(bytes.buffer), 2, 2 + name.length);
}

describe("knownFieldOf()", () => {
  test("knows each name in any case, and nothing near it", () => {
    expect(FIELD_NAMES.length).toBe(Object.keys(KnownField).length);
    for (let known = 1; known < FIELD_NAMES.length; known++) {
      const name = FIELD_NAMES[known]!;
      expect(knownOf(name)).toBe(known);
      expect(knownOf(name.toUpperCase())).toBe(known);
      expect(knownOf(`${name}x`)).not.toBe(known);
      expect(knownOf(name.slice(1))).not.toBe(known);
      for (let at = 0; at < name.length; at++) {
        const other = `${name.slice(0, at)}_${name.slice(at + 1)}`;
        expect(knownOf(other)).toBe(KnownField.OTHER);
      }
    }
  });

  test("its members have the names that their numbers stand for", () => {
    expect(FIELD_NAMES[KnownField.SET_COOKIE2]).toBe("set-cookie2");
    expect(FIELD_NAMES[KnownField.X_FORWARDED_FOR]).toBe("x-forwarded-for");
    expect(Object.values(KnownField)).toEqual(FIELD_NAMES.map((_, index) => index as KnownField));
  });

  test("takes a name of any size", () => {
    expect(knownOf("a")).toBe(KnownField.OTHER);
    expect(knownOf("h".repeat(255))).toBe(KnownField.OTHER);
  });
});
