import { readFileSync } from "node:fs";
import { argument, text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { ANSWER_STATUSES } from "../answers.ts";
import { CUSTOM_ANSWERS } from "../custom-answers.ts";
import { readErrorFile, redirectingAnswer } from "../error-file.ts";

const SECTIONS = ["defaults", "frontend", "listen", "backend"] as const;
const SOURCE = "HAProxy configuration manual, section 4.2";
/** The default of `tune.bufsize`: a message must fit the smallest buffer that is in use. */
const FILE_SIZE_MAX = 16_384;

const answerStatus = argument("code", (value, refuse) => {
  const status = Number(value);
  if (ANSWER_STATUSES.includes(status)) return status;
  return refuse(
    `status code '${value}' not handled.`,
    `Choose one of: ${ANSWER_STATUSES.join(", ")}`,
  );
});

export const errorfile = defineKeyword({
  name: "errorfile",
  sections: SECTIONS,
  summary: "Answers an error with the contents of a file, which is read at start",
  source: SOURCE,
  args: [answerStatus, text("file")],
  apply(draft, [status, path], at, diagnostics) {
    const contents = contentsOf(path);
    if (contents === undefined) {
      diagnostics.error(
        at,
        `'errorfile' : error opening file '${path}'.`,
        "The file must exist and be readable by the user who starts the program",
      );
      return;
    }
    const { message, problem } = readErrorFile(contents, FILE_SIZE_MAX);
    if (message !== undefined) draft.part(CUSTOM_ANSWERS).messages.set(status, message);
    else diagnostics.error(at, `'errorfile' : '${path}': ${problem}.`);
  },
});

/** The file's bytes, or undefined when it cannot be read. */
function contentsOf(path: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    return undefined;
  }
}

function defineRedirect(name: string, status: 302 | 303, summary: string) {
  return defineKeyword({
    name,
    sections: SECTIONS,
    summary,
    source: SOURCE,
    args: [answerStatus, text("url")],
    apply(draft, [code, location]) {
      draft.part(CUSTOM_ANSWERS).messages.set(code, redirectingAnswer(status, location));
    },
  });
}

export const errorloc = defineRedirect(
  "errorloc",
  302,
  "Answers an error with a redirect (302) to another address",
);
export const errorloc302 = defineRedirect(
  "errorloc302",
  302,
  "Answers an error with a redirect (302) to another address",
);
export const errorloc303 = defineRedirect(
  "errorloc303",
  303,
  "Answers an error with a redirect (303) that is always followed with GET",
);
