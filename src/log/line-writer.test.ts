import { describe, expect, test } from "bun:test";
import { LogEnvironment } from "./environment.ts";
import { LineWriter } from "./line-writer.ts";
import { lineText, testLine } from "./testing.ts";

describe("LineWriter", () => {
  test.each([0, 7, 9, 10, 99, 100, 4096, 999_999, 2 ** 40, Number.MAX_SAFE_INTEGER, -1, -250])(
    "decimal(%p) writes what String() does",
    (value) => {
      const line = testLine();
      line.decimal(value);
      expect(lineText(line)).toBe(String(value));
    },
  );

  test.each([
    { value: 0, sizeMin: 4, text: "0000" },
    { value: 0x7f000001, sizeMin: 8, text: "7F000001" },
    { value: 0xffffffff, sizeMin: 1, text: "FFFFFFFF" },
    { value: 0x12d9, sizeMin: 4, text: "12D9" },
    { value: 0x1_0000_0000, sizeMin: 4, text: "100000000" },
  ])("hexadecimal($value, $sizeMin) is $text", ({ value, sizeMin, text }) => {
    const line = testLine();
    line.hexadecimal(value, sizeMin);
    expect(lineText(line)).toBe(text);
  });

  test("cuts what does not fit at every size, and touches nothing behind", () => {
    const whole = "abc12345.007DEADBEEF#22";
    for (let size = 1; size <= whole.length; size++) {
      const bytes = new Uint8Array(whole.length + 8).fill(0x7e);
      const line = new LineWriter(bytes, 2, size, new LogEnvironment(1, "h"));
      line.text("abc");
      line.decimal(12345);
      line.byte(0x2e);
      line.padded(7, 3);
      line.hexadecimal(0xdeadbeef, 8);
      line.encodedBytes(new Uint8Array([0x22]), 0, 1, 0);
      expect(lineText(line)).toBe(whole.slice(0, size));
      expect(bytes.indexOf(0x7e, 2)).toBe(2 + size);
    }
  });
});

test.each([
  { text: "GET /a HTTP", word: "GET", end: 3, because: "a blank ends a word" },
  { text: "/a\tb", word: "/a", end: 2, because: "a tab does, too" },
  { text: '/a"\x01\xffb c', word: "/a#22#01#FFb", end: 6, because: "codes do not" },
  { text: " x", word: "", end: 0, because: "a word may be empty" },
  { text: "x".repeat(40), word: "x".repeat(20), end: 40, because: "a line is cut at its limit" },
])("encodedWord() writes $word: $because", ({ text, word, end }) => {
  const line = testLine(20);
  const bytes = Buffer.from(`--${text}--`, "latin1");
  expect(line.encodedWord(bytes, 2, 2 + text.length, 0)).toBe(2 + end);
  expect(lineText(line)).toBe(word);
});
