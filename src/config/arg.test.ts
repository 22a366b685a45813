import { describe, expect, test } from "bun:test";
import {
  type Arg,
  argument,
  duration,
  int,
  oneOf,
  optional,
  REFUSED,
  rest,
  size,
  text,
  word,
} from "./arg.ts";
import { Diagnostics } from "./diagnostics.ts";
import { madeWord } from "./word.ts";
import { WordReader } from "./word-reader.ts";

/** Reads an argument from words; an error is given as its text. */
function readArg<T>(arg: Arg<T>, ...words: string[]): unknown {
  const diagnostics = new Diagnostics();
  const reader = new WordReader(
    words.map((item) => madeWord(item)),
    0,
    madeWord("key"),
    "key",
  );
  const value = arg.read(reader, diagnostics);
  return value === REFUSED ? diagnostics.list[0]!.message : value;
}

describe("arguments", () => {
  test.each([
    { arg: int("n"), word: "42", value: 42 },
    { arg: int("n", { min: -5 }), word: "-5", value: -5 },
    {
      arg: int("n"),
      word: "-1",
      value: "'key' : <n> must be between 0 and 2147483647, but is -1.",
    },
    {
      arg: int("n", { max: 9 }),
      word: "10",
      value: "'key' : <n> must be between 0 and 9, but is 10.",
    },
    { arg: int("n"), word: "4x", value: "'key' : expects an integer for <n>, but got '4x'." },
    { arg: size("s"), word: "16384", value: 16_384 },
    { arg: size("s"), word: "2k", value: 2_048 },
    { arg: size("s"), word: "3M", value: 3 * 1024 * 1024 },
    { arg: size("s"), word: "1g", value: 1024 ** 3 },
    { arg: size("s"), word: "1t", value: "'key' : expects a size for <s>, but got '1t'." },
    { arg: duration("t"), word: "500", value: 500 },
    { arg: duration("t"), word: "5s", value: 5_000 },
    { arg: duration("t"), word: "2m", value: 120_000 },
    { arg: duration("t"), word: "1h", value: 3_600_000 },
    { arg: duration("t"), word: "1d", value: 86_400_000 },
    { arg: duration("t"), word: "1us", value: 1 },
    { arg: duration("t"), word: "2000us", value: 2 },
    { arg: duration("t", { unit: "s" }), word: "2", value: 2_000 },
    { arg: duration("t"), word: "abc", value: "'key' : unexpected character 'a' in <t>." },
    { arg: duration("t"), word: "5x", value: "'key' : unexpected character 'x' in <t>." },
    { arg: duration("t"), word: "-1", value: "'key' : unexpected character '-' in <t>." },
    {
      arg: duration("t"),
      word: "25d",
      value: "'key' : timer overflow in argument '25d' (maximum value is 2147483647 ms).",
    },
    { arg: text("x"), word: "any", value: "any" },
    { arg: text("x"), word: "", value: "'key' expects <x> as argument." },
    { arg: oneOf("m", ["tcp", "http"]), word: "tcp", value: "tcp" },
    {
      arg: oneOf("m", ["tcp", "http"]),
      word: "htp",
      value: "'key' : expects 'tcp' or 'http' for <m>, but got 'htp'.",
    },
  ])("$arg.syntax reads $word", ({ arg, word: typed, value }) => {
    expect(readArg<unknown>(arg, typed)).toBe(value);
  });

  test("a missing word is an error, unless it is optional", () => {
    expect(readArg(int("n"))).toBe("'key' expects <n> as argument.");
    expect(readArg(optional(int("n")))).toBeUndefined();
    expect(readArg(optional(int("n")), "3")).toBe(3);
  });

  test("rest() takes all words, word() gives one with its place", () => {
    expect(readArg(rest("w"), "a", "b")).toMatchObject([{ text: "a" }, { text: "b" }]);
    expect(readArg(word("w"), "a")).toMatchObject({ text: "a", line: 1, column: 1 });
  });

  test("argument() lets a feature read its own words", () => {
    const even = argument("even", (value, refuse) =>
      Number(value) % 2 === 0 ? Number(value) : refuse("must be even."),
    );

    expect(readArg(even, "4")).toBe(4);
    expect(readArg(even, "5")).toBe("'key' : must be even.");
  });
});
