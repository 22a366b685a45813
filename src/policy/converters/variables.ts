import { oneOf } from "../../config/arg.ts";
import { optionalPlace } from "../args.ts";
import { defineConverter } from "../declare.ts";
import { Sample, SampleType } from "../sample.ts";
import { compileVariable, readVariable, variable } from "../variable-argument.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { ANY, INTEGER, STRING, BINARY, METHOD } = SampleType;

const CONDITIONS = [
  ...["ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"],
] as const;

/** The value before the converter ran. */
const before = new Sample();

const CONDITION = optionalPlace(oneOf("cond", CONDITIONS));

function isEmpty({ type, start, end }: Sample): boolean {
  return (type === STRING || type === BINARY || type === METHOD) && start === end;
}

/** Judges one condition; a name of the process is there from the start, set or not. */
function holds(condition: string, sample: Sample, isSet: boolean, isProcess: boolean): boolean {
  switch (condition) {
    case "ifexists":
      return isSet || isProcess;
    case "ifnotexists":
      return !isSet && !isProcess;
    case "ifempty":
      return isEmpty(sample);
    case "ifnotempty":
      return !isEmpty(sample);
    case "ifset":
      return isSet;
    case "ifnotset":
      return !isSet;
    default:
      return isOrdered(condition, sample, isSet);
  }
}

/** `ifgt` and `iflt` compare integers; anything else passes. */
function isOrdered(condition: string, sample: Sample, isSet: boolean): boolean {
  if (!isSet || before.type !== INTEGER || sample.type !== INTEGER) return true;
  return condition === "ifgt"
    ? before.bigInteger > sample.bigInteger
    : before.bigInteger < sample.bigInteger;
}

export const setVar = defineConverter({
  name: "set-var",
  summary:
    "Sets a variable to the value, which goes on as it is; nothing does where a condition fails",
  source: SOURCE,
  input: ANY,
  output: ANY,
  args: [variable("var"), CONDITION, CONDITION, CONDITION, CONDITION],
  examples: [
    { input: "a", expression: "set-var(txn.v1),concat(=,txn.v1)", output: "a=a" },
    { input: "a", expression: "set-var(txn.v2,ifnotexists),concat(=,txn.v2)", output: "a=a" },
    { input: "a", expression: "set-var(txn.v3,ifexists)", output: null },
    { input: "a", expression: "set-var(txn.v4,ifnotset),concat(=,txn.v4)", output: "a=a" },
    { input: "a", expression: "set-var(txn.v5,ifset)", output: null },
    { input: "a", expression: "set-var(txn.v6,ifempty)", output: null },
    { input: "a", expression: "set-var(txn.v7,ifnotempty),concat(=,txn.v7)", output: "a=a" },
    { input: "", expression: "set-var(txn.v8),concat(=,txn.v8)", output: "=" },
    {
      input: "5",
      expression: "add(0),set-var(txn.v9),add(1),set-var(txn.v9,iflt),concat(=,txn.v9)",
      output: "6=6",
    },
    {
      input: "5",
      expression: "add(0),set-var(txn.v10),add(1),set-var(txn.v10,ifgt)",
      output: null,
    },
  ],
  compile([name, ...conditions], context) {
    const named = compileVariable(name, context);
    if (named === undefined) return undefined;
    const all = conditions.filter((condition) => condition !== undefined);
    const isProcess = named.text.startsWith("proc.");
    return (sample, view) => {
      if (all.length > 0) {
        const isSet = readVariable(named, before, view);
        for (let index = 0; index < all.length; index++) {
          if (!holds(all[index]!, sample, isSet, isProcess)) return false;
        }
      }
      view.variables.open(named.scope)?.set(named, sample);
      return true;
    };
  },
});

export const unsetVar = defineConverter({
  name: "unset-var",
  summary: "Takes a variable's value away",
  source: SOURCE,
  input: ANY,
  output: ANY,
  args: [variable("var")],
  examples: [
    {
      input: "a",
      expression: "set-var(txn.u1),unset-var(txn.u1),concat(=,txn.u1)",
      output: "a=",
    },
    { input: "a", expression: "unset-var(txn.u2)", output: "a" },
  ],
  compile([name], context) {
    const named = compileVariable(name, context);
    if (named === undefined) return undefined;
    return (_sample, view) => {
      view.variables.find(named.scope)?.unset(named);
      return true;
    };
  },
});
