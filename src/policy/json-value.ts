import { readIntegerPrefix } from "./integer-text.ts";
import { JsonFinder, JsonKind, type PathStep } from "./json-path.ts";
import { type Sample, SampleType } from "./sample.ts";
import { ScratchText } from "./scratch-text.ts";
import type { StreamView } from "./stream-view.ts";

/** Digits of a number that are looked at; more of them tell nothing that six digits could show. */
const NUMBER_SIZE_MAX = 400;
const SIGNIFICANT_DIGITS = 6;
const EXPONENT_MIN = -4;

const BACKSLASH = 0x5c;

const finder = new JsonFinder();
const out = new ScratchText();

/** What stands behind a backslash, by letter; -1 for what may not. */
const ESCAPES = new Int16Array(128).fill(-1);
for (const [letter, character] of [...['""', "\\\\", "b\b", "f\f", "n\n", "r\r", "t\t"]]) {
  ESCAPES[letter!.charCodeAt(0)] = character!.charCodeAt(0);
}

/**
 * Makes a sample be the text of the value at a path of the JSON text that it holds. Strings are
 * unescaped, numbers have six digits or, when asked, those of an integer; booleans are 1 and 0. Objects,
 * arrays and null are no value.
 */
export function queryJson(
  sample: Sample,
  path: readonly PathStep[],
  wantsInteger: boolean,
  view: StreamView,
): boolean {
  switch (finder.find(sample.bytes, sample.start, sample.end, path)) {
    case JsonKind.STRING:
      return unescapeString(sample, view);
    case JsonKind.NUMBER:
      return wantsInteger ? toInteger(sample, view) : toText(sample, view);
    case JsonKind.TRUE:
      return giveText("1", sample, view);
    case JsonKind.FALSE:
      return giveText("0", sample, view);
    default:
      return false;
  }
}

function unescapeString(sample: Sample, view: StreamView): boolean {
  const { bytes } = sample;
  out.begin(view);
  for (let at = finder.start; at < finder.end; at++) {
    if (bytes[at] !== BACKSLASH) {
      out.byte(bytes[at]!);
      continue;
    }
    const letter = bytes[++at]!;
    const octet = letter === 0x75 ? hexOctet(bytes, at + 1) : (ESCAPES[letter] ?? -1);
    if (octet === -1 || at >= finder.end) return false;
    if (letter === 0x75) at += 4;
    out.byte(octet);
  }
  return !out.isCut && out.finish(sample, SampleType.STRING);
}

/** Reads four hexadecimal digits that tell an octet; -1 for anything else. */
function hexOctet(bytes: Uint8Array, start: number): number {
  if (start + 4 > finder.end) return -1;
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset + start, 4).toString("latin1");
  return /^00[0-9a-fA-F]{2}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
}

/** Integers beyond what a double tells exactly are refused rather than told wrong. */
function toInteger(sample: Sample, view: StreamView): boolean {
  readIntegerPrefix(sample, sample.bytes, finder.start, finder.end);
  return !sample.isWide && giveText(String(sample.integer), sample, view);
}

function giveText(text: string, sample: Sample, view: StreamView): boolean {
  out.begin(view);
  out.addText(text);
  return out.finish(sample, SampleType.STRING);
}

function toText(sample: Sample, view: StreamView): boolean {
  const end = Math.min(finder.end, finder.start + NUMBER_SIZE_MAX);
  const { buffer, byteOffset } = sample.bytes;
  const text = Buffer.from(buffer, byteOffset + finder.start, end - finder.start).toString(
    "latin1",
  );
  return giveText(shortNumber(Number.parseFloat(text)), sample, view);
}

/** A number with six significant digits, as printf's `%g` writes it. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = value
    .toExponential(SIGNIFICANT_DIGITS - 1)
    .split("e");
  const exponent = Number(exponentText);
  if (exponent >= EXPONENT_MIN && exponent < SIGNIFICANT_DIGITS) {
    return withoutZeros(value.toFixed(SIGNIFICANT_DIGITS - 1 - exponent));
  }
  const sign = exponent < 0 ? "-" : "+";
  return `${withoutZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
