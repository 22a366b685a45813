import { CheckStatus } from "../balance/check-status.ts";
import type { Word } from "../config/word.ts";
import type { CheckFormat } from "./check-format.ts";
import { type ExpectOptions, PLAIN_EXPECT } from "./expect-options.ts";
import type { RuleReader } from "./rule-reader.ts";

const OK_STATUSES: Readonly<Record<string, CheckStatus>> = {
  L4OK: CheckStatus.L4_OK,
  L6OK: CheckStatus.L6_OK,
  L7OK: CheckStatus.L7_OK,
  L7OKC: CheckStatus.L7_OK_CONDITIONAL,
};
const ERROR_STATUSES: Readonly<Record<string, CheckStatus>> = {
  L4CON: CheckStatus.L4_CONNECT,
  L6RSP: CheckStatus.L6_RESPONSE,
  L7OKC: CheckStatus.L7_OK_CONDITIONAL,
  L7RSP: CheckStatus.L7_RESPONSE,
  L7STS: CheckStatus.L7_STATUS,
};
const TIMEOUT_STATUSES: Readonly<Record<string, CheckStatus>> = {
  L4TOUT: CheckStatus.L4_TIMEOUT,
  L6TOUT: CheckStatus.L6_TIMEOUT,
  L7TOUT: CheckStatus.L7_TIMEOUT,
};

const OPTIONS = [
  ...["min-recv", "comment", "ok-status", "error-status", "tout-status", "on-success", "on-error"],
  "status-code",
];

/** A rule's options while they are read. */
type Options = { -readonly [K in keyof ExpectOptions]: ExpectOptions[K] };

/** What an `expect` line says: what it looks for, and everything around that. */
export interface ParsedExpect<Matcher> {
  readonly matcher: Matcher;
  readonly options: ExpectOptions;
}

/**
 * Reads what follows `expect`; undefined when it was refused.
 *
 * @param parseMatcher - Reads what is looked for: undefined when it was refused, null for a word that
 *   is none of its own.
 * @param known - The words it knows, for messages.
 */
export function parseExpect<Matcher>(
  reader: RuleReader,
  parseMatcher: (word: Word, reader: RuleReader) => Matcher | null | undefined,
  known: readonly string[],
): ParsedExpect<Matcher> | undefined {
  const options: Options = { ...PLAIN_EXPECT };
  let matcher: Matcher | undefined;
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    if (readOption(reader, word, options)) {
      if (reader.hasFailed) return undefined;
      continue;
    }
    if (matcher !== undefined) return reader.refuse(word, "only on pattern expected.");
    const name = readName(reader, word, options);
    const found = parseMatcher(name, reader);
    if (found === null) return refuseMatcher(reader, name, known);
    if (found === undefined || reader.hasFailed) return undefined;
    matcher = found;
  }
  if (matcher === undefined) {
    return reader.refuse(undefined, "expects at least a matching pattern as arguments.");
  }
  return { matcher, options: Object.freeze(options) };
}

/** Takes the exclamation marks in front of a matcher's name, which may stand apart from it. */
function readName(reader: RuleReader, word: Word, options: Options): Word {
  let name = word;
  while (name.text.startsWith("!")) {
    options.isInverse = !options.isInverse;
    if (name.text.length > 1) name = { ...name, text: name.text.slice(1) };
    else name = reader.next() ?? { ...name, text: "" };
  }
  return name;
}

function refuseMatcher(reader: RuleReader, name: Word, known: readonly string[]): undefined {
  const list = known.map((word) => `'[!]${word}'`).join(", ");
  const message = `only supports min-recv, ${list} or comment but got '${name.text}' as argument.`;
  return reader.refuseUnknown(name, message, [...known, ...OPTIONS]);
}

/** Reads an option; false when the word is none. */
function readOption(reader: RuleReader, word: Word, options: Options): boolean {
  switch (word.text) {
    case "min-recv":
      options.sizeMin = parseSizeMin(reader, word) ?? -1;
      return true;
    case "comment":
      options.comment = reader.argumentOf(word)?.text ?? "";
      return true;
    case "ok-status":
      options.okStatus = parseStatus(reader, word, OK_STATUSES) ?? options.okStatus;
      return true;
    case "error-status":
      options.errorStatus = parseStatus(reader, word, ERROR_STATUSES);
      return true;
    case "tout-status":
      options.timeoutStatus = parseStatus(reader, word, TIMEOUT_STATUSES) ?? options.timeoutStatus;
      return true;
    case "on-success":
      options.onSuccess = parseFormat(reader, word);
      return true;
    case "on-error":
      options.onError = parseFormat(reader, word);
      return true;
    case "status-code":
      reader.refuse(word, "'status-code' : sample expressions are not built yet.");
      return true;
    default:
      return false;
  }
}

function parseSizeMin(reader: RuleReader, option: Word): number | undefined {
  const word = reader.argumentOf(option, "a integer");
  if (word === undefined) return undefined;
  const value = /^-?[0-9]{1,10}$/.test(word.text) ? Number(word.text) : -2;
  if (value >= -1 && value <= 2_147_483_647) return value;
  return reader.refuse(word, "'min-recv' expects -1 or an integer from 0 to INT_MAX.");
}

function parseStatus(
  reader: RuleReader,
  option: Word,
  statuses: Readonly<Record<string, CheckStatus>>,
): CheckStatus | undefined {
  const word = reader.argumentOf(option);
  if (word === undefined) return undefined;
  const status = Object.hasOwn(statuses, word.text) ? statuses[word.text] : undefined;
  if (status !== undefined) return status;
  const names = Object.keys(statuses).map((name) => `'${name}'`);
  const last = names.pop();
  return reader.refuse(
    word,
    `'${option.text}' only supports ${names.join(", ")} or ${last} status (got '${word.text}').`,
  );
}

function parseFormat(reader: RuleReader, option: Word): CheckFormat | undefined {
  const word = reader.argumentOf(option);
  return word === undefined ? undefined : reader.format(word);
}
