import { KnownField } from "../http/field-names.ts";

const SINGLE = new Set<number>([
  KnownField.HOST,
  KnownField.CONTENT_LENGTH,
  KnownField.TRANSFER_ENCODING,
]);

/** Is it a field of which a message may have one line only? Another one would be read in two ways. */
export function isSingleKnown(known: number): boolean {
  return SINGLE.has(known);
}
