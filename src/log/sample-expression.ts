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
 * How values stand in a text.
 *
 * - `log`: what could confuse a reader is encoded, and nothing is `-`.
 * - `text`: of a head or an answer: control characters are encoded, since they could end a line or a
 *   header; nothing is nothing, and quotes are not asked for.
 * - `raw`: as they are.
 */
export type ValueStyle = "log" | "text" | "raw";

/** An expression as a part of a format. */
export class SampleExpression implements FormatExpression {
  readonly #expression: Expression;
  readonly #style: ValueStyle;

  constructor(expression: Expression, style: ValueStyle) {
    this.#expression = expression;
    this.#style = style;
  }

  /** @hot */
  write(line: LineWriter, view: StreamView, flags: number, type: ValueType): void {
    const style = this.#style;
    const isQuoted = style !== "text" && (flags & FieldFlag.QUOTE) !== 0;
    if (!this.#evaluate(view, type) || !castSample(sample, SampleType.STRING, view)) {
      if (isQuoted || style === "log") line.flagged("", flags);
      return;
    }
    if (style !== "text" && (flags & FieldFlag.BINARY) !== 0) {
      line.plainBytes(sample.bytes, sample.start, sample.end);
      return;
    }
    if (isQuoted) line.byte(QUOTE);
    const { bytes, start, end } = sample;
    if (style === "log") line.encodedBytes(bytes, start, end, flags);
    else if (style === "text") line.printableBytes(bytes, start, end, flags);
    else line.plainBytes(bytes, start, end, flags);
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
