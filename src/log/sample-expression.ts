import { castSample } from "../policy/casts.ts";
import type { Expression } from "../policy/expression.ts";
import { Sample, SampleType } from "../policy/sample.ts";
import type { StreamView } from "../policy/stream-view.ts";
import { FieldFlag } from "./field.ts";
import type { FormatExpression } from "./format.ts";
import type { LineWriter } from "./line-writer.ts";

const QUOTE = 0x22;

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
  write(line: LineWriter, view: StreamView, flags: number): void {
    const isFound =
      this.#expression.evaluate(sample, view) && castSample(sample, SampleType.STRING, view);
    if (!isFound) {
      if (this.#isForLog) line.flagged("", flags);
      return;
    }
    const isQuoted = this.#isForLog && (flags & FieldFlag.QUOTE) !== 0;
    if (isQuoted) line.byte(QUOTE);
    if (this.#isForLog) line.encodedBytes(sample.bytes, sample.start, sample.end, flags);
    else line.printableBytes(sample.bytes, sample.start, sample.end);
    if (isQuoted) line.byte(QUOTE);
  }
}
