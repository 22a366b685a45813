import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { ErrorMessage } from "./error-file.ts";

/** The largest message, in bytes: it must fit the smallest buffer in use, that of `tune.bufsize`. */
export const MESSAGE_SIZE_MAX = 16_384;

/** A line that puts a whole message in the place of an error's answer: `errorfile`, `errorloc`. */
export class WholeMessage {
  readonly status: number;
  readonly message: ErrorMessage;

  constructor(status: number, message: ErrorMessage) {
    this.status = status;
    this.message = message;
  }
}

/** An `http-error` line. */
export class HttpErrorLine {
  readonly at: Word;
  readonly words: readonly Word[];

  constructor(at: Word, words: readonly Word[]) {
    this.at = at;
    this.words = words;
  }
}

/** An `errorfiles` line: takes the messages of an `http-errors` section. */
export class GroupImport {
  readonly group: Word;
  /** Those that it takes; empty takes all. */
  readonly statuses: readonly number[];

  constructor(group: Word, statuses: readonly number[]) {
    this.group = group;
    this.statuses = statuses;
  }
}

/** What a section answers in the place of built-in answers; later lines win. */
export interface CustomAnswers {
  readonly lines: (WholeMessage | HttpErrorLine | GroupImport)[];
}

/** The part of a section that holds them. */
export const CUSTOM_ANSWERS = definePart<CustomAnswers>("error answers", () => ({ lines: [] }));
