import { rest } from "../arg.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { ENVIRONMENT } from "../environment.ts";
import { defineKeyword } from "../keyword.ts";
import type { Word } from "../word.ts";

const sections = ["global"] as const;
const source = "HAProxy configuration manual, section 3.1";

/** Sets a variable for the lines below and for the programs that are started. */
export const setenv = defineKeyword({
  name: "setenv",
  sections,
  summary: "Sets an environment variable, for the lines below it and for programs that are started",
  source,
  args: [rest("name> <value")],
  apply(draft, [words], at, diagnostics) {
    const pair = readPair(words, at, "setenv", diagnostics);
    if (pair !== undefined) draft.part(ENVIRONMENT).set(...pair);
  },
});

/** Sets a variable that the environment does not have. */
export const presetenv = defineKeyword({
  name: "presetenv",
  sections,
  summary: "Sets an environment variable unless it exists already",
  source,
  args: [rest("name> <value")],
  apply(draft, [words], at, diagnostics) {
    const pair = readPair(words, at, "presetenv", diagnostics);
    if (pair === undefined) return;
    const environment = draft.part(ENVIRONMENT);
    if (!environment.has(pair[0])) environment.set(...pair);
  },
});

/** Removes variables. */
export const unsetenv = defineKeyword({
  name: "unsetenv",
  sections,
  summary: "Removes environment variables",
  source,
  args: [rest("name")],
  apply(draft, [words], at, diagnostics) {
    if (words.length === 0 || words[0]!.text === "") {
      const hint = "Write it as: unsetenv <name>";
      diagnostics.error(at, "'unsetenv' expects at least one variable name.", hint);
      return;
    }
    for (const name of words) {
      if (isName(name, "unsetenv", diagnostics)) draft.part(ENVIRONMENT).delete(name.text);
    }
  },
});

/** Removes all variables but a few. */
export const resetenv = defineKeyword({
  name: "resetenv",
  sections,
  summary: "Removes all environment variables but those named",
  source,
  args: [rest("name")],
  apply(draft, [words]) {
    draft.part(ENVIRONMENT).keepOnly(new Set(words.map((word) => word.text)));
  },
});

function readPair(
  words: readonly Word[],
  at: Word,
  keyword: string,
  diagnostics: Diagnostics,
): [string, string] | undefined {
  const [name, value, extra] = words;
  if (name === undefined || value === undefined) {
    const hint = `Write it as: ${keyword} <name> <value>`;
    diagnostics.error(at, `'${keyword}' expects a name and a value.`, hint);
    return undefined;
  }
  if (extra !== undefined && extra.text !== "") {
    const message = `'${keyword}' cannot handle unexpected argument '${extra.text}'.`;
    diagnostics.error(extra, message, "Put a value that holds blanks between double quotes");
    return undefined;
  }
  return isName(name, keyword, diagnostics) ? [name.text, value.text] : undefined;
}

function isName(name: Word, keyword: string, diagnostics: Diagnostics): boolean {
  if (name.text !== "" && !name.text.includes("=")) return true;
  diagnostics.error(name, `'${keyword}' failed on variable '${name.text}' : Invalid argument.`);
  return false;
}
