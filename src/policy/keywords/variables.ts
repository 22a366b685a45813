import { rest, size } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { type LimitedScope, VARIABLES } from "../variables-part.ts";

function defineLimit(name: string, scope: LimitedScope, summary: string) {
  return defineKeyword({
    name,
    sections: ["global"],
    summary: `Limits the bytes that ${summary} take; 0 is no limit`,
    source: "HAProxy configuration manual, section 3.2, tune.vars",
    args: [size("size")],
    apply(draft, [bytes], at) {
      draft.part(VARIABLES).limits.set(scope, { at, size: bytes });
    },
  });
}

export const globalMaxSize = defineLimit(
  "tune.vars.global-max-size",
  "all",
  "variables of all scopes",
);
export const procMaxSize = defineLimit(
  "tune.vars.proc-max-size",
  "process",
  "variables of the process and of all sessions",
);
export const sessMaxSize = defineLimit(
  "tune.vars.sess-max-size",
  "session",
  "variables of a client's connection and its streams",
);
export const txnMaxSize = defineLimit(
  "tune.vars.txn-max-size",
  "transaction",
  "variables of a stream, its request and its response",
);
export const reqresMaxSize = defineLimit(
  "tune.vars.reqres-max-size",
  "requestResponse",
  "variables of a request, and those of a response,",
);

/** Reads the name and the value; the words behind them make no sense, as there is no condition. */
function readSetting(
  words: readonly Word[],
  keyword: string,
  what: string,
  at: Word,
  diagnostics: Diagnostics,
): { name: Word; value: Word } | undefined {
  const [name, value, extra] = words;
  if (name === undefined || value === undefined || value.text === "") {
    diagnostics.error(
      at,
      `'${keyword}' requires a process-wide variable name ('proc.<name>') and ${what}.`,
      `write it as: ${keyword} proc.name ${keyword === "set-var" ? "str(value)" : '"value"'}`,
    );
    return undefined;
  }
  if (extra === undefined) return { name, value };
  diagnostics.error(
    extra,
    `'${keyword}' expects nothing behind the value, but found '${extra.text}'.`,
    "quote a value with blanks in it",
  );
  return undefined;
}

function defineSetting(keyword: "set-var" | "set-var-fmt", what: string, summary: string) {
  const isFormat = keyword === "set-var-fmt";
  return defineKeyword({
    name: keyword,
    sections: ["global"],
    summary,
    source: `HAProxy configuration manual, section 3.1, ${keyword}`,
    args: [rest(`<var-name> ${isFormat ? "<fmt>" : "<expr>"}`)],
    apply(draft, [words], at, diagnostics) {
      const setting = readSetting(words, keyword, what, at, diagnostics);
      if (setting !== undefined) draft.part(VARIABLES).set.push({ ...setting, isFormat });
    },
  });
}

/** `set-var` of the global section. */
export const setVar = defineSetting(
  "set-var",
  "a sample expression",
  "Sets a variable of the process to the value of an expression, once at the start",
);

/** `set-var-fmt` of the global section. */
export const setVarFmt = defineSetting(
  "set-var-fmt",
  "a format string",
  "Sets a variable of the process to the text that a format makes, once at the start",
);
