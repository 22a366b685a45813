import { readFileSync } from "node:fs";
import type { Diagnostics } from "../config/diagnostics.ts";
import { filePathOf } from "../config/file-path.ts";
import type { Word } from "../config/word.ts";
import { octetsOf } from "../policy/args.ts";
import type { Format, FormatCompiler } from "../policy/format.ts";
import type { Place } from "../policy/reads.ts";
import type { RuleAnswer } from "../policy/stream-control.ts";
import { type AnswerLine, AnswerLineReader } from "./answer-line.ts";
import { ANSWER_STATUSES } from "./answers.ts";
import { readErrorFileAt } from "./error-file.ts";
import type { ErrorGroups } from "./error-groups.ts";
import { type AnswerField, MadeAnswer, proxysAnswer, wholeAnswer } from "./rule-answer.ts";

/** What an answer is compiled with. */
export interface AnswerCompiler {
  readonly formats: FormatCompiler;
  /** Where formats within it are used, and the section that they are in. */
  readonly place: Place;
  readonly sectionName: string;
  readonly diagnostics: Diagnostics;
  readonly groups: ErrorGroups;
  /** What messages begin with, such as `http-request deny`. */
  readonly label: string;
  /** The word that opened the line: for what is missing. */
  readonly at: Word;
  /** The largest message, in bytes. */
  readonly sizeMax: number;
}

/** Fields that say how the message is framed: they are the answer's own to write. */
const OWN_FIELDS: readonly string[] = ["content-length", "transfer-encoding", "content-type"];
const NO_BODY: readonly number[] = [204, 304];
const NO_BYTES = new Uint8Array(0);

/** What differs between the lines that have answers. */
export interface AnswerDefaults {
  readonly status: number;
  /** Without content and fields, `deny_status` means the proxy's own answer. */
  readonly isProxys: boolean;
}

/**
 * Compiles the words `[status N] [content-type T] [CONTENT] [hdr NAME FMT]*` to an answer; undefined
 * after an error was reported.
 *
 * Source: HAProxy configuration manual, section 4.2, http-request return.
 */
export function compileAnswer(
  words: readonly Word[],
  defaults: AnswerDefaults,
  compiler: AnswerCompiler,
): RuleAnswer | undefined {
  const line = new AnswerLineReader(words, compiler.label, compiler.diagnostics).read();
  if (line === undefined) return undefined;
  const isBare = words.length === 0 || (words.length === 2 && words[0]!.text === "deny_status");
  if (defaults.isProxys && isBare) return answerOfProxy(line, defaults.status, compiler, words[1]);
  const status = line.status ?? defaults.status;
  const { content } = line;
  warnOfIgnored(line, compiler);
  switch (content?.kind.text) {
    case undefined:
      return madeAnswer(status, line, NO_BYTES, compiler);
    case "default-errorfiles":
      return answerOfProxy(line, defaults.status, compiler, content!.kind);
    case "errorfile": {
      const message = readErrorFileAt(content!.value, compiler.label, compiler);
      return message === undefined ? undefined : wholeAnswer(status, message.bytes, message.closes);
    }
    case "errorfiles":
      return answerOfGroup(status, content!.value, compiler);
    default:
      return answerWithBody(status, line, compiler);
  }
}

/** What a line says for nothing earns a warning. */
function warnOfIgnored(
  { content, contentType, fields }: AnswerLine,
  { diagnostics, label }: AnswerCompiler,
): void {
  const kind = content?.kind.text;
  const isWhole = kind === "default-errorfiles" || kind === "errorfile" || kind === "errorfiles";
  if (contentType !== undefined && (isWhole || kind === undefined)) {
    const why = isWhole
      ? "when used with an errorfile"
      : "because neither errorfile nor payload defined";
    diagnostics.warn(
      contentType,
      `'${label}' : content-type '${contentType.text}' ignored by the http reply ${why}.`,
    );
  }
  const first = fields[0];
  if (isWhole && first !== undefined) {
    const message = `'${label}' : hdr parameters ignored by the http reply when used with an errorfile.`;
    diagnostics.warn(first.name, message);
  }
}

