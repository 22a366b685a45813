import type { Word } from "../config/word.ts";
import { CheckFormat } from "./check-format.ts";
import {
  bodyMatcher,
  bodyRegexMatcher,
  fieldMatcher,
  type HttpMatcher,
  type StatusRange,
  statusMatcher,
  statusRegexMatcher,
  type TextMatcher,
} from "./http-expect.ts";
import type { RuleReader } from "./rule-reader.ts";

/** What an `http-check expect` rule can look for. */
export const HTTP_MATCHERS: readonly string[] = [
  ...["string", "rstring", "string-lf", "status", "rstatus", "hdr", "fhdr"],
];

/** Reads one of them; undefined when it was refused, null when the word is none. */
export function parseHttpMatcher(name: Word, reader: RuleReader): HttpMatcher | null | undefined {
  if (name.text === "hdr" || name.text === "fhdr") return parseFieldMatcher(name, reader);
  if (!HTTP_MATCHERS.includes(name.text)) return null;
  const word = reader.argumentOf(name, "a <pattern>");
  if (word === undefined) return undefined;
  switch (name.text) {
    case "status": {
      const ranges = parseStatusRanges(word, reader);
      return ranges && statusMatcher(ranges);
    }
    case "string":
      return bodyMatcher(CheckFormat.literal(word.text));
    case "string-lf": {
      const format = reader.format(word);
      return format && bodyMatcher(format);
    }
    default: {
      const pattern = reader.pattern(word);
      if (pattern === undefined) return undefined;
      return name.text === "rstatus" ? statusRegexMatcher(pattern) : bodyRegexMatcher(pattern);
    }
  }
}

function parseStatusRanges(word: Word, reader: RuleReader): StatusRange[] | undefined {
  const odd = /[^0-9,-]/.exec(word.text);
  if (odd !== null) {
    return reader.refuse(word, `invalid character '${odd[0]}' in the list of status codes.`);
  }
  const ranges: StatusRange[] = [];
  for (const item of word.text.split(",")) {
    if (item === "") continue;
    const match = /^([0-9]{1,6})(?:-([0-9]{1,6}))?$/.exec(item);
    const from = Number(match?.[1] ?? -1);
    const to = Number(match?.[2] ?? from);
    if (from < 0 || to < from) {
      const hint = "write it as: <code>, or <code>-<code>, joined by commas";
      return reader.refuse(word, `invalid range of status codes '${item}'.`, hint);
    }
    ranges.push([from, to]);
  }
  if (ranges.length > 0) return ranges;
  return reader.refuse(word, "expects at least one status code.");
}

function parseFieldMatcher(kind: Word, reader: RuleReader): HttpMatcher | undefined {
  const nameWord = reader.next();
  if (nameWord === undefined || (nameWord.text !== "name" && nameWord.text !== "name-lf")) {
    return reader.refuse(
      nameWord ?? kind,
      `'${kind.text}' expects at the name keyword as first argument followed by a pattern.`,
      `write it as: ${kind.text} name <name> [value <value>]`,
    );
  }
  const name = parseTextMatcher(kind, nameWord, reader, true);
  if (name === undefined) return undefined;
  const valueWord = reader.peek();
  const hasValue = valueWord?.text === "value" || valueWord?.text === "value-lf";
  if (hasValue) reader.next();
  const value = hasValue ? parseTextMatcher(kind, valueWord, reader, false) : undefined;
  if (hasValue && value === undefined) return undefined;
  return fieldMatcher(name, value, kind.text === "fhdr");
}

/** Reads how a text is compared: exactly unless said. */
function parseMethod(kind: Word, reader: RuleReader): string | undefined {
  if (reader.peek()?.text !== "-m") return "str";
  const flag = reader.next()!;
  const word = reader.next();
  if (word === undefined) {
    return reader.refuse(
      flag,
      `'${kind.text}' : '-m' expects at a matching pattern ('str', 'beg', 'end', 'sub' or 'reg').`,
    );
  }
  if (["str", "beg", "end", "sub", "reg"].includes(word.text)) return word.text;
  const message = `'${kind.text}' : '-m' only supports 'str', 'beg', 'end', 'sub' or 'reg' (got '${word.text}').`;
  return reader.refuse(word, message);
}

/** Names are compared whatever their case, values as they are. */
function parseTextMatcher(
  kind: Word,
  option: Word,
  reader: RuleReader,
  isName: boolean,
): TextMatcher | undefined {
  const method = parseMethod(kind, reader);
  if (method === undefined) return undefined;
  const isFormat = option.text.endsWith("-lf");
  if (isFormat && method === "reg") {
    return reader.refuse(
      option,
      `'${kind.text}': log-format string is not supported with a regex matching method.`,
    );
  }
  const word = reader.next();
  if (word === undefined || word.text === "") {
    return reader.refuse(
      word ?? option,
      isName
        ? `'${kind.text}' expects at the name keyword as first argument followed by a pattern.`
        : `'${kind.text}' expect a pattern with the value keyword.`,
    );
  }
  if (method === "reg") {
    const pattern = reader.pattern(word, isName);
    return pattern && { is: (text) => pattern.test(Buffer.from(text, "latin1")) };
  }
  const format = isFormat ? reader.format(word) : CheckFormat.literal(word.text);
  return format && textMatcher(method, format, isName);
}

function textMatcher(method: string, format: CheckFormat, ignoresCase: boolean): TextMatcher {
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  return {
    is(text, server) {
      const wanted = fold(format.print(server));
      const found = fold(text);
      if (method === "beg") return found.startsWith(wanted);
      if (method === "end") return found.endsWith(wanted);
      if (method === "sub") return found.includes(wanted);
      return found === wanted;
    },
  };
}
