import type { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";
import type { LogEnvironment } from "../log/environment.ts";
import {
  type CompileFormatExpression,
  compileFormat,
  type LogFields,
  LogFormat,
} from "../log/format.ts";
import { LineWriter } from "../log/line-writer.ts";
import { SampleExpression, type ValueStyle } from "../log/sample-expression.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import { compileExpression } from "../policy/expression.ts";
import type { Format, FormatCompiler, FormatStyle } from "../policy/format.ts";
import type { Place } from "../policy/reads.ts";
import type { StreamView } from "../policy/stream-view.ts";
import type { PolicyView } from "./policy-view.ts";

/** A format of logs that makes a text of a stream for rules: headers, names, variables. */
class StreamFormat implements Format {
  readonly constant: Uint8Array | null;
  readonly #format: LogFormat;
  readonly #line: LineWriter;

  constructor(format: LogFormat, line: LineWriter) {
    this.#format = format;
    this.#line = line;
    this.constant = format.constantText === null ? null : latin1(format.constantText);
  }

  /** @hot */
  write(into: Uint8Array, at: number, limit: number, view: StreamView): number {
    const shown = view as PolicyView;
    const line = this.#line;
    line.restartAt(into, at, limit);
    const record = this.#format.needsRecord ? shown.fillRecord(this.#format) : shown.engine.record;
    record.view = view;
    this.#format.write(line, record);
    return line.end;
  }
}

function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** Compiles formats within rules, and expressions within formats. */
export class StreamFormats implements FormatCompiler {
  readonly #fields: LogFields;
  readonly #line: LineWriter;
  #policy: PolicyCompiler | null = null;

  constructor(fields: LogFields, environment: LogEnvironment) {
    this.#fields = fields;
    this.#line = new LineWriter(new Uint8Array(1), 0, 1, environment);
    this.#line.marksNothing = false;
  }

  /** Formats and expressions hold each other. */
  link(policy: PolicyCompiler): void {
    this.#policy = policy;
  }

  compileFormat(
    word: Word,
    place: Place,
    sectionName: string,
    diagnostics: Diagnostics,
    style: FormatStyle = "text",
  ): Format | undefined {
    const values = style === "raw" ? "raw" : "text";
    const expressions = this.expressionsAt(word, place, sectionName, diagnostics, values);
    const compiled = compileFormat(word.text, this.#fields, expressions, style === "line");
    if (compiled instanceof LogFormat) {
      const format = new StreamFormat(compiled, this.#line);
      return this.#policy?.observer?.format(format, word) ?? format;
    }
    if (compiled.message !== "") diagnostics.error(word, compiled.message);
    return undefined;
  }

  /** How the expressions within a format are compiled; what is wrong is told of the format's word. */
  expressionsAt(
    at: Word,
    place: Place,
    sectionName: string,
    diagnostics: Diagnostics,
    style: ValueStyle = "log",
  ): CompileFormatExpression {
    return (text) => {
      const expression = compileExpression({
        compiler: this.#policy!,
        diagnostics,
        at: { ...at, text },
        place,
        sectionName,
        iterates: false,
      });
      return expression === undefined ? "" : new SampleExpression(expression, style);
    };
  }
}
