import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { Method, methodOf } from "../http/methods.ts";
import { CR, endOfTarget, LF, SPACE, skipSpaces, TOKEN_OCTETS } from "../http/octets.ts";
import { parseFields, refuse } from "./field-parser.ts";
import { skipEmptyLines, skipsScan } from "./head-start.ts";
import { ParseError } from "./parse-error.ts";
import type { ParseOptions } from "./parse-options.ts";
import { hostAgrees, parseTarget } from "./target-parser.ts";
import { parseVersion } from "./version-parser.ts";

const HASH = 0x23;
const DEL = 0x7f;
/** `HTTP`, `/1.1` and `/1.0` as little-endian words. */
const WORD_HTTP = 0x50545448;
const WORD_11 = 0x312e312f;
const WORD_10 = 0x302e312f;

/**
 * Reads the head of a request in place (RFC 9112 sections 2 and 3). Empty lines before it are
 * skipped. When it is incomplete nothing needs to be kept but the head itself: call again with a
 * greater `end` and the same bytes from `start` on.
 *
 * A head is refused when two readers could understand it differently; what can be told apart is put
 * right instead (blanks in the start line, folded values, a length beside chunked framing).
 *
 * @hot
 * @param head - Cleared before the first call of each message.
 * @returns Offset just past the head; 0 when more bytes are needed; or a {@link ParseError}, its
 *   place in `head.errorAt`.
 */
export function parseRequest(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  head: Head,
  options: ParseOptions,
): number {
  if (skipsScan(bytes, start, end, head)) return 0;
  const { acceptsInvalid } = options;
  head.begin(bytes, words, start, true);

  const lineStart = skipEmptyLines(bytes, start, end, head);
  if (lineStart < 0) return lineStart;
  if (lineStart === end) return waitOr(head, start, end, 0);
  head.start = lineStart;
  const fieldsStart = parseRequestLine(bytes, words, lineStart, end, head, acceptsInvalid);
  if (fieldsStart <= 0) return waitOr(head, start, end, fieldsStart);
  head.startLineEnd = fieldsStart;
  if (isSimple(head)) return endSimple(head, fieldsStart);
  const stop = parseFields(bytes, words, fieldsStart, end, head, acceptsInvalid);
  if (stop <= 0) return waitOr(head, start, end, stop);
  head.end = stop;
  const reason = judgeRequest(head);
  return reason < 0 ? refuse(head, fieldsStart, reason) : stop;
}

/** Has the request no version, as in HTTP/0.9? */
function isSimple(head: Head): boolean {
  return head.versionEnd === 0 && head.version === 10;
}

/** The request is its line alone: whatever follows is no part of it, nor of another request. */
function endSimple(head: Head, end: number): number {
  head.mustClose = true;
  head.end = end;
  return end;
}

function waitOr(head: Head, start: number, end: number, result: number): number {
  if (result === 0) head.scannedSize = end - start;
  return result;
}

/** Returns the offset just past the request line, 0 or a reason. */
function parseRequestLine(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  head: Head,
  acceptsInvalid: boolean,
): number {
  let at = start;
  while (at < end && TOKEN_OCTETS[bytes[at]!] === 1) at++;
  if (at === end) return 0;
  if (at === start || bytes[at] !== SPACE) return refuse(head, at, ParseError.METHOD);
  head.methodStart = start;
  head.methodEnd = at;
  head.method = methodOf(bytes, start, at);

  const targetStart = skipSpaces(bytes, at, end);
  head.isStartLineEdited = targetStart !== at + 1;
  at = endOfTarget(bytes, words, targetStart, end);
  while (at < end && acceptsInvalid && (bytes[at] === HASH || bytes[at]! > DEL)) {
    at = endOfTarget(bytes, words, at + 1, end);
  }
  if (at === end) return 0;
  const stopper = bytes[at]!;
  if (at === targetStart || !endsTarget(stopper)) {
    return refuse(head, at, ParseError.TARGET);
  }
  head.targetStart = targetStart;
  head.targetEnd = at;
  const reason = parseTarget(head, acceptsInvalid);
  if (reason < 0) return refuse(head, targetStart, reason);

  if (end - at >= 11 && stopper === SPACE && words.getInt32(at + 1, true) === WORD_HTTP) {
    const minor = words.getInt32(at + 5, true);
    if ((minor === WORD_11 || minor === WORD_10) && bytes[at + 9] === CR && bytes[at + 10] === LF) {
      head.version = minor === WORD_11 ? 11 : 10;
      head.versionStart = at + 1;
      head.versionEnd = at + 9;
      return at + 11;
    }
  }
  return parseVersion(bytes, at, end, head, acceptsInvalid);
}

function endsTarget(octet: number): boolean {
  return octet === SPACE || octet === CR || octet === LF;
}

/** Judges the head as a whole: framing, host and upgrade. */
function judgeRequest(head: Head): number {
  if (head.hasTransferEncoding) {
    // RFC 9112 section 6.1: HTTP/1.0 has no transfer codings, so its framing is faulty.
    if (!head.isChunked || head.version < 11) return ParseError.TRANSFER_ENCODING;
    if (head.hasOtherCoding) return ParseError.TRANSFER_CODING;
    if (head.contentLength !== -1) overrideLength(head);
  }
  if (head.method === Method.CONNECT) {
    // RFC 9110 section 9.3.6: it has no content; what follows belongs to the tunnel.
    if (head.contentLength > 0 || head.isChunked) return ParseError.CONTENT_LENGTH;
  } else if (head.version < 11 && head.contentLength > 0 && hadNoContent(head.method)) {
    return ParseError.UNEXPECTED_CONTENT;
  }
  if (!hostAgrees(head)) return ParseError.HOST;
  const isHandshake = head.isWebSocketUpgrade && head.asksForUpgrade;
  return isHandshake && !head.has(KnownField.SEC_WEBSOCKET_KEY) ? ParseError.UPGRADE : 0;
}

/** Methods of HTTP/1.0 whose requests end with their head, so that a body is taken for the next. */
function hadNoContent(method: number): boolean {
  return method === Method.GET || method === Method.HEAD || method === Method.DELETE;
}

/** RFC 9112 section 6.1: chunked framing wins, the length goes, and the connection closes after. */
function overrideLength(head: Head): void {
  head.contentLength = -1;
  head.mustClose = true;
  head.removeKnown(KnownField.CONTENT_LENGTH);
}
