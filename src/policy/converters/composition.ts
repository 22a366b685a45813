import { octets, optionalPlace } from "../args.ts";
import { castSample } from "../casts.ts";
import { type CompileContext, defineConverter } from "../declare.ts";
import { Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";
import type { StreamView } from "../stream-view.ts";
import { compileVariable, readVariable, variable } from "../variable-argument.ts";
import type { VariableName } from "../variables.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { STRING, BINARY, INTEGER, BOOLEAN } = SampleType;
const NOTHING = new Uint8Array(0);

const out = new ScratchText();
/** The variable that is looked at; each converter is done with it before the next one runs. */
const held = new Sample();

/** Says whether a variable has a value of a type, which is then in `held`. */
function readAs(name: VariableName | null, type: SampleType, view: StreamView): boolean {
  return name !== null && readVariable(name, held, view) && castSample(held, type, view);
}

/** A variable that may be left out; undefined after an error. */
function optionalVariable(
  text: string | undefined,
  context: CompileContext,
): VariableName | null | undefined {
  return text === undefined ? null : compileVariable(text, context);
}

export const concat = defineConverter({
  name: "concat",
  summary: "Adds a text, a variable's value and another text",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [
    optionalPlace(octets("start")),
    optionalPlace(variable("var")),
    optionalPlace(octets("end")),
  ],
  examples: [
    { input: "a", expression: "concat(b)", output: "ab" },
    { input: "a", expression: "concat(b,txn.none,c)", output: "abc" },
    { input: "a", expression: "concat(,,c)", output: "ac" },
    { input: "a", expression: "concat", output: "a" },
    { input: "a", expression: "concat(' (',,')')", output: "a ()" },
    { input: "x,y", expression: 'set-var(txn.c),concat(-,txn.c,")")', output: "x,y-x,y)" },
    { input: "5", expression: "add(2),set-var(txn.c),concat(<,txn.c,>)", output: "7<7>" },
  ],
  compile([start = NOTHING, name, end = NOTHING], context) {
    const named = optionalVariable(name, context);
    if (named === undefined) return undefined;
    return (sample, view) => {
      const hasValue = readAs(named, STRING, view);
      out.begin(view);
      out.add(sample.bytes, sample.start, sample.end);
      out.add(start, 0, start.length);
      if (hasValue) out.add(held.bytes, held.start, held.end);
      out.add(end, 0, end.length);
      return out.finish(sample, STRING);
    };
  },
});

export const addItem = defineConverter({
  name: "add_item",
  summary:
    "Adds a variable's value and a text, behind a delimiter where there is something on both sides",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [octets("delim"), optionalPlace(variable("var")), optionalPlace(octets("suff"))],
  examples: [
    { input: "a", expression: 'add_item(",",,x)', output: "a,x" },
    { input: "", expression: 'add_item(",",,x)', output: "x" },
    { input: "a", expression: 'add_item(",",txn.none)', output: "a" },
    { input: "a", expression: 'add_item(",",txn.none,"(x)")', output: "a,(x)" },
    { input: "a", expression: 'set-var(txn.i),add_item(":",txn.i,!)', output: "a:a!" },
    { input: "", expression: 'add_item(",",txn.none),length', output: "0" },
  ],
  compile([delimiter, name, suffix = NOTHING], context) {
    if (name === undefined && suffix.length === 0) {
      context.diagnostics.error(
        context.at,
        "'add_item' needs a variable or a text to add.",
        "Write it as: add_item(<delim>,[<var>][,<suff>])",
      );
      return undefined;
    }
    const named = optionalVariable(name, context);
    if (named === undefined) return undefined;
    return (sample, view) => {
      const hasValue = readAs(named, STRING, view);
      const hasMore = suffix.length > 0 || (hasValue && held.end > held.start);
      out.begin(view);
      out.add(sample.bytes, sample.start, sample.end);
      if (hasMore && sample.end > sample.start) out.add(delimiter, 0, delimiter.length);
      if (hasValue) out.add(held.bytes, held.start, held.end);
      out.add(suffix, 0, suffix.length);
      return out.finish(sample, STRING);
    };
  },
});

export const strcmp = defineConverter({
  name: "strcmp",
  summary: "Compares with a variable's value: negative when the text comes first, zero when equal",
  source: SOURCE,
  input: STRING,
  output: INTEGER,
  args: [variable("var")],
  examples: [
    { input: "hello", expression: "set-var(txn.s),strcmp(txn.s)", output: "0" },
    { input: "hello", expression: "set-var(txn.s),bytes(0,4),strcmp(txn.s)", output: "-1" },
    { input: "hello", expression: "set-var(txn.s),concat(abc),strcmp(txn.s)", output: "1" },
    { input: "hello", expression: "set-var(txn.s),upper,strcmp(txn.s)", output: "-32" },
    { input: "hello", expression: "strcmp(txn.none)", output: null },
  ],
  compile([name], context) {
    const named = compileVariable(name, context);
    if (named === undefined) return undefined;
    return (sample, view) => {
      if (!readAs(named, STRING, view)) return false;
      sample.setInteger(compare(sample, held));
      return true;
    };
  },
});

/**
 * Tells the order of two texts: the distance of the first octets that differ, or which is longer.
 *
 * @hot
 */
function compare(one: Sample, other: Sample): number {
  const size = Math.min(one.end - one.start, other.end - other.start);
  for (let index = 0; index < size; index++) {
    const distance = one.bytes[one.start + index]! - other.bytes[other.start + index]!;
    if (distance !== 0) return distance;
  }
  return Math.sign(one.end - one.start - (other.end - other.start));
}

export const secureMemcmp = defineConverter({
  name: "secure_memcmp",
  summary:
    "Says whether the bytes are a variable's, in a time that tells nothing of where they differ",
  source: SOURCE,
  input: BINARY,
  output: BOOLEAN,
  args: [variable("var")],
  examples: [
    { input: "hello", expression: "set-var(txn.m),secure_memcmp(txn.m)", output: "1" },
    { input: "hello", expression: "set-var(txn.m),upper,secure_memcmp(txn.m)", output: "0" },
    { input: "hello", expression: "set-var(txn.m),bytes(1),secure_memcmp(txn.m)", output: "0" },
    { input: "hello", expression: "secure_memcmp(txn.none)", output: null },
  ],
  compile([name], context) {
    const named = compileVariable(name, context);
    if (named === undefined) return undefined;
    return (sample, view) => {
      if (!readAs(named, BINARY, view)) return false;
      sample.setBoolean(areSame(sample, held));
      return true;
    };
  },
});

/**
 * Compares all octets, whether or not one differs.
 *
 * @hot
 */
function areSame(one: Sample, other: Sample): boolean {
  const size = one.end - one.start;
  if (size !== other.end - other.start) return false;
  let difference = 0;
  for (let index = 0; index < size; index++) {
    difference |= one.bytes[one.start + index]! ^ other.bytes[other.start + index]!;
  }
  return difference === 0;
}
