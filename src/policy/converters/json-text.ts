import { oneOf } from "../../config/arg.ts";
import { optionalPlace } from "../args.ts";
import { defineConverter } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1; RFC 8259 section 7";
const { STRING } = SampleType;
const BACKSLASH = 0x5c;
const HEX_DIGITS = "0123456789abcdef";

/** What a character cannot be told by: more than four hexadecimal digits. */
const CODE_MAX = 0xffff;

const out = new ScratchText();

/** Letters of the escapes that have one, by character; 0 for the others. */
const LETTERS = new Uint8Array(128);
for (const [character, letter] of [...['""', "\\\\", "//", "\bb", "\ff", "\nn", "\rr", "\tt"]]) {
  LETTERS[character!.charCodeAt(0)] = letter!.charCodeAt(0);
}

/** The least value that needs so many octets in UTF-8. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000];

/** How a character of the input was read. */
class Decoder {
  code = 0;
  /** Octets that it took. */
  size = 0;
  /** No character at all, or one that may not be. */
  isBad = false;
  /** Told with more octets than it needs. */
  isOverlong = false;

  /**
   * Reads a character of UTF-8. Of a broken one it takes the octets that belong to it.
   *
   * @hot
   */
  read(bytes: Uint8Array, at: number, end: number): void {
    const first = bytes[at]!;
    const size = sizeOf(first);
    this.size = 1;
    this.isBad = size === 0;
    this.isOverlong = false;
    this.code = first;
    if (size < 2) return;
    let code = first & (0x7f >> size);
    while (this.size < size && at + this.size < end && (bytes[at + this.size]! & 0xc0) === 0x80) {
      code = code * 64 + (bytes[at + this.size++]! & 0x3f);
    }
    this.code = code;
    this.isOverlong = code < LEAST[size]!;
    this.isBad = this.size < size || isForbidden(code);
  }
}

/** How many octets a character has that starts with this one; 0 when none does. */
function sizeOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc0 || first > 0xfd) return 0;
  return Math.clz32(~(first << 24));
}

/** Halves of surrogate pairs, and what is no character. */
function isForbidden(code: number): boolean {
  return (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
}

const decoder = new Decoder();

/** @hot */
function addCharacter(code: number): void {
  const letter = code < 128 ? LETTERS[code]! : 0;
  if (letter !== 0) {
    out.byte(BACKSLASH);
    out.byte(letter);
  } else if (code >= 0x20 && code < 0x7f) out.byte(code);
  else {
    out.byte(BACKSLASH);
    out.byte(0x75);
    for (let shift = 12; shift >= 0; shift -= 4) {
      out.byte(HEX_DIGITS.charCodeAt((code >> shift) & 15));
    }
  }
}

/** What is done with characters that are wrong. */
interface Strictness {
  readonly isAscii: boolean;
  /** Wrong characters are left out; otherwise the whole text is refused. */
  readonly skipsBad: boolean;
  readonly takesOverlong: boolean;
}

const CODES: Readonly<Record<string, Strictness>> = {
  ascii: { isAscii: true, skipsBad: false, takesOverlong: false },
  utf8: { isAscii: false, skipsBad: false, takesOverlong: false },
  utf8s: { isAscii: false, skipsBad: true, takesOverlong: false },
  utf8p: { isAscii: false, skipsBad: false, takesOverlong: true },
  utf8ps: { isAscii: false, skipsBad: true, takesOverlong: true },
};

/** Writes the input as a string of JSON without its quotes; false where it is refused. */
function writeJson({ bytes, start, end }: Sample, code: Strictness): boolean {
  for (let at = start; at < end; ) {
    if (code.isAscii) {
      addCharacter(bytes[at++]!);
      continue;
    }
    decoder.read(bytes, at, end);
    at += decoder.size;
    const isWrong = decoder.isBad || (decoder.isOverlong && !code.takesOverlong);
    if (!isWrong && decoder.code <= CODE_MAX) addCharacter(decoder.code);
    else if (!code.skipsBad) return false;
  }
  return true;
}

export const json = defineConverter({
  name: "json",
  summary: "Escapes a text so that it can stand within a string of JSON",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [optionalPlace(oneOf("input-code", ["ascii", "utf8", "utf8s", "utf8p", "utf8ps"]))],
  examples: [
    { input: 'a"b/c', expression: "json", output: 'a\\"b\\/c' },
    {
      input: "%08%0c%0a%0d%09%1f%7f%80%ff",
      expression: "url_dec,json",
      output: "\\b\\f\\n\\r\\t\\u001f\\u007f\\u0080\\u00ff",
    },
    { input: "%c3%a9", expression: "url_dec,json(ascii)", output: "\\u00c3\\u00a9" },
    { input: "%c3%a9", expression: "url_dec,json(utf8)", output: "\\u00e9" },
    { input: "a%c3b", expression: "url_dec,json(utf8)", output: null },
    { input: "a%c3b", expression: "url_dec,json(utf8s)", output: "ab" },
    { input: "a%80b", expression: "url_dec,json(utf8ps)", output: "ab" },
    { input: "a%c0%afb", expression: "url_dec,json(utf8)", output: null },
    { input: "a%c0%afb", expression: "url_dec,json(utf8s)", output: "ab" },
    { input: "a%c0%afb", expression: "url_dec,json(utf8p)", output: "a\\/b" },
    { input: "a%f0%80%80%afb", expression: "url_dec,json(utf8ps)", output: "a\\/b" },
    { input: "a%fc%80%80%80%80%afb", expression: "url_dec,json(utf8ps)", output: "a\\/b" },
    { input: "a%f8%88%80%80%80%afb", expression: "url_dec,json(utf8s)", output: "ab" },
    { input: "a%ed%a0%80b", expression: "url_dec,json(utf8p)", output: null },
    { input: "a%ed%a0%80b", expression: "url_dec,json(utf8s)", output: "ab" },
    { input: "a%ef%bf%bfb", expression: "url_dec,json(utf8)", output: null },
    { input: "a%ef%bf%bdb", expression: "url_dec,json(utf8)", output: "a\\ufffdb" },
    { input: "a%f0%9f%98%80b", expression: "url_dec,json(utf8p)", output: null },
    { input: "a%f0%9f%98%80b", expression: "url_dec,json(utf8ps)", output: "ab" },
    { input: "a%e2%c3%a9b", expression: "url_dec,json(utf8s)", output: "a\\u00e9b" },
    { input: "a%e2%82", expression: "url_dec,json(utf8s)", output: "a" },
    { input: "a%ffb", expression: "url_dec,json(utf8ps)", output: "ab" },
    { input: "", expression: "json,length", output: "0" },
  ],
  compile([name = "ascii"]) {
    const code = CODES[name]!;
    return (sample, view) => {
      out.begin(view);
      return writeJson(sample, code) && !out.isCut && out.finish(sample, STRING);
    };
  },
});
