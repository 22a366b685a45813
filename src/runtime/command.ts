import type { CommandCall } from "./command-call.ts";
import type { LEVEL_NAMES } from "./level.ts";
import type { SessionMode } from "./session-mode.ts";

/**
 * What a command says: its result, or a message with a severity of syslog. A result that may be long
 * is made piece by piece, so that traffic goes on between the pieces.
 */
export type Answer = string | Iterable<string> | LiveAnswer | Message | undefined;

/** A result that goes on as things happen, until the client says anything, or leaves. */
export interface LiveAnswer {
  readonly isLive: true;
  /** Gives what there is by now; null where there is nothing. */
  next(): string | null;
  /** Begins to tell of news: `tell` is called whenever there is something after there was nothing. */
  watch(tell: () => void): void;
  close(): void;
}

/** A sentence about the command, rather than its result. Severities are shown on request. */
export interface Message {
  /** 3 for an error, 4 for a warning, 6 for information. */
  readonly severity: number;
  readonly text: string;
  /** No empty line follows: some sentences of the reference end so. */
  readonly isBare?: boolean;
}

/**
 * One command of the runtime API. Its sentences are part of the API: tools compare them, so they
 * are those of the reference, with their final periods.
 */
export interface Command {
  /** The words that call it. */
  readonly name: string;
  /** The words with their arguments, as `help` lists them. */
  readonly usage: string;
  /** A few words for `help`, in lower case. */
  readonly summary: string;
  readonly source: string;
  /** The least level that may run it; it is hidden from nobody. */
  readonly level: (typeof LEVEL_NAMES)[number];
  /** What the session has to switch on first. `help` lists it only then. */
  readonly mode?: SessionMode;
  /** `help` never lists it. */
  readonly isHidden?: boolean;
  /** Runs it; `undefined` says that it worked. */
  run(call: CommandCall): Answer;
}

/** Checks a command's types where it is written; it returns its argument unchanged. */
export function defineCommand(command: Command): Command {
  return command;
}

/** An answer that says what was wrong with the call. */
export function refuse(text: string): Message {
  return { severity: 3, text };
}

/** The same without the empty line that ends other answers. */
export function refuseBarely(text: string): Message {
  return { severity: 3, text, isBare: true };
}

/** Says why a weight or a limit is none: in whole sentences, or in the reference's short ones. */
export function refuseNumber(text: string): Message {
  return text.endsWith(".") ? refuse(text) : refuseBarely(text);
}

/** An answer that says something worth knowing. */
export function inform(text: string): Message {
  return { severity: 6, text };
}
