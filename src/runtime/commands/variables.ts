import { defineCommand, refuse, refuseBarely } from "../command.ts";

const source = "HAProxy management guide, section 9.3";
const NO_NAME = "Missing process-wide variable identifier.";

/** Shows a variable of the process. */
export const getVar = defineCommand({
  name: "get var",
  usage: "get var <name>",
  summary: "retrieve contents of a process-wide variable",
  source,
  level: "operator",
  run({ words, context }) {
    const [name] = words;
    if (name === undefined) return refuse(NO_NAME);
    const found = context.processVariables.find(name);
    if (found === null) return refuse("Variable not found.");
    const text = `${name}: type=${found.type} value=<${found.text}>`;
    return { severity: 6, text, isBare: true };
  },
});

/** Sets a variable of the process to the value of an expression, or to the text of a format. */
export const setVar = defineCommand({
  name: "set var",
  usage: "set var <name> [fmt|expr] {<fmt>|<expr>}",
  summary: "set variable from an expression or a format",
  source,
  level: "operator",
  mode: "experimental",
  run({ words, context }) {
    const [name, first, second] = words;
    if (name === undefined) return refuse(NO_NAME);
    if (first === undefined) return refuse("Missing either 'expr', 'fmt' or expression.");
    if (second !== undefined && first !== "fmt" && first !== "expr") {
      return refuseBarely(`'set var': arg type must be either 'expr' or 'fmt' but got '${first}'.`);
    }
    const error = context.processVariables.set(name, second ?? first, first === "fmt");
    return error === null ? undefined : refuseBarely(error);
  },
});
