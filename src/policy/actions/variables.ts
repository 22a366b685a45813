import { type Arg, word } from "../../config/arg.ts";
import type { Word } from "../../config/word.ts";
import { type Act, defineAction, RULE_SETS, Verdict } from "../action.ts";
import type { CompileContext } from "../declare.ts";
import { compileExpression } from "../expression.ts";
import { compileFormatOf, format } from "../format-arg.ts";
import { Sample, SampleType } from "../sample.ts";
import type { StreamControl } from "../stream-control.ts";
import { compileSetConditions, maySet } from "../variable-conditions.ts";
import type { VariableName } from "../variables.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

/** What stands in parentheses: the name, then conditions. */
const conditions: Arg<readonly Word[]> = {
  name: "cond",
  syntax: "[<cond>...]",
  read: (words) => words.takeRest(),
};
const parameters = [word("var-name"), conditions] as const;

function nameOf(at: Word, { compiler, diagnostics }: CompileContext): VariableName | undefined {
  const name = compiler.variables.name(at.text);
  if (typeof name !== "string") return name;
  diagnostics.error(at, name, "write it as: txn.name, with letters, digits, '_' and '.'");
  return undefined;
}

/** Kept per thread: a value is made and copied at once. */
const sample = new Sample();

function store(control: StreamControl, name: VariableName, bits: number): void {
  const set = control.variables.open(name.scope);
  if (set !== null && maySet(bits, set, name, sample)) set.set(name, sample);
}

/** `set-var`. */
export const setVar = defineAction({
  name: "set-var",
  summary: "Sets a variable to the value of an expression; without a value it stays as it is",
  source: `${SOURCE}, http-request set-var`,
  ruleSets: RULE_SETS,
  isFinal: false,
  parameters,
  args: [word("expr")],
  compile([expr], context, [nameWord, words]): Act | undefined {
    const name = nameOf(nameWord, context);
    const bits = compileSetConditions(words, context.diagnostics);
    const expression = compileExpression({ ...context, at: expr });
    if (name === undefined || bits === undefined || expression === undefined) return undefined;
    return (control) => {
      if (expression.evaluate(sample, control)) store(control, name, bits);
      return Verdict.NEXT;
    };
  },
});

/** `set-var-fmt`. */
export const setVarFmt = defineAction({
  name: "set-var-fmt",
  summary: "Sets a variable to the text that a format makes",
  source: `${SOURCE}, http-request set-var-fmt`,
  ruleSets: RULE_SETS,
  isFinal: false,
  parameters,
  args: [format("fmt")],
  compile([text], context, [nameWord, words]): Act | undefined {
    const name = nameOf(nameWord, context);
    const bits = compileSetConditions(words, context.diagnostics);
    const compiled = compileFormatOf(text, context, "raw");
    if (name === undefined || bits === undefined || compiled === undefined) return undefined;
    let own: Uint8Array | null = null;
    return (control) => {
      own ??= new Uint8Array(control.scratch.slotSize);
      const end = compiled.write(own, 0, own.length, control);
      sample.setBytes(SampleType.STRING, own, 0, end);
      store(control, name, bits);
      return Verdict.NEXT;
    };
  },
});

/** `unset-var`. */
export const unsetVar = defineAction({
  name: "unset-var",
  summary: "Removes a variable",
  source: `${SOURCE}, http-request unset-var`,
  ruleSets: RULE_SETS,
  isFinal: false,
  parameters: [word("var-name")],
  args: [],
  compile(_values, context, [nameWord]): Act | undefined {
    const name = nameOf(nameWord, context);
    if (name === undefined) return undefined;
    return (control) => {
      control.variables.find(name.scope)?.unset(name);
      return Verdict.NEXT;
    };
  },
});
