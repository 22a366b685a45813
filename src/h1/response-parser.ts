import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { CR, endOfText, LF, SPACE, skipBlank, TAB } from "../http/octets.ts";
import { parseFields, refuse } from "./field-parser.ts";
import { skipEmptyLines, skipsScan } from "./head-start.ts";
import { ParseError } from "./parse-error.ts";
import type { ParseOptions } from "./parse-options.ts";
import { judgeVersion } from "./version-parser.ts";

/** `HTTP`, `/1.1` and `/1.0` as little-endian words. */
const WORD_HTTP = 0x50545448;
const WORD_11 = 0x312e312f;
const WORD_10 = 0x302e312f;

/** The shortest start line: version, space, status and CRLF. */
const STATUS_LINE_SIZE_MIN = 14;

/**
 * Reads the head of a response in place (RFC 9112 sections 2 and 4), interim responses too. The
 * rules are those of `parseRequest`.
 *
 * @hot
 * @param head - Cleared before the first call of each message.
 * @returns Offset just past the head; 0 when more bytes are needed; or a {@link ParseError}, its
 *   place in `head.errorAt`.
 */
export function parseResponse(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  head: Head,
  options: ParseOptions,
): number {
  if (skipsScan(bytes, start, end, head)) return 0;
  const { acceptsInvalid } = options;
  head.begin(bytes, words, start, false);

  const lineStart = skipEmptyLines(bytes, start, end, head);
  if (lineStart < 0) return lineStart;
  if (lineStart === end) return waitOr(head, start, end, 0);
  head.start = lineStart;
  const fieldsStart = parseStatusLine(bytes, words, lineStart, end, head, acceptsInvalid);
  if (fieldsStart <= 0) return waitOr(head, start, end, fieldsStart);
  head.startLineEnd = fieldsStart;
  const stop = parseFields(bytes, words, fieldsStart, end, head, acceptsInvalid);
  if (stop <= 0) return waitOr(head, start, end, stop);
  head.end = stop;
  const reason = judgeResponse(head);
  return reason < 0 ? refuse(head, fieldsStart, reason) : stop;
}

function waitOr(head: Head, start: number, end: number, result: number): number {
  if (result === 0) head.scannedSize = end - start;
  return result;
}

/** Returns the offset just past the status line, 0 or a reason. */
function parseStatusLine(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  head: Head,
  acceptsInvalid: boolean,
): number {
  if (bytes[start]! < 0x41 || bytes[start]! > 0x5a) return refuse(head, start, ParseError.VERSION);
  if (end - start < STATUS_LINE_SIZE_MIN) return earlyVerdict(bytes, start, end, head);
  let at = start + 8;
  const minor = words.getInt32(start + 4, true);
  const isPlain = words.getInt32(start, true) === WORD_HTTP && bytes[at] === SPACE;
  if (isPlain && (minor === WORD_11 || minor === WORD_10)) {
    head.version = minor === WORD_11 ? 11 : 10;
    head.versionStart = start;
    head.versionEnd = at;
  } else {
    at = start;
    while (at < end && bytes[at]! > SPACE && bytes[at] !== 0x7f) at++;
    if (at === end) return 0;
    if (bytes[at] !== SPACE && bytes[at] !== TAB) return refuse(head, at, ParseError.VERSION);
    const reason = judgeVersion(bytes, start, at, head, acceptsInvalid);
    if (reason < 0) return refuse(head, start, reason);
  }
  const statusStart = skipBlank(bytes, at, end);
  if (statusStart !== at + 1 || bytes[at] === TAB) head.isStartLineEdited = true;
  return parseStatus(bytes, words, statusStart, end, head);
}

/** Refuses what cannot become a status line, so that a server's banner does not wait for more. */
function earlyVerdict(bytes: Uint8Array, start: number, end: number, head: Head): number {
  for (let at = start; at < end; at++) {
    if (bytes[at]! < SPACE && bytes[at] !== TAB && bytes[at] !== CR) {
      return refuse(head, at, ParseError.START_LINE);
    }
  }
  return 0;
}

function parseStatus(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  head: Head,
): number {
  if (start + 4 >= end) return 0;
  let status = 0;
  for (let at = start; at < start + 3; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return refuse(head, at, ParseError.STATUS);
    status = status * 10 + digit;
  }
  let reasonStart = start + 3;
  const after = bytes[reasonStart]!;
  if (status < 100 || (after !== SPACE && after !== TAB && after !== CR)) {
    return refuse(head, reasonStart, ParseError.STATUS);
  }
  head.status = status;
  if (after === SPACE) reasonStart++;
  // Without a reason there must still be a space (RFC 9112 section 4): it is put right on writing.
  else head.isStartLineEdited = true;
  const stop = endOfText(bytes, words, reasonStart, end);
  if (stop >= end - 1) return 0;
  if (bytes[stop] !== CR) {
    const isLineEnd = bytes[stop] === LF;
    return refuse(head, stop, isLineEnd ? ParseError.BARE_LINE_END : ParseError.START_LINE);
  }
  if (bytes[stop + 1] !== LF) return refuse(head, stop, ParseError.BARE_LINE_END);
  head.reasonStart = skipBlank(bytes, reasonStart, stop);
  head.reasonEnd = stop;
  return stop + 2;
}

/** Judges the head as a whole: its framing. */
function judgeResponse(head: Head): number {
  const { status } = head;
  if (head.hasTransferEncoding) {
    if (!head.isChunked) return ParseError.TRANSFER_ENCODING;
    if (head.hasOtherCoding) return ParseError.TRANSFER_CODING;
    // RFC 9112 section 6.1: codings in HTTP/1.0, or two lengths, end the connection.
    if (head.version < 11 || head.contentLength !== -1) head.mustClose = true;
    if (head.contentLength !== -1) {
      head.contentLength = -1;
      head.removeKnown(KnownField.CONTENT_LENGTH);
    }
  }
  if (status < 200 || status === 204) removeFraming(head);
  return 0;
}

/** RFC 9110 section 8.6 and RFC 9112 section 6.1: such a response has no lengths; they go. */
function removeFraming(head: Head): void {
  if (head.contentLength !== -1) head.removeKnown(KnownField.CONTENT_LENGTH);
  if (head.hasTransferEncoding) head.removeKnown(KnownField.TRANSFER_ENCODING);
  head.contentLength = -1;
  head.isChunked = false;
  head.hasTransferEncoding = false;
}
