import { type Arg, argument } from "../config/arg.ts";
import type { CompileContext } from "./declare.ts";
import type { Sample } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";
import type { VariableName } from "./variables.ts";

/** The name of a variable, as it was typed. */
export function variable(name: string): Arg<string> {
  return argument(name, (text) => text);
}

/** Finds the variable that an argument names; reports what is wrong with it and gives undefined. */
export function compileVariable(
  text: string,
  { compiler, diagnostics, at }: CompileContext,
): VariableName | undefined {
  const name = compiler.variables.name(text);
  if (typeof name !== "string") return name;
  diagnostics.error(
    at,
    name,
    "Variables are written as txn.name, with the scope proc, sess, txn, req or res",
  );
  return undefined;
}

/**
 * Gives a variable's value; false when it has none.
 *
 * @hot
 */
export function readVariable(name: VariableName, into: Sample, view: StreamView): boolean {
  const set = view.variables.find(name.scope);
  return set?.get(name, into) === true;
}
