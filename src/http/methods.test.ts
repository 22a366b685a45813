import { describe, expect, test } from "bun:test";
import { METHOD_NAMES, Method, methodOf } from "./methods.ts";

const numberOf = (name: string) => methodOf(new TextEncoder().encode(name), 0, name.length);

describe("methodOf()", () => {
  test("knows each method by its exact name", () => {
    for (const [name, method] of Object.entries(Method)) {
      if (method === Method.OTHER) continue;
      expect(numberOf(name)).toBe(method);
      expect(METHOD_NAMES[method]).toBe(name);
      expect(numberOf(name.toLowerCase())).toBe(Method.OTHER);
      expect(numberOf(`${name}S`)).toBe(Method.OTHER);
    }
  });

  test.each(["G", "PROPFIND", "MKCOL", "LOCK", "XXX"])("takes %s as another one", (name) => {
    expect(numberOf(name)).toBe(Method.OTHER);
  });
});