function answerOfProxy(
  line: AnswerLine,
  statusDefault: number,
  { diagnostics, label }: AnswerCompiler,
  at: Word | undefined,
): RuleAnswer | undefined {
  const status = line.status ?? statusDefault;
  if (ANSWER_STATUSES.includes(status)) return proxysAnswer(status);
  diagnostics.error(
    at,
    `'${label}' : status code '${status}' not handled by default with 'default-errorfiles' argument.`,
    `choose one of ${ANSWER_STATUSES.join(", ")}, or 'status ${status}' with a 'string' or an 'errorfile'`,
  );
  return undefined;
}

function answerOfGroup(
  status: number,
  name: Word,
  { groups, diagnostics, label, sectionName }: AnswerCompiler,
): RuleAnswer | undefined {
  const group = groups.find(name, sectionName, diagnostics);
  if (group === undefined) return undefined;
  const message = group.get(status);
  if (message !== undefined) return wholeAnswer(status, message.bytes, message.closes);
  diagnostics.warn(
    name,
    `'${label}' : status '${status}' referenced by an http reply not declared in http-errors section '${name.text}'.`,
    `write 'errorfile ${status} <file>' in that section`,
  );
  return new MadeAnswer({ status, fields: [], contentType: "", body: NO_BYTES });
}

function answerWithBody(
  status: number,
  line: AnswerLine,
  compiler: AnswerCompiler,
): RuleAnswer | undefined {
  const { diagnostics, label } = compiler;
  const { kind, value } = line.content!;
  const isFile = kind.text.endsWith("file");
  const text = isFile ? textOfFile(value, compiler) : value.text;
  if (text === undefined) return undefined;
  const isFormat = kind.text.startsWith("lf-");
  if (line.contentType === undefined && (isFormat || text !== "")) {
    const what = isFormat ? "with a log-format payload" : "when non-empty payload is configured";
    diagnostics.error(
      kind,
      `'${label}' : a content type must be defined ${what}.`,
      `write it as: ${kind.text} ... content-type text/plain`,
    );
    return undefined;
  }
  if (NO_BODY.includes(status) && (isFormat || text !== "")) {
    diagnostics.error(kind, `'${label}' : No body expected for ${status} responses.`);
    return undefined;
  }
  if (line.contentType !== undefined && !isFormat && text === "") {
    const message = `'${label}' : content-type '${line.contentType.text}' ignored by the http reply when used with an empty payload.`;
    diagnostics.warn(line.contentType, message);
  }
  const body = isFormat ? compile({ ...value, text }, compiler) : octetsOf(text);
  return body === undefined ? undefined : madeAnswer(status, line, body, compiler);
}

function textOfFile(
  path: Word,
  { diagnostics, label, sizeMax }: AnswerCompiler,
): string | undefined {
  try {
    const contents = readFileSync(Buffer.from(filePathOf(path), "latin1"));
    if (contents.length <= sizeMax) return contents.toString("latin1");
    const message = `'${label}' : file '${path.text}' is larger than ${sizeMax} bytes (tune.bufsize).`;
    diagnostics.error(path, message);
  } catch {
    diagnostics.error(
      path,
      `'${label}' : error opening file '${path.text}'.`,
      "the file must exist and be readable by the user who starts the program",
    );
  }
  return undefined;
}

function madeAnswer(
  status: number,
  line: AnswerLine,
  body: Format | Uint8Array,
  compiler: AnswerCompiler,
): RuleAnswer | undefined {
  const fields: AnswerField[] = [];
  let isRight = true;
  for (const { name, value } of line.fields) {
    const lower = name.text.toLowerCase();
    if (OWN_FIELDS.includes(lower)) {
      const message = `'${compiler.label}' : header '${name.text}' always ignored by the http reply.`;
      compiler.diagnostics.warn(name, message);
      continue;
    }
    const format = compile(value, compiler);
    if (format === undefined) isRight = false;
    else fields.push({ name: lower, value: format });
  }
  if (!isRight) return undefined;
  return new MadeAnswer({ status, fields, contentType: line.contentType?.text ?? "", body });
}

function compile(word: Word, compiler: AnswerCompiler): Format | undefined {
  const { formats, place, sectionName, diagnostics } = compiler;
  return formats.compileFormat(word, place, sectionName, diagnostics);
}
