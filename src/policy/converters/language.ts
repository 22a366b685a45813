import { text } from "../../config/arg.ts";
import { octets, octetsOf, optionalPlace } from "../args.ts";
import { defineConverter } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1; RFC 9110 section 12.5.4";
const { STRING } = SampleType;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const DASH = 0x2d;
const EQUALS = 0x3d;
const DOT = 0x2e;
const LETTER_Q = 0x71;

/** A weight without a fraction is told in thousandths. */
const WEIGHT_MAX = 1000;

function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}

/** @hot */
function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

/** @hot */
function find(bytes: Uint8Array, octet: number, start: number, end: number): number {
  const at = bytes.indexOf(octet, start);
  return at === -1 || at > end ? end : at;
}

/**
 * Reads the weight of a value: `;q=0.7`. Whatever reads as no weight is the greatest one.
 *
 * @hot
 * @returns In thousandths.
 */
function weightOf(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return WEIGHT_MAX;
  let at = skipBlanks(bytes, start + 1, end);
  if (at === end || bytes[at] !== LETTER_Q) return WEIGHT_MAX;
  at = skipBlanks(bytes, at + 1, end);
  if (at === end || bytes[at] !== EQUALS) return WEIGHT_MAX;
  at = skipBlanks(bytes, at + 1, end);
  if (at === end || bytes[at] !== 0x30) return WEIGHT_MAX;
  if (bytes[at + 1] !== DOT) return 0;
  let weight = 0;
  let unit = 100;
  for (at += 2; at < end && unit >= 1; at++, unit = Math.trunc(unit / 10)) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    weight += digit * unit;
  }
  return weight;
}

function isSame(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name[index]) return false;
  }
  return true;
}

/** The languages that the configuration lists. */
class Languages {
  readonly #names: readonly Uint8Array[];

  constructor(list: string) {
    this.#names = list
      .split(";")
      .filter((name) => name !== "")
      .map(octetsOf);
  }

  /** Finds a language with its variants, then without one after the other; null for none. */
  find(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    for (let stop = end; stop > start; stop = lastDash(bytes, start, stop)) {
      for (const name of this.#names) {
        if (isSame(bytes, start, stop, name)) return name;
      }
    }
    return null;
  }

  /** The language of the list that the header's value likes best; null for none. */
  best({ bytes, start, end }: Sample): Uint8Array | null {
    let best: Uint8Array | null = null;
    let bestWeight = 0;
    for (let at = start; at < end; ) {
      const stop = find(bytes, COMMA, at, end);
      const from = skipBlanks(bytes, at, stop);
      const semicolon = find(bytes, SEMICOLON, from, stop);
      let to = semicolon;
      while (to > from && isBlank(bytes[to - 1])) to--;
      const name = this.find(bytes, from, to);
      const weight = name === null ? 0 : weightOf(bytes, semicolon, stop);
      if (weight > bestWeight) {
        best = name;
        bestWeight = weight;
      }
      at = stop + 1;
    }
    return best;
  }
}

/** Where the last dash is; the start where there is none. */
function lastDash(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && bytes[at] !== DASH) at--;
  return at;
}

export const language = defineConverter({
  name: "language",
  summary: "Picks the language that an Accept-Language header likes best out of a list",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [text("value"), optionalPlace(octets("default"))],
  examples: [
    { input: "es;q=0.5,fr;q=0.8", expression: "language(es;fr;en)", output: "fr" },
    { input: "fr,es", expression: "language(es;fr;en)", output: "fr" },
    { input: "de", expression: "language(es;fr;en)", output: null },
    { input: "de", expression: "language(es;fr;en,xx)", output: "xx" },
    { input: "", expression: "language(es,dd)", output: "dd" },
    { input: "en-US", expression: "language(es;en)", output: "en" },
    { input: "en-US,fr", expression: "language(fr;en-US;en)", output: "en-US" },
    { input: "zh-Hant-TW", expression: "language(zh-Hant;en)", output: "zh-Hant" },
    { input: "fr; q=0.5 , es ; q=0.7", expression: "language(es;fr)", output: "es" },
    { input: "fr;q=abc,es;q=0.9", expression: "language(es;fr)", output: "fr" },
    { input: "fr;q=.5,es;q=0.6", expression: "language(es;fr)", output: "fr" },
    { input: "fr;q=0.3x,es;q=0.9", expression: "language(es;fr)", output: "es" },
    { input: "fr;level=1;q=0.3,es;q=0.4", expression: "language(es;fr)", output: "fr" },
    { input: "a;q=0.3;x=1,es;q=0.4", expression: "language(es;a)", output: "es" },
    { input: "es;q=0.999,fr;q=1.001", expression: "language(es;fr)", output: "fr" },
    { input: "fr;q=0.0,es;q=0.1", expression: "language(es;fr)", output: "es" },
    { input: "FR", expression: "language(es;fr)", output: null },
    { input: ",, fr", expression: "language(es;fr)", output: "fr" },
    { input: "fr es", expression: "language(es;fr)", output: null },
    // A weight of zero drops its value, as the manual says; the reference drops the others too.
    { input: "fr;q=0,es", expression: "language(es;fr)", output: "es", isOwn: true },
  ],
  compile([list, otherwise]) {
    const languages = new Languages(list);
    return (sample) => {
      const name = languages.best(sample) ?? otherwise;
      if (name === undefined) return false;
      sample.setBytes(STRING, name, 0, name.length);
      return true;
    };
  },
});
