import { KnownField, knownFieldOf } from "./field-names.ts";
import { TOKEN_OCTETS } from "./octets.ts";

/**
 * The name of a field as a rule or an option gives it, with its number among the known names: lines of
 * a known name are found by comparing numbers.
 */
export class FieldName {
  readonly octets: Uint8Array;
  /** `OTHER` for a name that has no number, and for what can be no name. */
  readonly known: KnownField;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    const isName = octets.length > 0 && octets.every((octet) => TOKEN_OCTETS[octet] === 1);
    const words = new DataView(octets.buffer, octets.byteOffset, octets.length);
    this.known = isName ? knownFieldOf(octets, words, 0, octets.length) : KnownField.OTHER;
  }

  /** Makes one of a text of latin1. */
  static of(text: string): FieldName {
    return new FieldName(new Uint8Array(Buffer.from(text, "latin1")));
  }
}
