import { type Sample, SampleType } from "../policy/sample.ts";
import type { StreamView } from "../policy/stream-view.ts";
import { FieldFlag, type LogField } from "./field.ts";
import { LineWriter } from "./line-writer.ts";
import type { LogRecord } from "./record.ts";
import {
  CBOR_ENCODER,
  JSON_ENCODER,
  RAW_CBOR_ENCODER,
  type ValueEncoder,
} from "./value-encoder.ts";

/** What a format says that a value shall be: `%(name:sint)[...]`. */
export const ValueType = { AS_IS: 0, TEXT: 1, INTEGER: 2, BOOLEAN: 3 } as const;
export type ValueType = (typeof ValueType)[keyof typeof ValueType];

/** The types by the words of formats. */
export const VALUE_TYPES: ReadonlyMap<string, ValueType> = new Map([
  ["str", ValueType.TEXT],
  ["sint", ValueType.INTEGER],
  ["bool", ValueType.BOOLEAN],
]);

/** A sample expression within a format, compiled: `%[src,ipmask(24)]`. */
export interface FormatExpression {
  /**
   * Writes its value.
   *
   * @hot
   * @param flags - A sum of `FieldFlag`s.
   */
  write(line: LineWriter, view: StreamView, flags: number, type: ValueType): void;
  /** Its value as a sample of that type, or null where there is none. */
  valueOf(view: StreamView, type: ValueType): Sample | null;
}

/** One place of a format: a text, a field, an expression, or with none the blank between two places. */
export interface Place {
  readonly text: string;
  readonly field: LogField | null;
  readonly expression: FormatExpression | null;
  readonly flags: number;
  /** What the value is called in a map; empty for what is not told there. */
  readonly name: Uint8Array;
  readonly type: ValueType;
}

const NAMELESS = new Uint8Array(0);

/** A text, or with an empty one the blank between two places. */
export function textPlace(text: string): Place {
  return {
    text,
    field: null,
    expression: null,
    flags: 0,
    name: NAMELESS,
    type: ValueType.AS_IS,
  };
}

/** What writes values with these flags; null where they stand as text. */
export function encoderOf(flags: number): ValueEncoder | null {
  if ((flags & FieldFlag.JSON) !== 0) return JSON_ENCODER;
  if ((flags & FieldFlag.CBOR) === 0) return null;
  return (flags & FieldFlag.BINARY) === 0 ? CBOR_ENCODER : RAW_CBOR_ENCODER;
}

const FIELD_SIZE_MAX = 16_384;
/** What a field writes, before it is encoded; null until one is. Kept per thread. */
let scratch: LineWriter | null = null;

/** Writes the value of a field or an expression for machines. */
export function encodePlace(
  place: Place,
  encoder: ValueEncoder,
  line: LineWriter,
  record: LogRecord,
): void {
  const { field, expression, flags, type } = place;
  if (expression !== null) {
    encodeSample(expression.valueOf(record.view!, type), encoder, line);
    return;
  }
  scratch ??= new LineWriter(new Uint8Array(FIELD_SIZE_MAX), 0, FIELD_SIZE_MAX, line.environment);
  scratch.restart();
  field!.write(scratch, record, (flags & FieldFlag.HEXADECIMAL) | FieldFlag.BINARY);
  // Digits of 16 are a text.
  const isNumber = field!.isNumber === true && (flags & FieldFlag.HEXADECIMAL) === 0;
  encodeField(isNumber, type, encoder, line, scratch);
}

/** A number, with the sign that tells that it is not final (`option logasap`) or a redispatch. */
const NUMBER = /^\+?(-?\d+)$/;

function encodeField(
  isNumber: boolean,
  type: ValueType,
  encoder: ValueEncoder,
  line: LineWriter,
  { bytes, start, end }: LineWriter,
): void {
  if (start === end) {
    encoder.nothing(line);
    return;
  }
  const isText = type === ValueType.TEXT || (type === ValueType.AS_IS && !isNumber);
  if (isText) {
    encoder.text(line, bytes, start, end);
    return;
  }
  const written = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  const digits = NUMBER.exec(written.toString("latin1"))?.[1];
  if (digits === undefined) {
    if (type === ValueType.AS_IS) encoder.text(line, bytes, start, end);
    else encoder.nothing(line);
  } else if (type === ValueType.BOOLEAN) encoder.boolean(line, BigInt(digits) !== 0n);
  else encoder.integer(line, BigInt(digits));
}

function encodeSample(sample: Sample | null, encoder: ValueEncoder, line: LineWriter): void {
  if (sample === null) encoder.nothing(line);
  else if (sample.type === SampleType.BOOLEAN) encoder.boolean(line, sample.integer !== 0);
  else if (sample.type === SampleType.INTEGER) encoder.integer(line, sample.bigInteger);
  else encoder.text(line, sample.bytes, sample.start, sample.end);
}
