import { type Arg, argument } from "../config/arg.ts";
import { octetsOf } from "./args.ts";
import { castSample } from "./casts.ts";
import type { CompileContext } from "./declare.ts";
import { readInteger } from "./integer-text.ts";
import { Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";
import type { VariableName } from "./variables.ts";

/** The second number of a calculation, as it was typed: an integer or a variable's name. */
export function operand(name: string): Arg<string> {
  return argument(name, (text) => text);
}

/** Gives the second number of a calculation: a sample of type INTEGER; null where there is none. */
export type Operand = (view: StreamView) => Sample | null;

/** Reads an operand; reports what is wrong and gives undefined. */
export function compileOperand(
  text: string,
  { compiler, diagnostics, at }: CompileContext,
): Operand | undefined {
  const constant = new Sample();
  const bytes = octetsOf(text.replace(/^\+/, ""));
  if (readInteger(constant, bytes, 0, bytes.length)) return () => constant;
  const name = compiler.variables.name(text);
  if (typeof name !== "string") return variableOperand(name);
  diagnostics.error(
    at,
    `expects an integer or a variable name, but got '${text}'.`,
    "variables are written as txn.name, with the scope proc, sess, txn, req or res",
  );
  return undefined;
}

function variableOperand(name: VariableName): Operand {
  const value = new Sample();
  return (view) => {
    const set = view.variables.find(name.scope);
    if (set === null || !set.get(name, value)) return null;
    return castSample(value, SampleType.INTEGER, view) ? value : null;
  };
}
