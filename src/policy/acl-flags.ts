import type { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";

/** What the flags of an ACL line say. */
export interface AclFlags {
  method: Word | undefined;
  ignoresCase: boolean;
  looksNothingUp: boolean;
  isMapFile: boolean;
  /** `--` was written: what follows is patterns, and there may be none. */
  isEnded: boolean;
  readonly files: AclFile[];
  /** What `-u` asks for. */
  id: Word | undefined;
}

/** A pattern file with what stood in front of it: flags behind it are not its own. */
export interface AclFile {
  readonly name: Word;
  readonly ignoresCase: boolean;
  readonly looksNothingUp: boolean;
  readonly isMap: boolean;
}

/** The flags of a line that has none. */
export function newFlags(): AclFlags {
  return {
    method: undefined,
    ignoresCase: false,
    looksNothingUp: false,
    isMapFile: false,
    isEnded: false,
    files: [],
    id: undefined,
  };
}

/**
 * Reads the flags and gives the words behind them; undefined after an error was reported.
 *
 * Source: HAProxy configuration manual, section 7.1.
 */
export function readFlags(
  words: readonly Word[],
  flags: AclFlags,
  diagnostics: Diagnostics,
): readonly Word[] | undefined {
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word.text === "--") {
      flags.isEnded = true;
      return words.slice(at + 1);
    }
    if (!word.text.startsWith("-")) break;
    const taken = readFlag(word, words[at + 1], flags, diagnostics);
    if (taken === undefined) return undefined;
    at += taken;
  }
  return words.slice(at);
}

/** Reads one flag and gives how many words it takes besides itself. */
function readFlag(
  word: Word,
  argument: Word | undefined,
  flags: AclFlags,
  diagnostics: Diagnostics,
): number | undefined {
  switch (word.text) {
    case "-i":
      flags.ignoresCase = true;
      return 0;
    case "-n":
      flags.looksNothingUp = true;
      return 0;
    case "-M":
      flags.isMapFile = true;
      return 0;
    case "-m":
    case "-f":
    case "-u":
      if (argument === undefined) break;
      return readFlagValue(word, argument, flags, diagnostics);
    default:
      diagnostics.error(
        word,
        `'${word.text}' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'.`,
        "options are -i, -f FILE, -m METHOD, -n, -M, -u ID",
      );
      return undefined;
  }
  diagnostics.error(word, `'${word.text}' expects a word behind it.`);
  return undefined;
}

function readFlagValue(
  word: Word,
  argument: Word,
  flags: AclFlags,
  diagnostics: Diagnostics,
): number | undefined {
  if (word.text === "-m" && flags.files.length > 0) {
    diagnostics.error(
      word,
      "'-m' must only be specified before patterns and files in parsing ACL expression.",
      "write it behind the criterion",
    );
    return undefined;
  }
  if (word.text === "-m") flags.method = argument;
  else if (word.text === "-f") flags.files.push(fileOf(argument, flags));
  else if (/^[0-9]{1,9}$/.test(argument.text)) flags.id = argument;
  else {
    diagnostics.error(
      argument,
      "the argument of -u must be an integer.",
      "it is the number by which the runtime API names the patterns",
    );
    return undefined;
  }
  return 1;
}

function fileOf(name: Word, { ignoresCase, looksNothingUp, isMapFile }: AclFlags): AclFile {
  return { name, ignoresCase, looksNothingUp, isMap: isMapFile };
}
