import type { SectionDraft } from "../config/draft.ts";
import type { CompileContext } from "../policy/declare.ts";
import type { RuleAnswer } from "../policy/stream-control.ts";
import { ErrorAnswers } from "./answers.ts";
import { compileAnswer } from "./compile-answer.ts";
import {
  CUSTOM_ANSWERS,
  type GroupImport,
  HttpErrorLine,
  MESSAGE_SIZE_MAX,
  WholeMessage,
} from "./custom-answers.ts";
import { ERROR_GROUPS } from "./error-groups.ts";
import { wholeAnswer } from "./rule-answer.ts";

/**
 * Compiles what a section answers in the place of built-in answers.
 *
 * @param context - For the formats of `http-error` lines.
 */
export function compileErrorAnswers(draft: SectionDraft, context: CompileContext): ErrorAnswers {
  const answers = new Map<number, RuleAnswer>();
  for (const line of draft.part(CUSTOM_ANSWERS).lines) {
    if (line instanceof WholeMessage) {
      const { bytes, closes } = line.message;
      answers.set(line.status, wholeAnswer(line.status, bytes, closes));
    } else if (line instanceof HttpErrorLine) addHttpError(answers, line, context);
    else addGroup(answers, line, context);
  }
  return new ErrorAnswers(answers);
}

function addHttpError(
  answers: Map<number, RuleAnswer>,
  line: HttpErrorLine,
  context: CompileContext,
): void {
  const answer = compileAnswer(
    line.words,
    { status: 200, isProxys: false },
    {
      formats: context.compiler.formats,
      place: context.place,
      sectionName: context.sectionName,
      diagnostics: context.diagnostics,
      groups: context.compiler.parts.get(ERROR_GROUPS).groups,
      label: "http-error",
      at: line.at,
      sizeMax: MESSAGE_SIZE_MAX,
    },
  );
  if (answer === undefined) return;
  // What was said before counts no more.
  if (line.words.some(({ text }) => text === "default-errorfiles")) answers.delete(answer.status);
  else answers.set(answer.status, answer);
}

function addGroup(
  answers: Map<number, RuleAnswer>,
  { group, statuses }: GroupImport,
  { sectionName, diagnostics, compiler }: CompileContext,
): void {
  const messages = compiler.parts.get(ERROR_GROUPS).groups.find(group, sectionName, diagnostics);
  if (messages === undefined) return;
  for (const status of statuses.length === 0 ? messages.keys() : statuses) {
    const message = messages.get(status);
    if (message !== undefined) {
      answers.set(status, wholeAnswer(status, message.bytes, message.closes));
      continue;
    }
    diagnostics.warn(
      group,
      `proxy '${sectionName}' : status '${status}' not declared in http-errors section '${group.text}'.`,
      `write 'errorfile ${status} <file>' in that section`,
    );
  }
}
