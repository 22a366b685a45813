// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes its variables so.
import { describe, expect, test } from "bun:test";
import { Diagnostics } from "./diagnostics.ts";
import { Environment } from "./environment.ts";
import { LineLexer, WORDS_MAX } from "./line-lexer.ts";
import { sourceOf } from "./sources.ts";
import { lexLine } from "./testing.ts";

const VARIABLES = { A: "1", EMPTY: "", LIST: "a b  c", ENDS: " a ", QUOTES: 'x"y \\z', UTF: "é" };

describe("LineLexer", () => {
  test.each([
    { line: "", words: [], because: "an empty line has no words" },
    { line: " \t\r ", words: [], because: "blanks are no words" },
    { line: "# a", words: [], because: "a comment is none" },
    { line: "a b\tc\r", words: ["a", "b", "c"], because: "blanks and tabs set words apart" },
    { line: "a#b c", words: ["a"], because: "a comment starts anywhere outside quotes" },
    { line: "a\\#b \\ c", words: ["a#b", " c"], because: "a backslash protects" },
    {
      line: "a\\\\b\\'\\\"",
      words: ["a\\b'\""],
      because: "quotes and backslashes are protected too",
    },
    { line: "\\n\\r\\t\\x41\\xe9", words: ["\n\r\tA\xe9"], because: "C's escapes" },
    { line: "a\\eb \\$A c\\", words: ["a\\eb", "\\$A", "c\\"], because: "else it is itself" },
    { line: '"a b" \'c d\' ""', words: ["a b", "c d", ""], because: "quotes hold blanks together" },
    { line: "a\"b\"c'd'e", words: ["abcde"], because: "quotes can stand within a word" },
    { line: "'a\\x41 $A \"#'", words: ['a\\x41 $A "#'], because: "single quotes protect all" },
    {
      line: '"it\'s #1 \\"\\$\\\\"',
      words: ["it's #1 \"$\\"],
      because: "double quotes protect some",
    },
    { line: "$A ${A}", words: ["$A", "${A}"], because: "no variables outside double quotes" },
    { line: '"$A-${A}b" "$A$A"', words: ["1-1b", "11"], because: "both forms" },
    { line: '"$NO" "${NO}x"', words: ["", "x"], because: "an unset variable is empty" },
    {
      line: '"${NO-a "b}" "${EMPTY-c}"',
      words: ['a "b', ""],
      because: "a default for unset ones only",
    },
    {
      line: '"${NO-\\}}" "${NO-$A}"',
      words: ["\\}", "$A"],
      because: "a default is taken as it is",
    },
    { line: 'x"${LIST[*]}"y', words: ["xa", "b", "cy"], because: "a list makes words" },
    { line: 'x"${ENDS[*]}"y', words: ["x", "a", "y"], because: "blanks at its ends cut as well" },
    { line: '"${NO[*]-a b}" "${EMPTY[*]}"', words: ["a", "b", ""], because: "default of a list" },
    {
      line: '"${QUOTES}" "${UTF}"',
      words: ['x"y \\z', "\xc3\xa9"],
      because: "values are taken as bytes",
    },
    { line: '"$.LINE ${.FILE} $.SECTION"', words: ["1 test.cfg web"], because: "pseudo-variables" },
    { line: '"$A[*] $.LINE.x"', words: ["1[*] 1.x"], because: "a name ends where it ends" },
  ])("cuts $line: $because", ({ line, words }) => {
    expect(lexLine(line, VARIABLES)).toEqual(words);
  });

  test.each([
    { line: 'a "b', error: "unmatched quote at position 3" },
    { line: "a 'b", error: "unmatched quote at position 3" },
    { line: 'a "b\\', error: "unmatched quote at position 3" },
    { line: "a \\x4", error: "truncated or invalid hexadecimal sequence at position 3" },
    { line: '"\\xg1"', error: "truncated or invalid hexadecimal sequence at position 2" },
    { line: "\\x00", error: "the NUL character cannot be part of a word at position 1" },
    { line: '"$"', error: "forbidden first char in environment variable name at position 2" },
    { line: '"$1"', error: "forbidden first char in environment variable name at position 2" },
    { line: '"${}"', error: "forbidden first char in environment variable name at position 2" },
    { line: '"$.NOPE"', error: "forbidden first char in environment variable name at position 2" },
    { line: '"${A', error: "unmatched brace in environment variable name at position 2" },
    { line: '"${A-b"', error: "unmatched brace in environment variable name at position 2" },
    { line: '"${A[*]x}"', error: "unmatched brace in environment variable name at position 2" },
    { line: '"${A[1]}"', error: "truncated or invalid word expansion sequence at position 5" },
  ])("refuses $line: $error", ({ line, error }) => {
    expect(lexLine(line, VARIABLES)).toBe(error);
  });

  test("takes as many words as the reference, and no more", () => {
    const words = Array.from({ length: WORDS_MAX }, (_, index) => `w${index}`);

    expect(lexLine(words.join(" "))).toEqual(words);
    expect(lexLine(`${words.join(" ")} more`)).toContain("too many words");
  });

  test("gives each word the column where it was typed", () => {
    const diagnostics = new Diagnostics();
    const scope = { environment: new Environment(), file: "", section: "" };
    const lexer = new LineLexer(sourceOf("f", '  a "b c"  d\n'), 1, scope, diagnostics);

    expect(lexer.read()!.map((word) => word.column)).toEqual([3, 5, 12]);
  });

  test("takes the rest of a line as one word where it is asked to", () => {
    const diagnostics = new Diagnostics();
    const scope = { environment: new Environment(), file: "", section: "" };
    const source = sourceOf("f", '.if  streq("a b",c) && 1 # d\n');
    const words = new LineLexer(source, 1, scope, diagnostics).read((first) => first === ".if");

    expect(words!.map((word) => word.text)).toEqual([".if", "streq(a b,c) && 1 "]);
  });
});
