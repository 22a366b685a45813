import { rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import {
  binaryFormatMatcher,
  binaryMatcher,
  binaryRegexMatcher,
  type DataMatcher,
  dataExpect,
  formatMatcher,
  regexMatcher,
  stringMatcher,
} from "../data-expect.ts";
import { defineCheckRule, parseComment, RULE_SECTIONS, type RuleFamily } from "../define-rule.ts";
import { parseConnect, refuseLateConnect } from "../parse-connect.ts";
import { parseExpect } from "../parse-expect.ts";
import type { RuleReader } from "../rule-reader.ts";
import { TCP_RULES, type TcpRule } from "../rules-part.ts";
import { type SendStep, StepKind } from "../steps.ts";

const SOURCE = "HAProxy configuration manual, section 4.2, tcp-check";

const FAMILY: RuleFamily<TcpRule> = {
  name: "tcp-check",
  option: "option tcp-check",
  part: TCP_RULES,
};

/** `tcp-check connect`. */
export const tcpCheckConnect = defineCheckRule(
  FAMILY,
  "connect",
  "Opens a connection; a check may open several, one after the other",
  (reader, before) => {
    refuseLateConnect(reader, before);
    return reader.hasFailed ? undefined : parseConnect(reader, "tcp-check");
  },
);

/** Reads the data of a `send` rule and the comment behind it. */
function parseSend(
  reader: RuleReader,
  parse: (word: Word) => SendStep["compose"] | undefined,
): SendStep | undefined {
  const data = reader.next();
  if (data === undefined || data.text === "") {
    return reader.refuse(data, "expects the data to send as argument.");
  }
  const compose = parse(data);
  if (compose === undefined) return undefined;
  let comment = "";
  const more = reader.next();
  if (more !== undefined) {
    if (more.text !== "comment") {
      return reader.refuse(more, `expects 'comment' but got '${more.text}' as argument.`);
    }
    const said = reader.argumentOf(more);
    if (said === undefined) return undefined;
    comment = said.text;
  }
  return { kind: StepKind.SEND, compose, comment };
}

/** `tcp-check send`. */
export const tcpCheckSend = defineCheckRule(FAMILY, "send", "Sends a text", (reader) =>
  parseSend(reader, ({ text }) => {
    const bytes = Buffer.from(text, "latin1");
    return () => bytes;
  }),
);

/** `tcp-check send-lf`. */
export const tcpCheckSendLf = defineCheckRule(
  FAMILY,
  "send-lf",
  "Sends what a log format prints",
  (reader) =>
    parseSend(reader, (word) => {
      const format = reader.format(word);
      return format && ((server) => Buffer.from(format.print(server), "latin1"));
    }),
);

/** `tcp-check send-binary`. */
export const tcpCheckSendBinary = defineCheckRule(
  FAMILY,
  "send-binary",
  "Sends bytes that are written in hexadecimal",
  (reader) =>
    parseSend(reader, (word) => {
      const bytes = reader.hex(word);
      return bytes && (() => bytes);
    }),
);

/** `tcp-check send-binary-lf`. */
export const tcpCheckSendBinaryLf = defineCheckRule(
  FAMILY,
  "send-binary-lf",
  "Sends bytes whose hexadecimal form a log format prints",
  (reader) =>
    parseSend(reader, (word) => {
      const format = reader.format(word);
      return (
        format &&
        ((server) => {
          const digits = format.print(server);
          if (/^(?:[0-9a-f]{2})*$/i.test(digits)) return Buffer.from(digits, "hex");
          return "tcp-check send : failed to build log-format string";
        })
      );
    }),
);

const MATCHERS = ["binary", "string", "rstring", "string-lf", "rbinary", "binary-lf"];

/** `tcp-check expect`. */
export const tcpCheckExpect = defineCheckRule(
  FAMILY,
  "expect",
  "Waits for an answer, and fails unless it is as expected",
  (reader) => {
    const parsed = parseExpect(reader, parseMatcher, MATCHERS);
    return parsed && dataExpect(parsed.matcher, parsed.options);
  },
);

function parseMatcher(name: Word, reader: RuleReader): DataMatcher | null | undefined {
  if (!MATCHERS.includes(name.text)) return null;
  const word = reader.argumentOf(name, "a <pattern>");
  if (word === undefined) return undefined;
  switch (name.text) {
    case "string":
      return stringMatcher(word.text);
    case "binary":
      return made(reader.hex(word), binaryMatcher);
    case "rstring":
      return made(reader.pattern(word), regexMatcher);
    case "rbinary":
      return made(reader.pattern(word), binaryRegexMatcher);
    case "string-lf":
      return made(reader.format(word), formatMatcher);
    default:
      return made(reader.format(word), binaryFormatMatcher);
  }
}

function made<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}

/** `tcp-check comment`. */
export const tcpCheckComment = defineCheckRule(
  FAMILY,
  "comment",
  "Says what the next rule is for; told when it fails",
  parseComment,
);

const VERBS =
  "'comment', 'connect', 'send', 'send-lf', 'send-binary', 'send-binary-lf' and 'expect'";

/** Any other `tcp-check`. */
export const tcpCheck = defineKeyword({
  name: "tcp-check",
  sections: RULE_SECTIONS,
  summary: "Adds a step to the check of option tcp-check",
  source: SOURCE,
  args: [rest("rule")],
  apply(_draft, [words], at, diagnostics) {
    const verb = words[0]?.text ?? "";
    const isVariable = /^(?:set-var|set-var-fmt|unset-var)\(/.test(verb);
    diagnostics.error(
      words[0] ?? at,
      isVariable
        ? `'tcp-check ${verb}' exists in the reference but variables are not built yet.`
        : `'tcp-check' only supports ${VERBS}, but got '${verb}'`,
    );
  },
});
