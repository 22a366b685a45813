import { describe, expect, test } from "bun:test";
import { Random } from "../../test/support/random.ts";
import {
  copyBytes,
  endOfTarget,
  endOfText,
  equalIgnoringCase,
  equalOctets,
  skipBlank,
  trimBlank,
  writeDecimal,
} from "./octets.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

describe("the scans by words agree with a scan by octets", () => {
  const random = new Random(7);
  const bytes = new Uint8Array(64);
  const words = new DataView(bytes.buffer);
  const isText = (octet: number) => octet === 9 || (octet >= 32 && octet !== 127);
  const isTarget = (octet: number) => octet > 32 && octet < 127 && octet !== 35;

  test("on random octets, mostly good ones", () => {
    for (let round = 0; round < 50_000; round++) {
      for (let at = 0; at < bytes.length; at++) {
        const isRare = random.below(24) === 0;
        bytes[at] = isRare ? random.below(256) : 0x40 + random.below(0x3f) + random.below(2) * 0x80;
      }
      const from = random.below(bytes.length);
      const end = from + random.below(bytes.length - from + 1);
      let text = from;
      while (text < end && isText(bytes[text]!)) text++;
      let target = from;
      while (target < end && isTarget(bytes[target]!)) target++;
      expect(endOfText(bytes, words, from, end)).toBe(text);
      expect(endOfTarget(bytes, words, from, end)).toBe(target);
    }
  });

  test("on each octet at each place of a word", () => {
    for (let octet = 0; octet < 256; octet++) {
      for (let at = 0; at < 16; at++) {
        bytes.fill(0x61);
        bytes[at] = octet;
        expect(endOfText(bytes, words, 0, 24)).toBe(isText(octet) ? 24 : at);
        expect(endOfTarget(bytes, words, 0, 24)).toBe(isTarget(octet) ? 24 : at);
      }
    }
  });
});

describe("equalIgnoringCase()", () => {
  test.each([
    { a: "Host", b: "hOST", equal: true },
    { a: "Host", b: "Hos", equal: false },
    { a: "a-b", b: "a\rb", equal: false },
    { a: "@", b: "`", equal: false },
    { a: "[", b: "{", equal: false },
    { a: "", b: "", equal: true },
  ])("says $equal of $a and $b", ({ a, b, equal }) => {
    expect(equalIgnoringCase(bytesOf(a), 0, a.length, bytesOf(b), 0, b.length)).toBe(equal);
  });
});

describe("equalOctets()", () => {
  test.each([
    { a: "/a/b", b: "/a/b", equal: true },
    { a: "Host", b: "host", equal: false },
    { a: "Host", b: "Hos", equal: false },
    { a: "", b: "", equal: true },
  ])("says $equal of $a and $b, wherever they lie", ({ a, b, equal }) => {
    const whole = bytesOf(`..${b}.`);
    expect(equalOctets(bytesOf(a), 0, a.length, whole, 2, 2 + b.length)).toBe(equal);
  });
});

describe("small tools", () => {
  test("skipBlank() and trimBlank() know spaces and tabs", () => {
    const bytes = bytesOf(" \t a b\t ");
    expect(skipBlank(bytes, 0, 8)).toBe(3);
    expect(trimBlank(bytes, 3, 8)).toBe(6);
    expect(trimBlank(bytes, 0, 3)).toBe(0);
  });

  test.each([0, 9, 10, 12345, Number.MAX_SAFE_INTEGER])("writeDecimal() writes %d", (value) => {
    const bytes = new Uint8Array(20);
    const end = writeDecimal(bytes, 2, value);
    expect(Buffer.from(bytes.subarray(2, end)).toString()).toBe(String(value));
  });

  test.each([4, 400])("copyBytes() copies %d octets within and between arrays", (size) => {
    const from = new Uint8Array(1000).map((_, index) => index);
    const into = new Uint8Array(1000);
    expect(copyBytes(into, 7, from, 3, 3 + size)).toBe(7 + size);
    expect(into.subarray(7, 7 + size)).toEqual(from.subarray(3, 3 + size));
    const expected = from.slice(0, size);
    copyBytes(from, 1, from, 0, size);
    expect(from.slice(1, 1 + size)).toEqual(expected);
  });
});
