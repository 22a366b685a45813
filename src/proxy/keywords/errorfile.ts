import { argument, rest, text, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { ANSWER_STATUSES } from "../answers.ts";
import {
  CUSTOM_ANSWERS,
  GroupImport,
  HttpErrorLine,
  MESSAGE_SIZE_MAX,
  WholeMessage,
} from "../custom-answers.ts";
import { readErrorFileAt, redirectingAnswer } from "../error-file.ts";

const SECTIONS = ["defaults", "frontend", "listen", "backend"] as const;
const SOURCE = "HAProxy configuration manual, section 4.2";

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
  sections: [...SECTIONS, "http-errors"],
  summary: "Answers an error with the contents of a file, which is read at start",
  source: SOURCE,
  args: [answerStatus, word("file")],
  apply(draft, [status, path], _at, diagnostics) {
    const message = readErrorFileAt(path, "errorfile", { diagnostics, sizeMax: MESSAGE_SIZE_MAX });
    if (message === undefined) return;
    draft.part(CUSTOM_ANSWERS).lines.push(new WholeMessage(status, message));
  },
});

export const errorfiles = defineKeyword({
  name: "errorfiles",
  sections: SECTIONS,
  summary:
    "Takes the error files of an 'http-errors' section, all of them or those of some statuses",
  source: SOURCE,
  args: [word("name"), rest("code")],
  apply(draft, [group, codes], _at, diagnostics) {
    const unknown = codes.filter(({ text }) => !ANSWER_STATUSES.includes(Number(text)));
    for (const code of unknown) {
      diagnostics.error(
        code,
        `'errorfiles' : status code '${code.text}' not handled.`,
        `Choose of: ${ANSWER_STATUSES.join(", ")}`,
      );
    }
    const statuses = codes.map(({ text }) => Number(text));
    draft.part(CUSTOM_ANSWERS).lines.push(new GroupImport(group, statuses));
  },
});

/** Its formats are compiled with the section. */
export const httpError = defineKeyword({
  name: "http-error",
  sections: SECTIONS,
  summary: "Answers an error with a message made of a file, a text or a format",
  source: SOURCE,
  args: [rest("status <code> ...")],
  apply(draft, [words], at, diagnostics) {
    const statusAt = words.findIndex(({ text }) => text === "status");
    const status = words[statusAt + 1];
    if (statusAt === -1 || status === undefined) {
      const message = "'http-error' : expects at least 'status <code>' as arguments.";
      diagnostics.error(
        at,
        message,
        "Write it as: http-error status 503 content-type text/plain string ...",
      );
    } else if (!ANSWER_STATUSES.includes(Number(status.text))) {
      diagnostics.error(
        status,
        `'http-error' : status code '${status.text}' not handled.`,
        `Choose one of: ${ANSWER_STATUSES.join(", ")}`,
      );
    } else draft.part(CUSTOM_ANSWERS).lines.push(new HttpErrorLine(at, words));
  },
});

function defineRedirect(name: string, status: 302 | 303, summary: string) {
  return defineKeyword({
    name,
    sections: SECTIONS,
    summary,
    source: SOURCE,
    args: [answerStatus, text("url")],
    apply(draft, [code, location]) {
      const message = { bytes: redirectingAnswer(status, location), closes: false };
      draft.part(CUSTOM_ANSWERS).lines.push(new WholeMessage(code, message));
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
