import { expect, test } from "bun:test";
import { lexLine } from "./testing.ts";

const ALPHABET = [
  "\\",
  '"',
  "'",
  "$",
  "{",
  "}",
  "[*]",
  "-",
  "A",
  "x",
  "4",
  "#",
  " ",
  "\t",
  ".LINE",
  "é",
];
const ROUNDS = 20_000;

/** A generator of numbers below `limit` that gives the same ones in each run. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

test("LineLexer gives words or an error for any line", () => {
  const random = randomFrom(20_061);
  for (let round = 0; round < ROUNDS; round++) {
    const pieces = Array.from({ length: random(24) }, () => ALPHABET[random(ALPHABET.length)]!);
    const line = pieces.join("");
    const result = lexLine(line, { A: "v w", Ax: '"' });
    if (typeof result === "string") expect(result).toMatch(/ at position \d+$/);
    else expect(result.every((word) => typeof word === "string")).toBe(true);
  }
});

test.each([
  ["plain text", "a".repeat(1_000_000)],
  ["escapes", "\\ ".repeat(500_000)],
  ["open braces", `"${"${A-".repeat(200_000)}"`],
  ["variables", `"${"$A".repeat(300_000)}"`],
  ["quotes", "'a'".repeat(300_000)],
])("LineLexer reads a line of a megabyte of %s at once", (_name, line) => {
  const start = performance.now();
  lexLine(line, { A: "1" });

  // A reader that went back for each character would take minutes.
  expect(performance.now() - start).toBeLessThan(2_000);
});
