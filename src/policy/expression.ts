import { type Args, readValues } from "../config/arg.ts";
import { isOfReference, reportMissing } from "../config/missing-words.ts";
import type { Word } from "../config/word.ts";
import { WordReader } from "../config/word-reader.ts";
import { canCast, castTo } from "./casts.ts";
import type { CompileContext, Convert, Fetch } from "./declare.ts";
import { type Call, splitExpression } from "./expression-words.ts";
import { canReadAt, readsText } from "./reads.ts";
import { REFERENCE_CONVERTERS, REFERENCE_FETCHES } from "./reference-names.ts";
import { SAMPLE_TYPE_NAMES, type Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/** A compiled expression: a fetch, then converters and casts in order. */
export class Expression {
  /** As the operator typed it. */
  readonly text: string;
  readonly output: SampleType;
  /** What its fetch reads: a sum of `Reads`. */
  readonly reads: number;
  readonly #fetch: Fetch;
  readonly #steps: readonly Convert[];

  constructor(
    text: string,
    output: SampleType,
    reads: number,
    fetch: Fetch,
    steps: readonly Convert[],
  ) {
    this.text = text;
    this.output = output;
    this.reads = reads;
    this.#fetch = fetch;
    this.#steps = steps;
  }

  /**
   * Evaluates the expression.
   *
   * @hot
   * @returns False when there is no value; `sample.mayChange` tells whether there may be one later.
   */
  evaluate(sample: Sample, view: StreamView): boolean {
    sample.begin();
    return this.next(sample, view);
  }

  /**
   * Evaluates for the next value of a fetch that has several; only while `sample.hasMore`.
   *
   * @hot
   */
  next(sample: Sample, view: StreamView): boolean {
    sample.hasMore = false;
    if (!this.#fetch(sample, view)) return false;
    const steps = this.#steps;
    for (let index = 0; index < steps.length; index++) {
      if (!steps[index]!(sample, view)) return false;
    }
    return true;
  }

  /** The same expression with its values cast to a type; undefined where that cannot be. */
  as(type: SampleType): Expression | undefined {
    if (!canCast(this.output, type)) return undefined;
    const step = castTo(this.output, type);
    if (step === null) return this;
    return new Expression(this.text, type, this.reads, this.#fetch, [...this.#steps, step]);
  }

  /** Adds the steps of converters behind it. */
  extend(steps: readonly Convert[], output: SampleType): Expression {
    return new Expression(this.text, output, this.reads, this.#fetch, [...this.#steps, ...steps]);
  }
}

/**
 * Compiles an expression such as `req.hdr(host),lower`. What is wrong goes to the diagnostics, and the
 * result is undefined.
 *
 * Source: HAProxy configuration manual, sections 7.1 and 7.3.
 */
export function compileExpression(context: CompileContext): Expression | undefined {
  const calls = splitExpression(context.at);
  if ("message" in calls) {
    context.diagnostics.error(calls.at, calls.message);
    return undefined;
  }
  const fetch = compileFetch(calls[0]!, context);
  if (fetch === undefined) return undefined;
  return compileSteps(fetch, calls.slice(1), context);
}

/** The types that are asked for, as messages call them. */
const WANTED = {
  [SampleType.INTEGER]: "a number",
  [SampleType.STRING]: "a text",
  [SampleType.BINARY]: "bytes",
  [SampleType.ADDRESS]: "an address",
} as const;

/**
 * Compiles an expression whose values are to be of a type, and casts them to it. One that can never
 * give such a value is an error.
 *
 * @param subject - What needs the value, as messages call it: `set-src`.
 */
export function compileExpressionAs(
  type: keyof typeof WANTED,
  subject: string,
  context: CompileContext,
): Expression | undefined {
  const expression = compileExpression(context);
  const converted = expression?.as(type);
  if (expression === undefined || converted !== undefined) return converted;
  const { at, diagnostics } = context;
  const given = SAMPLE_TYPE_NAMES[expression.output];
  diagnostics.error(at, `'${subject}' needs ${WANTED[type]}, and '${at.text}' gives ${given}.`);
  return undefined;
}

/** Compiles the first call of an expression. */
export function compileFetch(call: Call, context: CompileContext): Expression | undefined {
  const { compiler, diagnostics, place } = context;
  const { name } = call;
  const declaration = compiler.findFetch(name.text);
  if (declaration === undefined) {
    if (isOfReference(REFERENCE_FETCHES, name.text)) {
      reportMissing(name, `fetch method '${name.text}'`, name.text, diagnostics);
    } else {
      const hint = compiler.hintForFetch(name.text);
      diagnostics.error(name, `unknown fetch method '${name.text}'.`, hint);
    }
    return undefined;
  }
  const values = readArgs(call, declaration.args, `fetch method '${name.text}'`, context);
  if (values === undefined) return undefined;
  if (!canReadAt(declaration.reads, place)) {
    diagnostics.error(
      name,
      `the sample fetch '${name.text}' needs ${readsText(declaration.reads)}, which '${place.name}' does not have.`,
      compiler.hintForPlace(declaration.reads),
    );
    return undefined;
  }
  const compiled = declaration.compile(values as never, context);
  if (compiled === undefined) return undefined;
  const fetch = compiler.observer?.fetch(compiled, call, declaration) ?? compiled;
  return new Expression(context.at.text, declaration.output, declaration.reads, fetch, []);
}

/** Compiles the converters behind a fetch. */
export function compileSteps(
  from: Expression,
  calls: readonly Call[],
  context: CompileContext,
): Expression | undefined {
  let type = from.output;
  const steps: Convert[] = [];
  for (const call of calls) {
    const added = compileStep(call, type, context);
    if (added === undefined) return undefined;
    steps.push(...added.steps);
    type = added.output;
  }
  return from.extend(steps, type);
}

function compileStep(
  call: Call,
  from: SampleType,
  context: CompileContext,
): { steps: Convert[]; output: SampleType } | undefined {
  const { compiler, diagnostics } = context;
  const { name } = call;
  const declaration = compiler.findConverter(name.text);
  if (declaration === undefined) {
    if (isOfReference(REFERENCE_CONVERTERS, name.text)) {
      reportMissing(name, `converter '${name.text}'`, name.text, diagnostics);
    } else {
      const hint = compiler.hintForConverter(name.text);
      diagnostics.error(name, `unknown converter '${name.text}'.`, hint);
    }
    return undefined;
  }
  if (!canCast(from, declaration.input)) {
    diagnostics.error(
      name,
      `converter '${name.text}' cannot be applied: it takes ${SAMPLE_TYPE_NAMES[declaration.input]}, and what comes before gives ${SAMPLE_TYPE_NAMES[from]}.`,
    );
    return undefined;
  }
  const values = readArgs(call, declaration.args, `converter '${name.text}'`, context);
  if (values === undefined) return undefined;
  const compiled = declaration.compile(values as never, context);
  if (compiled === undefined) return undefined;
  const convert = compiler.observer?.converter(compiled, call, declaration) ?? compiled;
  const cast = castTo(from, declaration.input);
  const output = declaration.output === SampleType.ANY ? from : declaration.output;
  return { steps: cast === null ? [convert] : [cast, convert], output };
}

/** Reads the arguments of a call; undefined after an error was reported. */
export function readArgs(
  call: Call,
  args: Args,
  subject: string,
  { diagnostics }: { readonly diagnostics: CompileContext["diagnostics"] },
): unknown[] | undefined {
  const words: readonly Word[] = call.args;
  const reader = new WordReader(words, 0, call.name, call.name.text, subject);
  const values = readValues(args, reader, diagnostics);
  if (values === undefined) return undefined;
  const extra = reader.peek();
  if (extra === undefined) return values;
  const usage = `${call.name.text}(${args.map((arg) => arg.syntax).join(",")})`;
  diagnostics.error(
    extra,
    args.length === 0
      ? `${subject} takes no argument, but got '${extra.text}'.`
      : `${subject} takes ${args.length} arguments at most, and '${extra.text}' is one more.`,
    args.length === 0 ? `write it as: ${call.name.text}` : `write it as: ${usage}`,
  );
  return undefined;
}
