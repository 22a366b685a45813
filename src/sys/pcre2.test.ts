import { describe, expect, test } from "bun:test";
import { Pattern, type PatternError, PatternResult } from "./pcre2.ts";
import { Region } from "./region.ts";

const isMissing = !(Pattern.compile("a") instanceof Pattern);

function compile(source: string, ignoresCase = false): Pattern {
  const pattern = Pattern.compile(source, { ignoresCase });
  if (pattern instanceof Pattern) return pattern;
  throw new Error(pattern.message);
}

const bytes = (text: string) => Buffer.from(text, "latin1");

describe.skipIf(isMissing)("Pattern", () => {
  test.each([
    { pattern: "a+b", subject: "xaaab", matches: true, because: "it is in it" },
    { pattern: "^a+b", subject: "xaaab", matches: false, because: "it is not at the start" },
    { pattern: "b$", subject: "ab\n", matches: true, because: "a last line end may follow" },
    { pattern: "A", subject: "a", matches: false, because: "case counts" },
    { pattern: "a\0b", subject: "xa\0bx", matches: true, because: "a zero is a byte like others" },
    { pattern: "a\\x00b", subject: "xa\0bx", matches: true, because: "so it is as an escape" },
    { pattern: "^.$", subject: "\xe9", matches: true, because: "a byte is a character" },
    { pattern: "", subject: "", matches: true, because: "nothing is in nothing" },
  ])("$pattern in $subject: $because", ({ pattern, subject, matches }) => {
    expect(compile(pattern).test(bytes(subject))).toBe(matches);
  });

  test("ignores case where told", () => {
    expect(compile("pong", true).test(bytes("+PONG"))).toBe(true);
  });

  test("tells the groups of the last match in a region, relative to its subject", () => {
    const region = new Region(4096);
    region.bytes.set(bytes("..key=value.."), 100);
    const pattern = compile("(\\w+)=(\\w+)(;)?");
    expect(pattern.groupCount).toBe(3);
    expect(pattern.match(region, 102, 111)).toBe(3);
    expect([pattern.groupStart(0), pattern.groupEnd(0)]).toEqual([0, 9]);
    expect([pattern.groupStart(2), pattern.groupEnd(2)]).toEqual([4, 9]);
    expect([pattern.groupStart(3), pattern.groupEnd(3)]).toEqual([-1, -1]);
    expect(pattern.match(region, 100, 105)).toBe(PatternResult.NO_MATCH);
  });

  test.each([
    { source: "(", message: "missing closing parenthesis", offset: 1 },
    { source: "ab[", message: "missing terminating ] for character class", offset: 3 },
    { source: "a**?+*", message: "quantifier does not follow a repeatable item", offset: 2 },
  ])("says why $source is no pattern, and where", ({ source, message, offset }) => {
    expect(Pattern.compile(source)).toEqual({ message, offset } satisfies PatternError);
  });

  test("stops a match that backtracks without end", () => {
    const pattern = compile("^(a+)+\\1?$");
    const startedMs = performance.now();
    expect(pattern.test(bytes(`${"a".repeat(5000)}b`))).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test("matches nothing once it is freed, which may be said twice", () => {
    const pattern = compile("a");
    pattern.free();
    pattern.free();
    expect(pattern.test(bytes("a"))).toBe(false);
  });
});

describe("bytes wherever they lie", () => {
  test("are matched in a region and in a copy alike", () => {
    const region = new Region(4096);
    region.bytes.set(bytes("..xabc"), 100);
    const pattern = compile("^a(b)");

    expect(pattern.matchBytes(region.bytes, 103, 106)).toBeGreaterThan(0);
    expect([pattern.groupStart(1), pattern.groupEnd(1)]).toEqual([1, 2]);
    expect(pattern.matchBytes(region.bytes.subarray(100), 3, 6)).toBeGreaterThan(0);
    expect(pattern.matchBytes(bytes("xabc"), 1, 4)).toBeGreaterThan(0);
    expect(pattern.matchBytes(bytes("xabc"), 0, 4)).toBe(PatternResult.NO_MATCH);
  });

  test("do not begin a line where they go on behind others", () => {
    const pattern = compile("^a");
    expect(pattern.matchBytes(bytes("aa"), 1, 2)).toBeGreaterThan(0);
    expect(pattern.matchBytes(bytes("aa"), 1, 2, true)).toBe(PatternResult.NO_MATCH);
  });
});
