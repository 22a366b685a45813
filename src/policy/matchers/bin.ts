import { defineMatcher } from "../declare.ts";
import { ExactIndex } from "../patterns/exact-index.ts";
import type { PatternError } from "../patterns/pattern-index.ts";
import { SampleType } from "../sample.ts";

/** `-m bin`. */
export const bin = defineMatcher({
  name: "bin",
  summary: "Matches bytes that are exactly those whose hexadecimal digits the pattern gives",
  source: "HAProxy configuration manual, section 7.1.5",
  input: SampleType.BINARY,
  make: () => new ExactIndex(parseHexadecimal, false),
});

function parseHexadecimal(pattern: string): Uint8Array | PatternError {
  if (/^(?:[0-9a-f]{2})+$/i.test(pattern)) return new Uint8Array(Buffer.from(pattern, "hex"));
  return { message: `'${pattern}' is not an even number of hexadecimal digits` };
}
