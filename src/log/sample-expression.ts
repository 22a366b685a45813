import { castSample } from "../policy/casts.ts";
import type { Expression } from "../policy/expression.ts";
import { Sample, SampleType } from "../policy/sample.ts";
import type { StreamView } from "../policy/stream-view.ts";
import { FieldFlag } from "./field.ts";
import { type FormatExpression, ValueType } from "./format-place.ts";
import type { LineWriter } from "./line-writer.ts";

const QUOTE = 0x22;

/** The types of samples for those of formats, by their numbers. */
const SAMPLE_TYPES: readonly SampleType[] = [
  SampleType.ANY,
  SampleType.STRING,
  SampleType.INTEGER,
  SampleType.BOOLEAN,
];

/** Kept per thread: texts are written one after the other and nothing of a sample is kept. */
const sample = new Sample();

/**
 * An expression as a part of a format. In a log what could confuse a reader is encoded and nothing is
 * `-`; in a header or a variable the value stands as it is but for control characters,
 * which could end a header or a line, and nothing is nothing.
 */
export class SampleExpression implements FormatExpression {
  readonly #expression: Expression;
  readonly #isForLog: boolean;

  constructor(expression: Expression, isForLog: boolean) {
    this.#expression = expression;
    this.#isForLog = isForLog;
  }

  /** @hot */
  write(line: LineWriter, view: StreamView, flags: number, type: ValueType): void {
    if (!this.#evaluate(view, type) || !castSample(sample, SampleType.STRING, view)) {
      if (this.#isForLog) line.flagged("", flags);
      return;
    }
    if ((flags & FieldFlag.BINARY) !== 0) {
      line.plainBytes(sample.bytes, sample.start, sample.end);
      return;
    }
    const isQuoted = this.#isForLog && (flags & FieldFlag.QUOTE) !== 0;
    if (isQuoted) line.byte(QUOTE);
    if (this.#isForLog) line.encodedBytes(sample.bytes, sample.start, sample.end, flags);
    else line.printableBytes(sample.bytes, sample.start, sample.end);
    if (isQuoted) line.byte(QUOTE);
  }

  valueOf(view: StreamView, type: ValueType): Sample | null {
    if (!this.#evaluate(view, type)) return null;
    if (sample.type === SampleType.BOOLEAN || sample.type === SampleType.INTEGER) return sample;
    return castSample(sample, SampleType.STRING, view) ? sample : null;
  }

  /** @hot */
  #evaluate(view: StreamView, type: ValueType): boolean {
    if (!this.#expression.evaluate(sample, view)) return false;
    return type === ValueType.AS_IS || castSample(sample, SAMPLE_TYPES[type]!, view);
  }
}
