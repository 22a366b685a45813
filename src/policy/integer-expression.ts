import type { Word } from "../config/word.ts";
import { castSample } from "./casts.ts";
import type { CompileContext } from "./declare.ts";
import { compileExpression } from "./expression.ts";
import { Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/** Kept per thread: a value is made and read at once. */
const sample = new Sample();

/**
 * Compiles an expression that an action needs a number of; undefined after an error was reported. What
 * it makes gives null where there is no value, and the nearest number that JavaScript can tell.
 */
export function compileIntegerOf(
  expression: Word,
  context: CompileContext,
): ((view: StreamView) => number | null) | undefined {
  const compiled = compileExpression({ ...context, at: expression });
  if (compiled === undefined) return undefined;
  return (view) => {
    const hasValue =
      compiled.evaluate(sample, view) && castSample(sample, SampleType.INTEGER, view);
    if (!hasValue) return null;
    return sample.isWide ? Number(sample.wide) : sample.integer;
  };
}
