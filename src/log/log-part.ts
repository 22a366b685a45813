import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { LogTarget } from "./target.ts";

/** Stands for `log global`: the targets of the global section. */
export const GLOBAL_TARGETS = "global";

/** A format's text, and where it was typed. */
export interface FormatDraft {
  /** The keyword that set it, as typed: `option httplog`. */
  readonly keyword: string;
  /** What is compiled; of `option httplog`, the text that it stands for. */
  readonly text: string;
  readonly at: Word;
  /** The word that opened its section: what a section inherits may be replaced without a warning. */
  readonly section: Word;
}

/** What a section says of its log. */
export const LOG = definePart("log", () => ({
  targets: [] as (LogTarget | typeof GLOBAL_TARGETS)[],
  /** `log-tag`. */
  tag: undefined as string | undefined,
  format: undefined as FormatDraft | undefined,
  structuredData: undefined as FormatDraft | undefined,
  /** `error-log-format`. */
  errorFormat: undefined as FormatDraft | undefined,
  isAsSoonAsPossible: false,
  skipsNull: false,
  skipsNormal: false,
  separatesErrors: false,
}));

/** What the global section alone says of logs. */
export const LOG_HOST = definePart("log-host", () => ({
  /** `log-send-hostname`: undefined without it, the empty text for the system's name. */
  hostName: undefined as string | undefined,
}));
