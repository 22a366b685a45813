import type { Word } from "../config/word.ts";
import { CheckFormat } from "./check-format.ts";
import { type HttpRequestField, type HttpRequestRule, PLAIN_REQUEST } from "./http-request.ts";
import type { RuleReader } from "./rule-reader.ts";

const OPTIONS = ["comment", "meth", "uri", "uri-lf", "ver", "hdr", "body", "body-lf"];

/** A field's name (RFC 9110 section 5.1). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads what follows `http-check send`; undefined when it was refused. */
export function parseHttpSend(reader: RuleReader): HttpRequestRule | undefined {
  const fields: HttpRequestField[] = [];
  const rule: { -readonly [K in keyof HttpRequestRule]: HttpRequestRule[K] } = {
    ...PLAIN_REQUEST,
    fields,
  };
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    switch (word.text) {
      case "meth":
        rule.method = parseMethod(reader, word);
        break;
      case "uri":
      case "uri-lf":
        rule.target = parseTarget(reader, word);
        break;
      case "ver":
        rule.version = parseVersion(reader, word);
        break;
      case "hdr":
        parseField(reader, word, fields);
        break;
      case "body":
      case "body-lf":
        rule.body = parseText(reader, word);
        break;
      case "comment":
        rule.comment = reader.argumentOf(word)?.text ?? "";
        break;
      default: {
        const message = `expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '${word.text}' as argument.`;
        reader.refuseUnknown(word, message, OPTIONS);
      }
    }
    if (reader.hasFailed) return undefined;
  }
  return Object.freeze(rule);
}

function parseMethod(reader: RuleReader, option: Word): string | undefined {
  const word = reader.argumentOf(option);
  if (word === undefined || TOKEN.test(word.text)) return word?.text;
  return reader.refuse(word, `'${word.text}' is not a method of HTTP.`);
}

/** A format behind an option whose name ends so, plain text behind others. */
function parseText(reader: RuleReader, option: Word): CheckFormat | undefined {
  const word = reader.argumentOf(option);
  if (word === undefined) return undefined;
  return option.text.endsWith("-lf") ? reader.format(word) : CheckFormat.literal(word.text);
}

function parseTarget(reader: RuleReader, option: Word): CheckFormat | undefined {
  const word = reader.peek();
  const format = parseText(reader, option);
  if (format === undefined || /^[!-~\u0080-\u00ff]+$/.test(word!.text)) return format;
  return reader.refuse(word, `'${word!.text}' is not a uri: it has blanks or control characters.`);
}

function parseVersion(reader: RuleReader, option: Word): string | undefined {
  const word = reader.argumentOf(option);
  if (word === undefined) return undefined;
  const version = httpVersionOf(word.text);
  if (version !== undefined) return version;
  const hint = "use HTTP/1.0 or HTTP/1.1";
  return reader.refuse(word, `'${word.text}' is not a version of HTTP.`, hint);
}

/** The version that a request is written with, or undefined when the text is none. */
export function httpVersionOf(text: string): string | undefined {
  const version = text.toUpperCase();
  if (!/^HTTP\/[0-9]\.[0-9]$/.test(version)) return undefined;
  // Connections of checks speak HTTP/1: whatever came later is said in its last version.
  return version > "HTTP/1.1" ? "HTTP/1.1" : version;
}

function parseField(reader: RuleReader, option: Word, fields: HttpRequestField[]): void {
  const name = reader.next();
  const value = reader.next();
  if (name === undefined || name.text === "" || value === undefined || value.text === "") {
    reader.refuse(name ?? option, "'hdr' expects <name> and <value> as arguments.");
    return;
  }
  if (!TOKEN.test(name.text)) {
    reader.refuse(name, `'hdr' : '${name.text}' is not the name of a header.`);
    return;
  }
  const format = reader.format(value);
  if (format === undefined) return;
  if (/[\0\r\n]/.test(value.text)) {
    reader.refuse(value, "'hdr' : a value must not have line ends in it.");
    return;
  }
  fields.push({ name: name.text, value: format });
}
