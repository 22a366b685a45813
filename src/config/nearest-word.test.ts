import { expect, test } from "bun:test";
import { editDistance, nearestWord } from "./nearest-word.ts";

const WORDS = ["timeout", "mode", "maxconn", "bind", "use_backend"];

test.each([
  ["timout", "timeout", "a letter less"],
  ["tiemout", "timeout", "two letters swapped"],
  ["mod", "mode", "a letter less in a short word"],
  ["maxcon", "maxconn", "the nearest one"],
  ["usebackend", "use_backend", "a sign less"],
  ["zork", undefined, "nothing is near"],
  ["", undefined, "nothing was typed"],
  ["x".repeat(100_000), undefined, "no slip of the finger is that long"],
])("nearestWord(%p) gives %p: %s", (typed, found) => {
  expect(nearestWord(typed, WORDS)).toBe(found);
});

test("editDistance() counts letters more, less, other and swapped", () => {
  expect(editDistance("abc", "abc")).toBe(0);
  expect(editDistance("abc", "acb")).toBe(1);
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
});
