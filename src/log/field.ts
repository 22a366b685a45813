import type { LineWriter } from "./line-writer.ts";
import type { LogRecord } from "./record.ts";

/** How a field is written; a format adds and removes them with `%{+Q,-X}` and `%{+E}o`. */
export const FieldFlag = {
  /** In double quotes. */
  QUOTE: 1,
  /** Numbers and addresses in hexadecimal. */
  HEXADECIMAL: 2,
  /** `"`, `\` and `]` get a backslash, as the structured data of RFC 5424 wants. */
  ESCAPE: 4,
  /** The bytes as they are, controls and all. */
  BINARY: 8,
  /** As a value of JSON. */
  JSON: 16,
  /** As a value of CBOR. */
  CBOR: 32,
} as const;

/** Flags that make a value one for machines. */
export const ENCODED_FLAGS = FieldFlag.JSON | FieldFlag.CBOR;

/**
 * A variable of log formats: `%ci`, `%ST` and so on. It writes one place of the line and nothing
 * around it.
 */
export interface LogField {
  /** What stands behind the percent sign. */
  readonly name: string;
  /** One line, third person, no final period. */
  readonly summary: string;
  readonly source: string;
  /** It means nothing in TCP mode, and a format of a TCP proxy is refused for it. */
  readonly isHttpOnly?: boolean;
  /** It is a number, and one in JSON too. */
  readonly isNumber?: boolean;
  /** It may write nothing at all, and the blank in front of it then counts for the next field. */
  readonly mayVanish?: boolean;
  /**
   * Writes the field.
   *
   * @hot
   * @param flags - A sum of {@link FieldFlag}s.
   */
  write(line: LineWriter, record: LogRecord, flags: number): void;
}

/** Checks a field's types where it is written; it returns its argument unchanged. */
export function defineField(field: LogField): LogField {
  return field;
}
