import { defineField, FieldFlag } from "../field.ts";
import type { LineWriter } from "../line-writer.ts";
import type { LogRecord } from "../record.ts";

const source = "HAProxy configuration manual, section 8.2.6";
const TAB = 0x09;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const COLON = 0x3a;

/** The whole request line. */
export const requestLine = defineField({
  name: "r",
  summary: "Request line: method, target and version",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    const isQuoted = (flags & FieldFlag.QUOTE) !== 0;
    if (isQuoted) line.byte(QUOTE);
    writeLine(line, record, flags);
    if (isQuoted) line.byte(QUOTE);
  },
});

/** The method. */
export const requestMethod = defineField({
  name: "HM",
  summary: "Method of the request",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    writePart(line, record, record.requestLineStart, methodEnd(record), flags);
  },
});

/** The target. */
export const requestTarget = defineField({
  name: "HU",
  summary: "Target of the request, query included",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    writePart(line, record, targetStart(record), targetEnd(record), flags);
  },
});

/** The target without its query. */
export const requestPath = defineField({
  name: "HP",
  summary: "Target of the request up to its query",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    writePart(line, record, targetStart(record), queryStart(record), flags);
  },
});

/** The path alone. */
export const requestPathOnly = defineField({
  name: "HPO",
  summary: "Path of the target, without scheme, host and query",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    writePart(line, record, pathStart(record), queryStart(record), flags);
  },
});

/** The query. */
export const requestQuery = defineField({
  name: "HQ",
  summary: "Query of the target, with its question mark",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    writePart(line, record, queryStart(record), targetEnd(record), flags);
  },
});

/** The version. */
export const requestVersion = defineField({
  name: "HV",
  summary: "Version of the request, such as HTTP/1.1",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    writePart(line, record, versionStart(record), record.requestLineEnd, flags);
  },
});

/** @hot */
function writePart(
  line: LineWriter,
  record: LogRecord,
  start: number,
  end: number,
  flags: number,
): void {
  const isQuoted = (flags & FieldFlag.QUOTE) !== 0;
  if (isQuoted) line.byte(QUOTE);
  if (record.requestLineEnd === record.requestLineStart) line.text("<BADREQ>");
  else line.encodedBytes(record.requestBytes, start, end, flags);
  if (isQuoted) line.byte(QUOTE);
}

/**
 * Writes the three words with one blank between them, however many the client sent.
 *
 * @hot
 */
function writeLine(line: LineWriter, record: LogRecord, flags: number): void {
  if (record.requestLineEnd === record.requestLineStart) {
    line.text("<BADREQ>");
    return;
  }
  const { requestBytes, requestLineEnd } = record;
  let blanks = 0;
  for (let at = record.requestLineStart; at < requestLineEnd; ) {
    const end = line.encodedWord(requestBytes, at, requestLineEnd, flags);
    at = wordStart(record, end);
    if (at > end && blanks++ < 2) line.byte(SPACE);
  }
  // A line that was cut (`tune.http.logurilen`) ends where it was, not with its line end.
  if (requestBytes[requestLineEnd] !== CR) return;
  for (; blanks < 2; blanks++) line.byte(SPACE);
}

/** @hot */
function methodEnd(record: LogRecord): number {
  return wordEnd(record, record.requestLineStart);
}

/** @hot */
function targetStart(record: LogRecord): number {
  return wordStart(record, methodEnd(record));
}

/** @hot */
function targetEnd(record: LogRecord): number {
  return wordEnd(record, targetStart(record));
}

/** @hot */
function versionStart(record: LogRecord): number {
  return wordStart(record, targetEnd(record));
}

/** @hot */
function wordStart({ requestBytes, requestLineEnd }: LogRecord, from: number): number {
  let at = from;
  while (at < requestLineEnd && (requestBytes[at] === SPACE || requestBytes[at] === TAB)) at++;
  return at;
}

/** @hot */
function wordEnd({ requestBytes, requestLineEnd }: LogRecord, from: number): number {
  let at = from;
  while (at < requestLineEnd && requestBytes[at] !== SPACE && requestBytes[at] !== TAB) at++;
  return at;
}

/** @hot */
function queryStart(record: LogRecord): number {
  return find(record.requestBytes, QUESTION, targetStart(record), targetEnd(record));
}

/**
 * The path's start: the target's own in origin form, behind the host in absolute form; the end
 * of the target where there is no path.
 *
 * @hot
 */
function pathStart(record: LogRecord): number {
  const bytes = record.requestBytes;
  const start = targetStart(record);
  const end = queryStart(record);
  if (bytes[start] === SLASH) return start;
  const colon = find(bytes, COLON, start, end);
  if (bytes[colon + 1] !== SLASH || bytes[colon + 2] !== SLASH) return end;
  return find(bytes, SLASH, colon + 3, end);
}

/**
 * Gives the offset of a byte within a range, or the range's end.
 *
 * @hot
 */
function find(bytes: Uint8Array, code: number, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === code) return at;
  }
  return end;
}
