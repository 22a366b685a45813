import { rest } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import type { SectionDraft, SectionKind } from "../../config/draft.ts";
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
import { isKind } from "../kind-part.ts";
import { parseConnect, refuseLateConnect } from "../parse-connect.ts";
import { parseExpect } from "../parse-expect.ts";
import { RuleReader } from "../rule-reader.ts";
import { addRule, ownRules, TCP_RULES, type TcpRule } from "../rules-part.ts";
import { type SendStep, StepKind } from "../steps.ts";

const SECTIONS: readonly SectionKind[] = ["defaults", "listen", "backend"];
const SOURCE = "HAProxy configuration manual, section 4.2, tcp-check";

/** Declares one `tcp-check` rule by what reads its words. */
function defineRule(
  verb: string,
  summary: string,
  parse: (reader: RuleReader, before: readonly TcpRule[]) => TcpRule | undefined,
) {
  const name = `tcp-check ${verb}`;
  return defineKeyword({
    name,
    sections: SECTIONS,
    summary,
    source: SOURCE,
    args: [rest("argument")],
    apply(draft, [words], at, diagnostics) {
      const rules = draft.part(TCP_RULES);
      const rule = parse(new RuleReader(words, at, name, diagnostics), ownRules(rules));
      if (rule !== undefined) addRule(rules, rule, at);
    },
    check: warnOfIdleRules,
  });
}

/** Says that rules do nothing where another kind of check is asked for. */
function warnOfIdleRules(draft: SectionDraft, diagnostics: Diagnostics): void {
  const { rules, areInherited } = draft.part(TCP_RULES);
  if (draft.kind === "defaults" || areInherited || isKind(draft, "option tcp-check")) return;
  // Each rule has the keyword judge the section: one of them tells it.
  if (rules.length === 0 || draft.used.get(SPOKEN) !== undefined) return;
  draft.used.set(SPOKEN, rules[0]!.at);
  diagnostics.warn(
    rules[0]!.at,
    `${draft.kind} '${draft.name.text}' uses tcp-check rules without 'option tcp-check', so the rules are ignored.`,
    'add "option tcp-check"',
  );
}

const SPOKEN = "tcp-check rules without option";

/** `tcp-check connect`. */
export const tcpCheckConnect = defineRule(
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
export const tcpCheckSend = defineRule("send", "Sends a text", (reader) =>
  parseSend(reader, ({ text }) => {
    const bytes = Buffer.from(text, "latin1");
    return () => bytes;
  }),
);

/** `tcp-check send-lf`. */
export const tcpCheckSendLf = defineRule("send-lf", "Sends what a log format prints", (reader) =>
  parseSend(reader, (word) => {
    const format = reader.format(word);
    return format && ((server) => Buffer.from(format.print(server), "latin1"));
  }),
);

/** `tcp-check send-binary`. */
export const tcpCheckSendBinary = defineRule(
  "send-binary",
  "Sends bytes that are written in hexadecimal",
  (reader) =>
    parseSend(reader, (word) => {
      const bytes = reader.hex(word);
      return bytes && (() => bytes);
    }),
);

/** `tcp-check send-binary-lf`. */
export const tcpCheckSendBinaryLf = defineRule(
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
export const tcpCheckExpect = defineRule(
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
export const tcpCheckComment = defineRule(
  "comment",
  "Says what the next rule is for; told when it fails",
  (reader) => {
    const word = reader.next();
    if (word === undefined || word.text === "") {
      return reader.refuse(word, "expects a string as argument.");
    }
    const more = reader.next();
    if (more === undefined) return { kind: StepKind.COMMENT, comment: word.text };
    return reader.refuse(more, `cannot handle unexpected argument '${more.text}'.`);
  },
);

const VERBS =
  "'comment', 'connect', 'send', 'send-lf', 'send-binary', 'send-binary-lf' and 'expect'";

/** Any other `tcp-check`. */
export const tcpCheck = defineKeyword({
  name: "tcp-check",
  sections: SECTIONS,
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
